import type { IrNode, NumberType } from '../ir/node.ts'
import type { Plan } from './merge.ts'
import type { Schedule } from './schedule.ts'

/**
 * Nodes as JavaScript. Nothing that a user wrote reaches the text: names are made of node numbers, numbers go through
 * {@link numeral}, words are codes. Null is NaN for numbers, dates and codes, 2 for booleans that may be null (0 and 1
 * otherwise being false and true), null for decimals.
 */
export class Printer {
  readonly #nodes: readonly IrNode[]
  readonly #schedule: Schedule
  /** Tables of `pick` and ages on fixed days, made once a kernel. */
  readonly constants: string[] = []
  readonly #constantOf = new Map<string, string>()

  constructor(plan: Plan, schedule: Schedule) {
    this.#nodes = plan.nodes
    this.#schedule = schedule
  }

  #node(id: number): IrNode {
    return this.#nodes[id] as IrNode
  }

  /** The value of a node where it is read. */
  value(id: number): string {
    const node = this.#node(id)
    if (node.op === 'constant') return this.#constant(node)
    if (node.op === 'project') return this.value(node.args[0])
    return this.#schedule.named.has(id) ? `n${id}` : this.expression(id)
  }

  /** The expression that works a node out. */
  expression(id: number): string {
    const node = this.#node(id)
    if (node.type.kind !== 'boolean' || node.op === 'input' || node.op === 'memo') {
      const text = this.#plain(node)
      // Told that a number is a small whole one, the compiler keeps it in an integer register.
      return SMALLER.has(node.op) && isSmall(node) ? `(${text} | 0)` : text
    }
    if (!node.nullable) return this.#truth(node)
    return `(${this.#truth(node)} ? 1 : ${this.#falsity(node)} ? 0 : 2)`
  }

  /** JavaScript's true exactly where a boolean is true. */
  truth(id: number): string {
    const node = this.#node(id)
    if (node.op === 'constant') return node.value === 1 ? 'true' : 'false'
    if (node.op === 'project') return this.truth(node.args[0])
    if (this.#schedule.named.has(id) || node.op === 'input' || node.op === 'memo')
      return node.nullable ? `(${this.value(id)} === 1)` : this.value(id)
    return this.#truth(node)
  }

  falsity(id: number): string {
    const node = this.#node(id)
    if (node.op === 'constant') return node.value === 0 ? 'true' : 'false'
    if (node.op === 'project') return this.falsity(node.args[0])
    if (!node.nullable) return `!${this.truth(id)}`
    if (this.#schedule.named.has(id) || node.op === 'input' || node.op === 'memo')
      return `(${this.value(id)} === 0)`
    return this.#falsity(node)
  }

  #constant(node: Extract<IrNode, { op: 'constant' }>): string {
    const { value, type } = node
    if (type.kind === 'boolean') return value === null ? '2' : value === 1 ? 'true' : 'false'
    if (type.kind === 'number' && type.form === 'decimal')
      return value === null ? 'null' : this.#shared(`F.constant('${decimalNumeral(String(value))}')`, 'D')
    return value === null ? 'NaN' : numeral(Number(value))
  }

  #shared(text: string, prefix: string): string {
    let name = this.#constantOf.get(text)
    if (name === undefined) {
      name = `${prefix}${this.#constantOf.size}`
      this.#constantOf.set(text, name)
      this.constants.push(`const ${name} = ${text}`)
    }
    return name
  }

  #isDecimal(id: number): boolean {
    const { type } = this.#node(id)
    return type.kind === 'number' && type.form === 'decimal'
  }

  // ── booleans ─────────────────────────────────────────────────────────────────────────────────────────────────

  #truth(node: IrNode): string {
    switch (node.op) {
      case 'and':
        return `(${this.truth(node.args[0])} && ${this.truth(node.args[1])})`
      case 'or':
        return `(${this.truth(node.args[0])} || ${this.truth(node.args[1])})`
      case 'not':
        return this.falsity(node.args[0])
      case 'is-null':
        return this.#isNull(node.args[0])
      case 'select': {
        const [condition, then, otherwise] = node.args.map((arg) => this.truth(arg))
        if (then === 'true' && otherwise === 'false') return condition as string
        return `(${condition} ? ${then} : ${otherwise})`
      }
      case 'compare':
        return this.#compare(node, node.test)
      default:
        return node.nullable ? `(${this.#plain(node)} === 1)` : this.#plain(node)
    }
  }

  #falsity(node: IrNode): string {
    switch (node.op) {
      case 'and':
        return `(${this.falsity(node.args[0])} || ${this.falsity(node.args[1])})`
      case 'or':
        return `(${this.falsity(node.args[0])} && ${this.falsity(node.args[1])})`
      case 'not':
        return this.truth(node.args[0])
      case 'select':
        return `(${this.truth(node.args[0])} ? ${this.falsity(node.args[1])} : ${this.falsity(node.args[2])})`
      case 'compare':
        // Where a side is NaN neither the comparison nor its contrary holds.
        return node.test === '=' ? `!${this.#truth(node)}` : this.#compare(node, CONTRARY[node.test])
      default:
        return node.nullable ? `(${this.#plain(node)} === 0)` : `!${this.#truth(node)}`
    }
  }

  #isNull(id: number): string {
    const value = this.value(id)
    const { type } = this.#node(id)
    if (type.kind === 'boolean') return `(${value} === 2)`
    return this.#isDecimal(id) ? `(${value} === null)` : `(${value} !== ${value})`
  }

  #compare(node: Extract<IrNode, { op: 'compare' }>, test: keyof typeof SIGNS): string {
    const [a, b] = node.args
    if (this.#isDecimal(a)) {
      const order = `(F.order(${this.value(a)}, ${this.value(b)}) ${SIGNS[test]} 0)`
      return test === '=' && this.#maybe(a) && this.#maybe(b)
        ? `(${order} || (${this.value(a)} === null && ${this.value(b)} === null))`
        : order
    }
    if (this.#node(a).type.kind === 'boolean') return `(${this.#trit(a)} === ${this.#trit(b)})`
    const [x, y] = [this.value(a), this.value(b)]
    const plain = `(${x} ${SIGNS[test]} ${y})`
    if (test !== '=' || !this.#maybe(a) || !this.#maybe(b)) return plain
    return `(${plain} || (${x} !== ${x} && ${y} !== ${y}))`
  }

  #maybe(id: number): boolean {
    return this.#node(id).nullable
  }

  /** 0, 1 or 2. */
  #trit(id: number): string {
    return this.#maybe(id) ? this.value(id) : `(${this.truth(id)} ? 1 : 0)`
  }

  // ── values ───────────────────────────────────────────────────────────────────────────────────────────────────

  #plain(node: IrNode): string {
    const { id } = node
    switch (node.op) {
      case 'input': {
        const at = node.level === 'person' ? 'i' : 'h'
        const read = node.type.kind === 'boolean' && !node.nullable ? `c${id}[${at}] !== 0` : `c${id}[${at}]`
        const none = node.type.kind === 'boolean' ? '2' : 'NaN'
        return node.nullable ? `(v${id}[${at}] === 0 ? ${none} : ${read})` : `(${read})`
      }
      case 'select': {
        const [condition, then, otherwise] = node.args
        return `(${this.truth(condition)} ? ${this.value(then)} : ${this.value(otherwise)})`
      }
      case 'add':
      case 'subtract':
      case 'multiply':
      case 'divide':
      case 'modulo':
      case 'minimum':
      case 'maximum':
      case 'negate':
      case 'absolute':
        return this.#arithmetic(node)
      case 'rescale':
        return node.factor === 1
          ? this.value(node.args[0])
          : `(${this.value(node.args[0])} * ${numeral(node.factor)})`
      case 'to-decimal':
        return `F.decimal(${this.value(node.args[0])}, ${numeral(this.#number(node.args[0]).scale)})`
      case 'to-integer':
        return `F.integer(${this.value(node.args[0])}, ${numeral((node.type as NumberType).scale)})`
      case 'to-double': {
        const from = this.#number(node.args[0])
        if (from.form === 'decimal') return `F.toDouble(${this.value(node.args[0])})`
        return from.scale === 0
          ? this.value(node.args[0])
          : `(${this.value(node.args[0])} / ${numeral(10 ** from.scale)})`
      }
      case 'quotient':
        return this.#quotient(node)
      case 'round':
        return `F.round(${this.value(node.args[0])}, ${numeral(node.digits)}, '${node.rounding}')`
      case 'function':
        return `F.inexact.${node.name}(${node.args.map((arg) => this.value(arg)).join(', ')})`
      case 'pick':
        return this.#pick(node)
      case 'piecewise':
        return this.#piecewise(node)
      case 'date-part':
        return node.part === 'epoch'
          ? this.value(node.args[0])
          : `F.${node.part}(${this.value(node.args[0])})`
      case 'add-months':
        return `F.addMonths(${this.value(node.args[0])}, ${this.value(node.args[1])})`
      case 'months-between':
        return `F.monthsBetween(${this.value(node.args[0])}, ${this.value(node.args[1])})`
      case 'age': {
        const [birth, on] = node.args
        const day = this.#node(on)
        const late = node.late ? 'true' : 'false'
        if (day.op !== 'constant' || day.value === null)
          return `F.age(${this.value(birth)}, ${this.value(on)}, ${late})`
        return `${this.#shared(`F.ageOn(${numeral(Number(day.value))}, ${late})`, 'A')}(${this.value(birth)})`
      }
      case 'memo': {
        const asked = `F.ask(M[${numeral(node.memo)}], [${node.args.map((arg) => this.value(arg)).join(', ')}])`
        if (node.type.kind === 'boolean') return `F.asBoolean(${asked})`
        return node.type.kind === 'number' ? asked : `F.asNumber(${asked})`
      }
      case 'and':
      case 'or':
      case 'not':
      case 'is-null':
      case 'compare':
        return this.expression(id)
      case 'constant':
      case 'project':
      case 'aggregate':
        return this.value(id)
    }
  }

  #number(id: number): NumberType {
    return this.#node(id).type as NumberType
  }

  #arithmetic(node: Extract<IrNode, { args: readonly [number] | readonly [number, number] }>): string {
    const values = node.args.map((arg) => this.value(arg))
    const [a = '', b = ''] = values
    const { op } = node
    const decimal = node.type.kind === 'number' && node.type.form === 'decimal'
    if (decimal) return `F.${op === 'modulo' ? 'modulus' : op}(${values.join(', ')})`
    switch (op) {
      case 'add':
        return `(${a} + ${b})`
      case 'subtract':
        return `(${a} - ${b})`
      case 'multiply':
        return `(${a} * ${b})`
      case 'divide':
        return `F.inexact.divide(${a}, ${b})`
      case 'modulo':
        return `F.modulo(${a}, ${b})`
      case 'minimum':
        return `Math.min(${a}, ${b})`
      case 'maximum':
        return `Math.max(${a}, ${b})`
      case 'negate':
        return `(-${a})`
      default:
        return `Math.abs(${a})`
    }
  }

  /**
   * One division and one rounding to a whole number. The quotient of two doubles is rounded to nearest: it could only
   * reach the next whole number if numerator and divisor together were 2^53 or more, which their bounds exclude.
   */
  #quotient(node: Extract<IrNode, { op: 'quotient' }>): string {
    const [a, b] = node.args
    const [n, d] = [this.#number(a), this.#number(b)]
    const [x, y] = [this.value(a), this.value(b)]
    const divisor = this.#node(b)
    const known = divisor.op === 'constant' && typeof divisor.value === 'number' ? divisor.value : undefined
    if (n.min >= 0n && d.min > 0n && known !== undefined && known < 2 ** 30) {
      const add =
        node.rounding === 'half up' && known % 2 === 0
          ? known / 2
          : node.rounding === 'floor' || node.rounding === 'down'
            ? 0
            : undefined
      const top = add !== undefined && n.max + BigInt(add) < SMALL
      if (top && !this.#maybe(a)) return `((${x} + ${numeral(add)} | 0) / ${y})`
    }
    if (n.min >= 0n && d.min > 0n && node.rounding !== 'half even') {
      switch (node.rounding) {
        case 'floor':
        case 'down':
          return `Math.floor(${x} / ${y})`
        case 'ceiling':
        case 'up':
          return `Math.ceil(${x} / ${y})`
        case 'half up':
          if (known !== undefined && known % 2 === 0)
            return `Math.floor((${x} + ${numeral(known / 2)}) / ${y})`
          if (known !== undefined) return `Math.floor((2 * ${x} + ${y}) / ${numeral(2 * known)})`
          break
        default:
          break
      }
    }
    return `F.quotient(${x}, ${y}, '${node.rounding}')`
  }

  #pick(node: Extract<IrNode, { op: 'pick' }>): string {
    const [arg] = node.args
    const value = this.value(arg)
    const { table } = node
    const identity = table.every((entry, i) => entry === i)
    if (identity) return value
    const entries = table.map((entry) => (entry === null ? 'NaN' : numeral(Number(entry)))).join(', ')
    const name = this.#shared(`Float64Array.of(${entries})`, 'T')
    return this.#maybe(arg) ? `(${value} === ${value} ? ${name}[${value}] : NaN)` : `${name}[${value}]`
  }

  #piecewise(node: Extract<IrNode, { op: 'piecewise' }>): string {
    const { thresholds, bases, slopes, reached } = node
    const x = this.value(node.args[0])
    const piece = (i: number): string => {
      const [from, base, slope] = [thresholds[i] as number, bases[i] as number, slopes[i] as number]
      if (slope === 0)
        return this.#maybe(node.args[0]) ? `(${x} === ${x} ? ${numeral(base)} : NaN)` : numeral(base)
      const rise = from === 0 ? `${x} * ${numeral(slope)}` : `(${x} - ${numeral(from)}) * ${numeral(slope)}`
      return base === 0 ? `(${rise})` : `(${numeral(base)} + ${rise})`
    }
    const sign = reached ? '<' : '<='
    const below = (i: number): string =>
      i === thresholds.length
        ? piece(i - 1)
        : `${x} ${sign} ${numeral(thresholds[i] as number)} ? ${i === 0 ? '0' : piece(i - 1)} : ${below(i + 1)}`
    return thresholds.length === 0 ? (this.#maybe(node.args[0]) ? `(${x} * 0)` : '0') : `(${below(0)})`
  }
}

const SMALL = 2n ** 31n
const SMALLER: ReadonlySet<IrNode['op']> = new Set<IrNode['op']>([
  'add',
  'subtract',
  'multiply',
  'rescale',
  'minimum',
  'maximum',
  'quotient',
  'select',
])

function isSmall({ type, nullable }: IrNode): boolean {
  return (
    !nullable && type.kind === 'number' && type.form === 'integer' && type.min > -SMALL && type.max < SMALL
  )
}

const SIGNS = { '<': '<', '<=': '<=', '>': '>', '>=': '>=', '=': '===' } as const
const CONTRARY = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const

/** A number as a literal, and nothing else. */
export function numeral(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be printed`)
  const text = Object.is(value, -0) ? '0' : String(value)
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) throw new RangeError(`${text} cannot be printed`)
  return value < 0 ? `(${text})` : text
}

function decimalNumeral(text: string): string {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new RangeError(`${text} cannot be printed`)
  return text
}
