import { NotLowered } from '../ir/graph.ts'
import type { IrNode, IrType, NumberType, Rounding } from '../ir/node.ts'
import { isWide, type Words } from './dialect.ts'

const refuse = (what: string) =>
  new NotLowered(`SQL không tính được chính xác: ${what}`, `SQL cannot work this out exactly: ${what}`)

/**
 * Nodes as SQL expressions. Money is whole numbers throughout, rounding is written out in their arithmetic, divisors are
 * guarded by NULLIF, dates are days; nothing depends on the engine's own rounding, division, collation or age functions.
 */
export class SqlPrinter {
  readonly #nodes: readonly IrNode[]
  readonly #words: Words
  /** The column that holds a node; undefined where it is written out. */
  readonly #columnOf: (id: number) => string | undefined

  constructor(nodes: readonly IrNode[], words: Words, columnOf: (id: number) => string | undefined) {
    this.#nodes = nodes
    this.#words = words
    this.#columnOf = columnOf
  }

  #node(id: number): IrNode {
    return this.#nodes[id] as IrNode
  }

  value(id: number): string {
    const node = this.#node(id)
    if (node.op === 'constant') return this.#constant(node)
    return this.#columnOf(id) ?? this.expression(id)
  }

  expression(id: number): string {
    const node = this.#node(id)
    switch (node.op) {
      case 'constant':
      case 'project':
      case 'input':
      case 'aggregate':
        return this.value(id)
      case 'add':
      case 'subtract':
      case 'multiply':
        return this.#arithmetic(node)
      case 'negate':
        return `(-${this.value(node.args[0])})`
      case 'absolute':
        return `abs(${this.value(node.args[0])})`
      case 'rescale':
        return node.factor === 1
          ? this.value(node.args[0])
          : `(${this.value(node.args[0])} * ${whole(node.factor)})`
      case 'to-decimal':
        return `CAST(${this.value(node.args[0])} AS ${this.#words.wide})`
      case 'to-integer':
        return `CAST(${this.value(node.args[0])} AS ${this.#words.integer})`
      case 'round':
        return this.#round(node)
      case 'quotient':
        return this.#quotient(node.args, node.rounding)
      case 'modulo': {
        const [x, y] = this.#pair(...node.args)
        const [a, b] = [x, `NULLIF(${y}, 0)`]
        this.#wideEnough(node)
        return `(((${a} % ${b}) + ${b}) % ${b})`
      }
      case 'minimum':
      case 'maximum': {
        const [x, y] = this.#pair(...node.args)
        const chosen = `${node.op === 'minimum' ? 'LEAST' : 'GREATEST'}(${x}, ${y})`
        // The engines leave nulls out of LEAST; in the law a missing figure leaves the result open.
        return node.nullable ? `CASE WHEN ${x} IS NULL OR ${y} IS NULL THEN NULL ELSE ${chosen} END` : chosen
      }
      case 'compare': {
        const [a, b] = node.args
        const sign =
          node.test === '=' && (this.#node(a).nullable || this.#node(b).nullable)
            ? 'IS NOT DISTINCT FROM'
            : node.test
        const [x, y] = this.#pair(a, b)
        return `(${x} ${sign} ${y})`
      }
      case 'and':
      case 'or':
        return `(${this.value(node.args[0])} ${node.op.toUpperCase()} ${this.value(node.args[1])})`
      case 'not':
        return `(NOT ${this.value(node.args[0])})`
      case 'is-null':
        return `(${this.value(node.args[0])} IS NULL)`
      case 'select': {
        const [condition, then, otherwise] = node.args
        const [x, y] = this.#pair(then, otherwise)
        return `CASE WHEN ${this.value(condition)} THEN ${x} ELSE ${y} END`
      }
      case 'pick':
        return this.#pick(node)
      case 'piecewise':
        return this.#piecewise(node)
      case 'date-part':
        return this.#datePart(this.value(node.args[0]), node.part)
      case 'add-months':
        return this.#addMonths(this.value(node.args[0]), this.value(node.args[1]))
      case 'months-between':
        return this.#monthsBetween(this.value(node.args[0]), this.value(node.args[1]))
      case 'age':
        return this.#age(this.value(node.args[0]), this.value(node.args[1]), node.late)
      default:
        throw refuse(node.op)
    }
  }

  typeOf(type: IrType): string {
    if (type.kind === 'boolean') return 'BOOLEAN'
    return type.kind === 'number' && type.form === 'decimal' ? this.#words.wide : this.#words.integer
  }

  #constant({ value, type }: Extract<IrNode, { op: 'constant' }>): string {
    if (value === null) return `CAST(NULL AS ${this.typeOf(type)})`
    if (type.kind === 'boolean') return value === 1 ? 'TRUE' : 'FALSE'
    if (typeof value === 'string') {
      this.#wideEnough({ type } as IrNode)
      const [digits = '', decimals = ''] = value.split('.')
      const scaled = `${digits}${decimals.padEnd((type as NumberType).scale, '0')}`
      if (!/^-?\d+$/.test(scaled)) throw refuse(value)
      return `CAST('${scaled}' AS ${this.#words.wide})`
    }
    return `CAST(${whole(value)} AS ${this.#words.integer})`
  }

  #wideEnough({ type }: Pick<IrNode, 'type'>): void {
    if (type.kind !== 'number') return
    if (type.form === 'double') throw refuse('approximate')
    if (!type.finite || !isWide(type))
      throw refuse('một thương vô hạn hay một số quá lớn (an endless quotient or too large a number)')
  }

  /** Decimals are whole numbers too, in units of their scale: operands come to one scale first. */
  #arithmetic(node: Extract<IrNode, { op: 'add' | 'subtract' | 'multiply' | 'divide' }>): string {
    const [a, b] = node.args
    const sign = { add: '+', subtract: '-', multiply: '*', divide: '/' }[node.op]
    if (node.type.kind !== 'number') return `(${this.value(a)} ${sign} ${this.value(b)})`
    this.#wideEnough(node)
    if (node.type.form === 'decimal' && node.op !== 'multiply') {
      const { scale } = node.type
      return `(${this.#at(a, scale)} ${sign} ${this.#at(b, scale)})`
    }
    return `(${this.value(a)} ${sign} ${this.value(b)})`
  }

  /** Two values as they are, decimals in units of the finer one's scale. */
  #pair(a: number, b: number): readonly [string, string] {
    const [x, y] = [this.#node(a), this.#node(b)]
    if (x.type.kind !== 'number' || y.type.kind !== 'number' || x.type.form !== 'decimal')
      return [this.value(a), this.value(b)]
    for (const node of [x, y]) this.#wideEnough(node)
    const scale = Math.max(x.type.scale, y.type.scale)
    return [this.#at(a, scale), this.#at(b, scale)]
  }

  #at(id: number, scale: number): string {
    const own = (this.#node(id).type as NumberType).scale
    return own === scale
      ? this.value(id)
      : `(${this.value(id)} * CAST('1${'0'.repeat(scale - own)}' AS ${this.#words.wide}))`
  }

  #round(node: Extract<IrNode, { op: 'round' }>): string {
    const [a] = node.args
    const type = this.#node(a).type as NumberType
    this.#wideEnough(this.#node(a))
    if (node.digits < 0) throw refuse('làm tròn đến hàng chục (rounding to tens)')
    const unit = `CAST('1${'0'.repeat(Math.max(0, type.scale - node.digits))}' AS ${this.#words.wide})`
    return this.#divided(this.value(a), unit, node.rounding, type.min >= 0n, true)
  }

  #quotient([a, b]: readonly [number, number], rounding: Rounding): string {
    const [n, d] = [this.#node(a).type as NumberType, this.#node(b).type as NumberType]
    const positive = n.min >= 0n && d.min > 0n
    const divisor = d.min > 0n || d.max < 0n ? this.value(b) : `NULLIF(${this.value(b)}, 0)`
    if (d.min >= 0n) return this.#divided(this.value(a), divisor, rounding, positive, false)
    // With a negative divisor both change their sign.
    const sign = `sign(${divisor})`
    const result = this.#divided(
      `CAST(${this.value(a)} * ${sign} AS ${this.#words.wide})`,
      `CAST(abs(${divisor}) AS ${this.#words.wide})`,
      rounding,
      false,
      true,
    )
    return `CAST(${result} AS ${this.#words.integer})`
  }

  /** `n / d` for positive d, rounded in whole numbers: the engines' own division truncates. */
  #divided(n: string, d: string, rounding: Rounding, positive: boolean, wide: boolean): string {
    const trunc = wide ? this.#words.divideWide : this.#words.divide
    const down = (x: string, y: string) =>
      `(${trunc(x, y)} - CASE WHEN (${x}) % (${y}) < 0 THEN 1 ELSE 0 END)`
    const up = (x: string, y: string) => `(${trunc(x, y)} + CASE WHEN (${x}) % (${y}) > 0 THEN 1 ELSE 0 END)`
    switch (rounding) {
      case 'floor':
        return positive ? trunc(n, d) : down(n, d)
      case 'ceiling':
        return up(n, d)
      case 'down':
        return trunc(n, d)
      case 'up':
        return `(${trunc(n, d)} + CASE WHEN (${n}) % (${d}) <> 0 THEN CASE WHEN ${n} < 0 THEN -1 ELSE 1 END ELSE 0 END)`
      case 'half up':
        return positive
          ? trunc(`(2 * ${n} + ${d})`, `(2 * ${d})`)
          : `CASE WHEN ${n} < 0 THEN -${trunc(`(${d} - 2 * ${n})`, `(2 * ${d})`)} ELSE ${trunc(`(2 * ${n} + ${d})`, `(2 * ${d})`)} END`
      case 'half down':
        return `CASE WHEN ${n} < 0 THEN -${up(`(-2 * ${n} - ${d})`, `(2 * ${d})`)} ELSE ${up(`(2 * ${n} - ${d})`, `(2 * ${d})`)} END`
      case 'half even': {
        const floor = down(n, d)
        const twice = `(2 * (${n} - ${floor} * ${d}))`
        return `(${floor} + CASE WHEN ${twice} > ${d} OR (${twice} = ${d} AND ${floor} % 2 <> 0) THEN 1 ELSE 0 END)`
      }
    }
  }

  #pick({ args: [arg], table, type }: Extract<IrNode, { op: 'pick' }>): string {
    const value = this.value(arg)
    if (table.every((entry, i) => entry === i)) return value
    const entries = table.map(
      (entry, i) => `WHEN ${i} THEN ${entry === null ? 'NULL' : whole(Number(entry))}`,
    )
    return `CAST(CASE ${value} ${entries.join(' ')} END AS ${this.typeOf(type)})`
  }

  #piecewise({
    args: [arg],
    thresholds,
    bases,
    slopes,
    reached,
  }: Extract<IrNode, { op: 'piecewise' }>): string {
    const x = this.value(arg)
    const pieces = thresholds.map((from, i) => {
      const rise = slopes[i] === 0 ? '' : ` + (${x} - ${whole(from)}) * ${whole(slopes[i] as number)}`
      return `WHEN ${x} ${reached ? '>=' : '>'} ${whole(from)} THEN ${whole(bases[i] as number)}${rise}`
    })
    // The highest threshold first; a null meets none, and must not become 0.
    return `CAST(CASE WHEN ${x} IS NULL THEN NULL ${pieces.reverse().join(' ')} ELSE 0 END AS ${this.#words.integer})`
  }

  // ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #datePart(days: string, part: 'year' | 'month' | 'day' | 'weekday' | 'epoch'): string {
    if (part === 'epoch') return days
    if (part === 'weekday') return `((((${days} + 3) % 7) + 7) % 7 + 1)`
    return `CAST(EXTRACT(${part} FROM ${this.#words.date(days)}) AS BIGINT)`
  }

  /** Months since the year 0. */
  #months(days: string): string {
    return `(${this.#datePart(days, 'year')} * 12 + ${this.#datePart(days, 'month')} - 1)`
  }

  #firstOfMonth(months: string): string {
    const floor = (x: string, y: number) => this.#divided(x, String(y), 'floor', false, false)
    const shifted = `(${months} - 2)`
    const year = floor(shifted, 12)
    const month = `(${shifted} - ${year} * 12)`
    const ordinal = floor(`(153 * ${month} + 2)`, 5)
    return `(365 * ${year} + ${floor(year, 4)} - ${floor(year, 100)} + ${floor(year, 400)} + ${ordinal} - 719468)`
  }

  #addMonths(days: string, by: string): string {
    const months = `(${this.#months(days)} + ${by})`
    const moved = `(${this.#firstOfMonth(months)} + ${this.#datePart(days, 'day')} - 1)`
    const last = `(${this.#firstOfMonth(`(${months} + 1)`)} - 1)`
    return `CASE WHEN ${days} IS NULL OR ${by} IS NULL THEN NULL ELSE LEAST(${moved}, ${last}) END`
  }

  #monthsBetween(from: string, to: string): string {
    const between = (early: string, late: string) => {
      const months = `(${this.#months(late)} - ${this.#months(early)})`
      return `(${months} - CASE WHEN ${this.#addMonths(early, months)} > ${late} THEN 1 ELSE 0 END)`
    }
    return `CASE WHEN ${from} IS NULL OR ${to} IS NULL THEN NULL WHEN ${from} <= ${to} THEN ${between(from, to)} ELSE -${between(to, from)} END`
  }

  /** By month and day, never by the engine's age function: they disagree about 29 February. */
  #age(birth: string, on: string, late: boolean): string {
    const [month, day] = [this.#datePart(birth, 'month'), this.#datePart(birth, 'day')]
    const own = `(${month} * 100 + ${day})`
    const now = `(${this.#datePart(on, 'month')} * 100 + ${this.#datePart(on, 'day')})`
    // On 28 February of a year without a 29th the birthday of the 29th has come, unless the law says 1 March.
    const leap = late
      ? 'FALSE'
      : `(${own} = 229 AND ${now} = 228 AND ${this.#datePart(`(${on} + 1)`, 'day')} = 1)`
    const years = `(${this.#datePart(on, 'year')} - ${this.#datePart(birth, 'year')})`
    return `(${years} - CASE WHEN ${now} >= ${own} OR ${leap} THEN 0 ELSE 1 END)`
  }
}

/** A whole number as a literal, and nothing else. */
export function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} cannot be printed`)
  return value < 0 ? `(${value})` : String(value + 0)
}
