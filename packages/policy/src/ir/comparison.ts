import type { Arithmetic } from './arithmetic.ts'
import { BOOLEAN, type Graph, NotLowered } from './graph.ts'
import type { Test } from './node.ts'
import type { Value, Values } from './value.ts'

/** Equality, order and membership in logic of three values. */
export class Comparison {
  readonly #graph: Graph
  readonly #arithmetic: Arithmetic
  readonly #values: Values

  constructor(graph: Graph, arithmetic: Arithmetic, values: Values) {
    this.#graph = graph
    this.#arithmetic = arithmetic
    this.#values = values
  }

  /** `=`: null equals null only, and no value. */
  equal(a: Value, b: Value): number {
    const graph = this.#graph
    if (a.kind === 'null') return this.#values.isNull(b)
    if (b.kind === 'null') return this.#values.isNull(a)
    if (a.kind === 'duration' && b.kind === 'duration' && a.unit === b.unit)
      return this.#arithmetic.compare('=', a.id, b.id)
    const crossed = this.#crossed('=', a, b)
    if (crossed !== undefined) return crossed
    const [x, y] = [this.#scalar(a), this.#scalar(b)]
    const [s, t] = [graph.type(x), graph.type(y)]
    if (s.kind !== t.kind) throw new NotLowered('so sánh hai kiểu khác nhau', 'a comparison of two types')
    if (s.kind === 'number') return this.#arithmetic.compare('=', x, y)
    if (s.kind === 'code' && t.kind === 'code') return this.#equalCodes(x, y, s.values, t.values)
    if (s.kind === 'boolean') {
      if (graph.isTrue(y) && !graph.nullable(x)) return x
      if (graph.isTrue(x) && !graph.nullable(y)) return y
    }
    return this.#test('=', x, y)
  }

  #test(test: Test, x: number, y: number): number {
    const graph = this.#graph
    const [p, q] = [graph.valueOf(x), graph.valueOf(y)]
    if (p !== undefined && q !== undefined) {
      if (test === '=') return graph.boolean(p === q)
      if (p === null || q === null) return graph.constant(null, BOOLEAN)
      const order = Number(p) - Number(q)
      return graph.boolean(
        test === '<' ? order < 0 : test === '<=' ? order <= 0 : test === '>' ? order > 0 : order >= 0,
      )
    }
    const nullable = test === '=' ? false : graph.nullable(x, y)
    return graph.add({ op: 'compare', test, args: [x, y] }, BOOLEAN, nullable)
  }

  #equalCodes(x: number, y: number, own: readonly string[], other: readonly string[]): number {
    const graph = this.#graph
    const constantOf = (id: number, values: readonly string[]) => {
      const code = graph.valueOf(id)
      return code === undefined || code === null ? undefined : values[Number(code)]
    }
    const [left, right] = [constantOf(x, own), constantOf(y, other)]
    if (left !== undefined && right !== undefined) return graph.boolean(left === right)
    // A word that is not among the values is never equal to one.
    if (right !== undefined)
      return own.includes(right) ? this.#test('=', x, graph.recode(y, own)) : graph.boolean(false)
    if (left !== undefined)
      return other.includes(left) ? this.#test('=', graph.recode(x, other), y) : graph.boolean(false)
    const all = [...own, ...other.filter((value) => !own.includes(value))]
    return this.#test('=', graph.recode(x, all), graph.recode(y, all))
  }

  compare(test: Exclude<Test, '='>, a: Value, b: Value): number {
    const graph = this.#graph
    if (a.kind === 'null' || b.kind === 'null') return graph.constant(null, BOOLEAN)
    if (a.kind === 'duration' && b.kind === 'duration' && a.unit === b.unit)
      return this.#arithmetic.compare(test, a.id, b.id)
    const crossed = this.#crossed(test, a, b)
    if (crossed !== undefined) return crossed
    const [x, y] = [this.#scalar(a), this.#scalar(b)]
    const [s, t] = [graph.type(x).kind, graph.type(y).kind]
    if (s === 'number' && t === 'number') return this.#arithmetic.compare(test, x, y)
    if (s === 'date' && t === 'date') return this.#test(test, x, y)
    throw new NotLowered('chỉ so sánh lớn bé được số và ngày', 'only numbers and dates are ordered here')
  }

  /** `n / d < c` as `n < c · d`, exact where a quotient is not; undefined where the divisor's sign is open. */
  #crossed(test: Test, a: Value, b: Value): number | undefined {
    const graph = this.#graph
    const arithmetic = this.#arithmetic
    if (b.kind === 'quotient' && a.kind !== 'quotient') return this.#crossed(FLIPPED[test], b, a)
    if (a.kind !== 'quotient' || b.kind === 'quotient') return undefined
    const other = this.#scalar(b)
    const type = graph.type(other)
    if (type.kind !== 'number' || type.form !== 'integer') return undefined
    const { min, max, form } = arithmetic.type(a.denominator)
    const [n, d] = [a.numerator, a.denominator]
    if (form !== 'integer' || arithmetic.type(n).form !== 'integer') return undefined
    const product = arithmetic.multiply(other, d)
    const side = (one: Test) => arithmetic.compare(one, n, product)
    const result =
      test !== '=' && min < 0n && max > 0n
        ? graph.select(
            arithmetic.compare('>', d, graph.integer(0n)),
            side(test),
            side(FLIPPED[test]),
            BOOLEAN,
          )
        : side(max <= 0n ? FLIPPED[test] : test)
    const steps = graph.node(result)
    const compared = steps.op === 'select' ? graph.node(steps.args[1]) : steps
    if (compared.op === 'compare' && arithmetic.type(compared.args[0]).form !== 'integer') return undefined
    const missing = this.#values.isNull(a)
    // A quotient that is null equals null only; in any other comparison with it nothing is known.
    if (test === '=')
      return graph.select(
        missing,
        graph.isNull(other),
        graph.and(graph.not(graph.isNull(other)), result),
        BOOLEAN,
      )
    return graph.select(missing, graph.constant(null, BOOLEAN), result, BOOLEAN)
  }

  /** Whether a value meets one test of `in`: a range holds it, a list has it, or they are equal. */
  satisfies(value: Value, test: Value): number {
    const graph = this.#graph
    if (test.kind === 'range') return this.#inRange(value, test)
    if (test.kind === 'list')
      return test.items
        .map((item) => this.satisfies(value, item))
        .reduce((a, b) => graph.or(a, b), graph.boolean(false))
    return this.equal(value, test)
  }

  #inRange(value: Value, range: Extract<Value, { kind: 'range' }>): number {
    const graph = this.#graph
    const { form, low, high } = range
    if (form === '=') return this.equal(value, low as Value)
    if (form === '!=') return graph.not(this.equal(value, low as Value))
    const missing = () => graph.constant(null, BOOLEAN)
    const above =
      form === '<' || form === '<='
        ? graph.boolean(true)
        : low === null
          ? missing()
          : this.compare(range.lowIncluded ? '>=' : '>', value, low)
    const below =
      form === '>' || form === '>='
        ? graph.boolean(true)
        : high === null
          ? missing()
          : this.compare(range.highIncluded ? '<=' : '<', value, high)
    return graph.and(above, below)
  }

  #scalar(value: Value): number {
    const id = this.#values.scalar(value)
    if (id === undefined) throw new NotLowered('một giá trị null ở đây', 'a null here')
    return id
  }
}

const FLIPPED: Readonly<Record<Test, Test>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=' }
