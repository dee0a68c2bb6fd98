import { ALLOWANCE, BRACKETS, CAP, DEPENDANT, LINE, SELF } from './law.ts'
import type { People } from './people.ts'

/** As array libraries work: each operation a pass over preallocated arrays of doubles, groups by their offsets. */
export class ArrayPasses {
  readonly #people: People
  readonly #a: Float64Array
  readonly #b: Float64Array
  readonly #insurance: Float64Array
  readonly #tax: Float64Array
  readonly #salaries: Float64Array
  readonly #insurances: Float64Array
  readonly #taxes: Float64Array
  readonly #children: Float64Array
  readonly #net: Float64Array
  readonly #benefit: Float64Array

  constructor(people: People) {
    this.#people = people
    const { persons, households } = people
    this.#a = new Float64Array(persons)
    this.#b = new Float64Array(persons)
    this.#insurance = new Float64Array(persons)
    this.#tax = new Float64Array(persons)
    this.#salaries = new Float64Array(households)
    this.#insurances = new Float64Array(households)
    this.#taxes = new Float64Array(households)
    this.#children = new Float64Array(households)
    this.#net = new Float64Array(households)
    this.#benefit = new Float64Array(households)
  }

  run(): bigint[] {
    const { persons: n, households, salary, dependants, years } = this.#people
    const [a, b, insurance, tax] = [this.#a, this.#b, this.#insurance, this.#tax]
    for (let i = 0; i < n; i++) a[i] = Math.min(salary[i] as number, CAP)
    for (let i = 0; i < n; i++) a[i] = (a[i] as number) * 105
    for (let i = 0; i < n; i++) a[i] = (a[i] as number) + 500
    for (let i = 0; i < n; i++) a[i] = (a[i] as number) / 1000
    for (let i = 0; i < n; i++) insurance[i] = Math.floor(a[i] as number)
    for (let i = 0; i < n; i++) a[i] = (salary[i] as number) - (insurance[i] as number)
    for (let i = 0; i < n; i++) b[i] = (dependants[i] as number) * DEPENDANT
    for (let i = 0; i < n; i++) a[i] = (a[i] as number) - (b[i] as number)
    for (let i = 0; i < n; i++) a[i] = (a[i] as number) - SELF
    for (let i = 0; i < n; i++) a[i] = Math.max(a[i] as number, 0)
    tax.fill(0)
    for (const [k, [from, rate]] of BRACKETS.entries()) {
      const step = rate - (BRACKETS[k - 1]?.[1] ?? 0)
      for (let i = 0; i < n; i++) b[i] = Math.max((a[i] as number) - from, 0)
      for (let i = 0; i < n; i++) b[i] = (b[i] as number) * step
      for (let i = 0; i < n; i++) tax[i] = (tax[i] as number) + (b[i] as number)
    }
    for (let i = 0; i < n; i++) a[i] = (tax[i] as number) + 50
    for (let i = 0; i < n; i++) a[i] = (a[i] as number) / 100
    for (let i = 0; i < n; i++) tax[i] = Math.floor(a[i] as number)
    this.#sum(salary, this.#salaries)
    this.#sum(insurance, this.#insurances)
    this.#sum(tax, this.#taxes)
    for (let i = 0; i < n; i++) b[i] = (years[i] as number) < 16 ? 1 : 0
    this.#sum(b, this.#children)
    const [net, benefit, first] = [this.#net, this.#benefit, this.#people.first]
    for (let h = 0; h < households; h++)
      net[h] = (this.#salaries[h] as number) - (this.#insurances[h] as number)
    for (let h = 0; h < households; h++) net[h] = (net[h] as number) - (this.#taxes[h] as number)
    for (let h = 0; h < households; h++) benefit[h] = (this.#children[h] as number) * ALLOWANCE
    for (let h = 0; h < households; h++) {
      const members = (first[h + 1] as number) - (first[h] as number)
      benefit[h] = (net[h] as number) < LINE * members ? (benefit[h] as number) : 0
    }
    for (let h = 0; h < households; h++) net[h] = (net[h] as number) + (benefit[h] as number)
    return [this.#insurances, this.#taxes, benefit, net].map((column) => {
      let [total, part] = [0n, 0]
      for (let h = 0; h < households; h++) {
        part += column[h] as number
        if (part > 2 ** 52) {
          total += BigInt(part)
          part = 0
        }
      }
      return total + BigInt(part)
    })
  }

  #sum(from: ArrayLike<number>, to: Float64Array): void {
    const { first, households } = this.#people
    for (let h = 0; h < households; h++) {
      let sum = 0
      for (let i = first[h] as number; i < (first[h + 1] as number); i++) sum += from[i] as number
      to[h] = sum
    }
  }
}
