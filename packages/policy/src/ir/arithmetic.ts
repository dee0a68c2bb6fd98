import type { Num } from '@nhip/feel/number'
import * as number from '@nhip/feel/number'
import { lastBirth } from '../kernel/days.ts'
import { BOOLEAN, DATE, type Graph, NotLowered } from './graph.ts'
import * as interval from './interval.ts'
import { type Interval, isExact, numberType, powerOfTen } from './interval.ts'
import type { AggregateKind, IrType, NumberType, Rounding, Test } from './node.ts'

const DOUBLE: NumberType = { kind: 'number', form: 'double', scale: 0, min: 0n, max: 0n, finite: false }

/**
 * Numbers of the intermediate form. Every step decides by its bounds whether whole numbers in doubles are exact for the
 * result and all that leads to it; where they are not, it goes on in FEEL's own decimals.
 */
export class Arithmetic {
  readonly #graph: Graph

  constructor(graph: Graph) {
    this.#graph = graph
  }

  type(id: number): NumberType {
    const type = this.#graph.type(id)
    if (type.kind !== 'number') throw new NotLowered('cần một số', 'wants a number')
    return type
  }

  /** The same number as a decimal. */
  decimal(id: number): number {
    const type = this.type(id)
    if (type.form !== 'integer') return id
    const to: NumberType = { ...type, form: 'decimal' }
    const constant = this.#graph.numberOf(id)
    if (constant !== undefined) return this.#graph.constant(number.toText(constant), to)
    if (this.#graph.valueOf(id) === null) return this.#graph.constant(null, to)
    return this.#graph.add({ op: 'to-decimal', args: [id] }, to, this.#graph.nullable(id))
  }

  double(id: number): number {
    if (this.type(id).form === 'double') return id
    return this.#graph.add({ op: 'to-double', args: [id] }, DOUBLE, this.#graph.nullable(id))
  }

  /** The same number in units of a finer scale; undefined when it would not be exact there. */
  #rescaled(id: number, scale: number): number | undefined {
    const type = this.type(id)
    if (type.form !== 'integer') return undefined
    if (type.scale === scale) return id
    const bounds = interval.atScale(type, scale)
    if (!isExact(bounds)) return undefined
    const to = numberType({ ...bounds, scale, finite: true })
    const value = this.#graph.valueOf(id)
    const factor = Number(powerOfTen(scale - type.scale))
    if (value !== undefined)
      return this.#graph.constant(value === null ? null : (value as number) * factor, to)
    return this.#graph.add({ op: 'rescale', args: [id], factor }, to, this.#graph.nullable(id))
  }

  /** As {@link Arithmetic}'s own steps bring two numbers to one scale. */
  finer(id: number, scale: number): number | undefined {
    return this.#rescaled(id, scale)
  }

  /** Both in one form and, as integers, at one scale. */
  #alike(a: number, b: number): readonly [number, number] {
    const [x, y] = [this.type(a), this.type(b)]
    if (x.form === 'double' || y.form === 'double') return [this.double(a), this.double(b)]
    const scale = Math.max(x.scale, y.scale)
    const [left, right] = [this.#rescaled(a, scale), this.#rescaled(b, scale)]
    return left !== undefined && right !== undefined ? [left, right] : [this.decimal(a), this.decimal(b)]
  }

  #folded(a: number, b: number, compute: (x: Num, y: Num) => Num | null): number | undefined {
    const [x, y] = [this.#graph.numberOf(a), this.#graph.numberOf(b)]
    if (x !== undefined && y !== undefined && this.type(a).form !== 'double') {
      const value = compute(x, y)
      return value === null ? this.null() : this.#graph.number(value)
    }
    return undefined
  }

  null(): number {
    return this.#graph.constant(null, numberType({ min: 0n, max: 0n, scale: 0, finite: true }))
  }

  #isNull(...ids: number[]): boolean {
    return ids.some((id) => this.#graph.valueOf(id) === null)
  }

  add(a: number, b: number): number {
    if (this.#isNull(a, b)) return this.null()
    if (this.#graph.valueOf(a) === 0) return b
    if (this.#graph.valueOf(b) === 0) return a
    return this.#folded(a, b, number.add) ?? this.#sum('add', a, b, interval.sum(this.type(a), this.type(b)))
  }

  subtract(a: number, b: number): number {
    if (this.#isNull(a, b)) return this.null()
    if (this.#graph.valueOf(b) === 0) return a
    const folded = this.#folded(a, b, number.subtract)
    return folded ?? this.#sum('subtract', a, b, interval.difference(this.type(a), this.type(b)))
  }

  #sum(op: 'add' | 'subtract', a: number, b: number, bounds: Interval): number {
    const graph = this.#graph
    const nullable = graph.nullable(a, b)
    let [x, y] = this.#alike(a, b)
    if (this.type(x).form === 'double') return graph.add({ op, args: [x, y] }, DOUBLE, nullable)
    const type = numberType(bounds)
    if (type.form === 'decimal' || this.type(x).form === 'decimal')
      [x, y] = [this.decimal(x), this.decimal(y)]
    const form = this.type(x).form
    return graph.add({ op, args: [x, y] }, { ...type, form }, nullable)
  }

  multiply(a: number, b: number): number {
    const graph = this.#graph
    if (this.#isNull(a, b)) return this.null()
    if (graph.numberOf(a)?.int === 1) return b
    if (graph.numberOf(b)?.int === 1) return a
    const folded = this.#folded(a, b, number.multiply)
    if (folded !== undefined) return folded
    const nullable = graph.nullable(a, b)
    if (this.type(a).form === 'double' || this.type(b).form === 'double')
      return graph.add({ op: 'multiply', args: [this.double(a), this.double(b)] }, DOUBLE, nullable)
    const { x, y, zeros } = this.#trimmed(a, b)
    const scale = this.type(a).scale + this.type(b).scale - zeros
    const type = numberType({ ...interval.product(this.type(x), this.type(y)), scale })
    if (type.form === 'integer' && this.type(x).form === 'integer' && this.type(y).form === 'integer')
      return graph.add({ op: 'multiply', args: [x, y] }, type, nullable)
    const whole = numberType(interval.product(this.type(a), this.type(b)))
    return graph.add(
      { op: 'multiply', args: [this.decimal(a), this.decimal(b)] },
      { ...whole, form: 'decimal' },
      nullable,
    )
  }

  /** `500000 · x` with one decimal has none: zeros at the end of a constant factor make up for decimals of the other. */
  #trimmed(a: number, b: number): { x: number; y: number; zeros: number } {
    for (const [constant, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const value = this.#graph.valueOf(constant)
      const type = this.type(constant)
      if (typeof value !== 'number' || value === 0 || type.form !== 'integer') continue
      let zeros = 0
      while (zeros < type.scale + this.type(other).scale && value % 10 ** (zeros + 1) === 0) zeros++
      if (zeros > 0) return { x: this.#graph.integer(BigInt(value) / powerOfTen(zeros)), y: other, zeros }
    }
    return { x: a, y: b, zeros: 0 }
  }

  negate(a: number): number {
    const value = this.#graph.numberOf(a)
    if (value !== undefined && this.type(a).form !== 'double') return this.#graph.number(number.negate(value))
    if (this.#isNull(a)) return a
    const type = this.type(a)
    return this.#graph.add(
      { op: 'negate', args: [a] },
      { ...type, ...interval.negated(type) },
      this.#graph.nullable(a),
    )
  }

  absolute(a: number): number {
    const value = this.#graph.numberOf(a)
    if (value !== undefined && this.type(a).form !== 'double') return this.#graph.number(number.abs(value))
    const type = this.type(a)
    if (type.min >= 0n && type.form !== 'double') return a
    const max = interval.greatest(-type.min, type.max)
    return this.#graph.add({ op: 'absolute', args: [a] }, { ...type, min: 0n, max }, this.#graph.nullable(a))
  }

  /** A quotient as a number of its own: exact by a reciprocal that ends, else in decimals of 34 digits. */
  divide(a: number, b: number): number {
    const graph = this.#graph
    if (this.#isNull(a, b) || graph.numberOf(b)?.sign === 0) return this.null()
    const folded = this.#folded(a, b, number.divide)
    if (folded !== undefined) return folded
    if (this.type(a).form === 'double' || this.type(b).form === 'double')
      return graph.add({ op: 'divide', args: [this.double(a), this.double(b)] }, DOUBLE, true)
    const reciprocal = this.#reciprocal(b)
    if (reciprocal !== undefined) {
      const result = this.multiply(a, reciprocal)
      if (this.type(result).finite) return result
    }
    const bounds = interval.quotient(this.type(a), this.type(b))
    const zero = this.#mayBeZero(b)
    return graph.add(
      { op: 'divide', args: [this.decimal(a), this.decimal(b)] },
      { ...numberType(bounds), form: 'decimal' },
      graph.nullable(a, b) || zero,
    )
  }

  #mayBeZero(b: number): boolean {
    const { min, max } = this.type(b)
    return min <= 0n && max >= 0n
  }

  /** 1/b where that has few digits: b has no prime factors but 2 and 5. */
  #reciprocal(b: number): number | undefined {
    const value = this.#graph.numberOf(b)
    if (value === undefined) return undefined
    const inverse = number.divide(number.ONE, value)
    if (inverse === null) return undefined
    const back = number.multiply(inverse, value)
    const short = inverse.isInteger || inverse.decimal.decimalPlaces() <= 15
    return short && back !== null && number.equals(back, number.ONE) ? this.#graph.number(inverse) : undefined
  }

  /** A number rounded to digits after the point, or before it when negative. */
  round(a: number, digits: number, rounding: Rounding): number {
    const graph = this.#graph
    const type = this.type(a)
    if (type.form === 'double') throw inexact()
    const value = graph.numberOf(a)
    if (value !== undefined) {
      const rounded = number.toScale(value, digits, rounding)
      return rounded === null ? this.null() : graph.number(rounded)
    }
    if (this.#isNull(a) || (type.finite && type.scale <= digits)) return a
    if (type.form === 'integer')
      return (
        this.roundQuotient(a, graph.integer(1n), digits, rounding) ?? this.#roundDecimal(a, digits, rounding)
      )
    return this.#roundDecimal(a, digits, rounding)
  }

  #roundDecimal(a: number, digits: number, rounding: Rounding): number {
    const graph = this.#graph
    const bounds = this.#roundedBounds(this.type(a), digits)
    const type = numberType(bounds)
    const decimal = graph.add(
      { op: 'round', args: [this.decimal(a)], digits, rounding },
      { ...type, form: 'decimal' },
      graph.nullable(a),
    )
    return type.form === 'decimal'
      ? decimal
      : graph.add({ op: 'to-integer', args: [decimal] }, type, graph.nullable(a))
  }

  #roundedBounds({ min, max, scale }: Interval, digits: number): Interval {
    const kept = Math.max(0, digits)
    // In units of the last digit kept, one unit of rounding either way.
    const [up, down] = [powerOfTen(Math.max(0, digits - scale)), powerOfTen(Math.max(0, scale - digits))]
    const back = powerOfTen(Math.max(0, -digits))
    return {
      min: ((min * up) / down - 1n) * back,
      max: ((max * up) / down + 1n) * back,
      scale: kept,
      finite: true,
    }
  }

  /** `a / b` rounded in one exact step of whole numbers; undefined when their bounds do not allow it. */
  roundQuotient(a: number, b: number, digits: number, rounding: Rounding): number | undefined {
    const graph = this.#graph
    if (this.#isNull(a, b)) return this.null()
    const [x, y] = [this.type(a), this.type(b)]
    if (x.form !== 'integer' || y.form !== 'integer') return undefined
    const shift = digits + y.scale - x.scale
    const numerator = this.#times(a, Math.max(0, shift))
    const denominator = this.#times(b, Math.max(0, -shift))
    if (numerator === undefined || denominator === undefined) return undefined
    const [n, d] = [this.type(numerator), this.type(denominator)]
    const [high, wide] = [interval.greatest(n.max, -n.min), interval.greatest(d.max, -d.min)]
    // Twice the numerator and the divisor meet inside the step.
    if (!isExact({ min: 0n, max: 2n * high + 2n * wide })) return undefined
    const zero = this.#mayBeZero(b)
    const bounds = interval.quotient({ ...n, scale: 0 }, { ...d, scale: 0 })
    const exact = this.#roundedBounds(bounds, 0)
    const positive = n.min >= 0n && d.min > 0n
    const kept: Interval = { ...exact, min: positive ? 0n : exact.min, scale: Math.max(0, digits) }
    const whole = graph.add(
      { op: 'quotient', args: [numerator, denominator], rounding },
      numberType(kept),
      graph.nullable(a, b) || zero,
    )
    if (digits >= 0) return whole
    const unit = powerOfTen(-digits)
    return this.multiply(whole, graph.integer(unit))
  }

  /** The whole number behind, times a power of ten, as a number of scale 0. */
  #times(id: number, power: number): number | undefined {
    const type = this.type(id)
    const bounds = interval.atScale({ ...type, scale: 0 }, power)
    if (!isExact(bounds)) return undefined
    if (power === 0 && type.scale === 0) return id
    const to = numberType({ ...bounds, scale: 0, finite: true })
    const value = this.#graph.valueOf(id)
    const factor = Number(powerOfTen(power))
    if (typeof value === 'number') return this.#graph.constant(value * factor, to)
    return this.#graph.add({ op: 'rescale', args: [id], factor }, to, this.#graph.nullable(id))
  }

  modulo(a: number, b: number): number {
    const graph = this.#graph
    if (this.#isNull(a, b) || graph.numberOf(b)?.sign === 0) return this.null()
    const folded = this.#folded(a, b, number.modulo)
    if (folded !== undefined) return folded
    const [x, y] = this.#alike(a, b)
    const type = this.type(y)
    if (type.form === 'double') throw inexact()
    const wide = interval.greatest(type.max, -type.min)
    const bounds = {
      ...type,
      scale: Math.max(this.type(x).scale, type.scale),
      min: type.min < 0n ? -wide : 0n,
      max: type.max > 0n ? wide : 0n,
      finite: type.finite && this.type(x).finite,
    }
    return graph.add({ op: 'modulo', args: [x, y] }, bounds, graph.nullable(a, b) || this.#mayBeZero(b))
  }

  extreme(which: 'minimum' | 'maximum', a: number, b: number): number {
    const graph = this.#graph
    if (this.#isNull(a, b)) return this.null()
    if (a === b) return a
    const [x, y] = [this.type(a), this.type(b)]
    if (x.form !== 'double' && y.form !== 'double') {
      const lowest = interval.atScale(x, Math.max(x.scale, y.scale))
      const other = interval.atScale(y, Math.max(x.scale, y.scale))
      // Which side it is may be certain; a null of the other side would still count.
      if (!graph.nullable(a, b)) {
        if (lowest.max <= other.min) return which === 'minimum' ? a : b
        if (other.max <= lowest.min) return which === 'minimum' ? b : a
      }
    }
    const [left, right] = this.#alike(a, b)
    if (this.type(left).form === 'double')
      return graph.add({ op: which, args: [left, right] }, DOUBLE, graph.nullable(a, b))
    const bounds = which === 'minimum' ? interval.lesser(x, y) : interval.larger(x, y)
    return graph.add(
      { op: which, args: [left, right] },
      { ...numberType(bounds), form: this.type(left).form },
      graph.nullable(a, b),
    )
  }

  compare(test: Test, a: number, b: number): number {
    const graph = this.#graph
    if (this.#isNull(a, b)) {
      if (test !== '=') return graph.constant(null, BOOLEAN)
      return graph.isNull(graph.valueOf(a) === null ? b : a)
    }
    const [x, y] = [this.type(a), this.type(b)]
    if (x.form !== 'double' && y.form !== 'double' && !graph.nullable(a, b)) {
      const scale = Math.max(x.scale, y.scale)
      const verdict = decided(test, interval.atScale(x, scale), interval.atScale(y, scale))
      if (verdict !== undefined) return graph.boolean(verdict)
    }
    const born = this.#byBirth(test, a, b)
    if (born !== undefined) return born
    const [left, right] = this.#alike(a, b)
    const nullable = test === '=' ? false : graph.nullable(a, b)
    return graph.add({ op: 'compare', test, args: [left, right] }, BOOLEAN, nullable)
  }

  /** Whether somebody has reached an age on a fixed day is whether the birthday is not after another: no age is worked out. */
  #byBirth(test: Test, a: number, b: number): number | undefined {
    const graph = this.#graph
    const node = graph.node(a)
    const wanted = graph.numberOf(b)
    if (node.op !== 'age' || wanted === undefined || !(wanted.int >= 0 && wanted.int <= 150)) return undefined
    const on = graph.valueOf(node.args[1])
    if (typeof on !== 'number' || test === '=') return undefined
    // age >= k is born on that day or before; age > k is age >= k + 1.
    const last = lastBirth(on, test === '>' || test === '<=' ? wanted.int + 1 : wanted.int, node.late)
    const order = test === '>' || test === '>=' ? '<=' : '>'
    const args = [node.args[0], graph.constant(last, DATE)] as const
    return graph.add({ op: 'compare', test: order, args }, BOOLEAN, graph.nullable(node.args[0]))
  }

  /** One of two numbers: of one form and scale afterwards. */
  select(condition: number, then: number, otherwise: number): number {
    const graph = this.#graph
    if (graph.isTrue(condition)) return then
    if (graph.neverTrue(condition)) return otherwise
    const [x, y] = [this.type(then), this.type(otherwise)]
    if (this.#isNull(then)) return graph.select(condition, graph.constant(null, y), otherwise, y)
    if (this.#isNull(otherwise)) return graph.select(condition, then, graph.constant(null, x), x)
    const [left, right] = this.#alike(then, otherwise)
    const type = this.type(left)
    if (type.form === 'double') return graph.select(condition, left, right, DOUBLE)
    const bounds = numberType(interval.union(x, y))
    return graph.select(condition, left, right, { ...bounds, form: type.form })
  }

  /** A sum, least or greatest over the members of a group. */
  aggregate(kind: AggregateKind, a: number, keep: number | null, members: number, nullable: boolean): number {
    const graph = this.#graph
    const type = this.type(a)
    const args = (of: number) => (keep === null ? [of] : [of, keep]).map((id) => graph.project(id))
    if (kind !== 'sum' || type.form === 'double')
      return graph.add({ op: 'aggregate', kind, args: args(a) }, type, nullable, 'group')
    const many = BigInt(members)
    const bounds: Interval = {
      scale: type.scale,
      finite: type.finite,
      min: interval.least(0n, type.min * many),
      max: interval.greatest(0n, type.max * many),
    }
    const to = numberType(bounds)
    const form = type.form === 'decimal' ? 'decimal' : to.form
    const of = form === 'decimal' ? this.decimal(a) : a
    return graph.add({ op: 'aggregate', kind, args: args(of) }, { ...to, form }, nullable, 'group')
  }

  /** Inexact functions, below `approximate: true` only. */
  function(name: 'sqrt' | 'exp' | 'log' | 'power', args: readonly number[]): number {
    return this.#graph.add({ op: 'function', name, args: args.map((a) => this.double(a)) }, DOUBLE, true)
  }
}

function decided(
  test: Test,
  a: { min: bigint; max: bigint },
  b: { min: bigint; max: bigint },
): boolean | undefined {
  switch (test) {
    case '<':
      return a.max < b.min ? true : a.min >= b.max ? false : undefined
    case '<=':
      return a.max <= b.min ? true : a.min > b.max ? false : undefined
    case '>':
      return a.min > b.max ? true : a.max <= b.min ? false : undefined
    case '>=':
      return a.min >= b.max ? true : a.max < b.min ? false : undefined
    default:
      if (a.min === a.max && b.min === b.max && a.min === b.min) return true
      return a.max < b.min || b.max < a.min ? false : undefined
  }
}

export function inexact(): NotLowered {
  return new NotLowered(
    'một số gần đúng (approximate) không làm tròn được chính xác',
    'an approximate number cannot be rounded exactly',
    'number.unproved',
  )
}

export const DOUBLE_TYPE: IrType = DOUBLE
