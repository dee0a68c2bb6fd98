import { type Num, parseNumber } from '@nhip/feel/number'
import { numberType, powerOfTen } from './interval.ts'
import {
  argsOf,
  type CodeType,
  type Constant,
  type IrNode,
  type IrType,
  type Level,
  type Operation,
} from './node.ts'

export const BOOLEAN: IrType = { kind: 'boolean' }
export const DATE: IrType = { kind: 'date' }
export const codeType = (values: readonly string[]): CodeType => ({ kind: 'code', values })

/** Says that an expression cannot be lowered, and why; whoever knows the place catches it. */
export class NotLowered extends Error {
  readonly code: 'not-lowered' | 'number.unproved'
  readonly vi: string
  readonly value: string | undefined

  constructor(vi: string, en: string, code: NotLowered['code'] = 'not-lowered', value?: string) {
    super(en)
    this.code = code
    this.vi = vi
    this.value = value
  }
}

/**
 * Nodes by number, each of them once: what is worked out twice in the law is one node here, also between a law and its
 * reform. Constants are folded while nodes are made.
 */
export class Graph {
  readonly nodes: IrNode[] = []
  readonly #known = new Map<string, number>()

  node(id: number): IrNode {
    return this.nodes[id] as IrNode
  }

  type(id: number): IrType {
    return this.node(id).type
  }

  nullable(...ids: number[]): boolean {
    return ids.some((id) => this.node(id).nullable)
  }

  /** Adds a node unless it is there. Arguments of a group are projected where others are of a person. */
  add(operation: Operation, type: IrType, nullable: boolean, level?: Level): number {
    let own = operation
    if (level === undefined) {
      const levels = argsOf(operation).map((id) => this.node(id).level)
      const highest: Level = levels.includes('person')
        ? 'person'
        : levels.includes('group')
          ? 'group'
          : 'constant'
      if (highest === 'person' && levels.includes('group')) {
        const args = argsOf(operation).map((id) => (this.node(id).level === 'group' ? this.project(id) : id))
        own = { ...operation, args } as Operation
      }
      return this.#intern(own, type, nullable, highest)
    }
    return this.#intern(own, type, nullable, level)
  }

  #intern(operation: Operation, type: IrType, nullable: boolean, level: Level): number {
    const key = keyOf(operation, type, level)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const id = this.nodes.push({ ...operation, id: this.nodes.length, type, nullable, level }) - 1
    this.#known.set(key, id)
    return id
  }

  /** A group's value as its members see it. */
  project(id: number): number {
    const { level, type, nullable } = this.node(id)
    return level === 'group' ? this.#intern({ op: 'project', args: [id] }, type, nullable, 'person') : id
  }

  // ── constants ────────────────────────────────────────────────────────────────────────────────────────────────

  constant(value: Constant, type: IrType): number {
    return this.#intern({ op: 'constant', value }, type, value === null, 'constant')
  }

  boolean(value: boolean): number {
    return this.constant(value ? 1 : 0, BOOLEAN)
  }

  /** A whole number that is exact in a double, at a scale. */
  integer(value: bigint, scale = 0): number {
    const type = numberType({ min: value, max: value, scale, finite: true })
    return this.constant(type.form === 'integer' ? Number(value) : decimalText(value, scale), type)
  }

  number(value: Num): number {
    const decimals = value.isInteger ? 0 : value.decimal.decimalPlaces()
    const whole = scaled(value, decimals)
    return this.integer(whole, decimals)
  }

  /** The value of a constant node; undefined of others. */
  valueOf(id: number): Constant | undefined {
    const node = this.node(id)
    return node.op === 'constant' ? node.value : undefined
  }

  /** The number that a constant node stands for; undefined of others and of null. */
  numberOf(id: number): Num | undefined {
    const node = this.node(id)
    if (node.op !== 'constant' || node.value === null || node.type.kind !== 'number') return undefined
    const text =
      typeof node.value === 'string' ? node.value : decimalText(BigInt(node.value), node.type.scale)
    return parseNumber(text) ?? undefined
  }

  isTrue(id: number): boolean {
    return this.valueOf(id) === 1
  }

  /** Constantly false or null: a condition that never holds. */
  neverTrue(id: number): boolean {
    const value = this.valueOf(id)
    return value === 0 || value === null
  }

  // ── logic ────────────────────────────────────────────────────────────────────────────────────────────────────

  not(a: number): number {
    const value = this.valueOf(a)
    if (value !== undefined) return value === null ? a : this.boolean(value === 0)
    const node = this.node(a)
    if (node.op === 'not') return node.args[0]
    return this.add({ op: 'not', args: [a] }, BOOLEAN, this.nullable(a))
  }

  and(a: number, b: number): number {
    if (this.valueOf(a) === 0 || this.valueOf(b) === 1 || a === b) return a
    if (this.valueOf(b) === 0 || this.valueOf(a) === 1) return b
    return this.add({ op: 'and', args: [a, b] }, BOOLEAN, this.nullable(a, b))
  }

  or(a: number, b: number): number {
    if (this.valueOf(a) === 1 || this.valueOf(b) === 0 || a === b) return a
    if (this.valueOf(b) === 1 || this.valueOf(a) === 0) return b
    return this.add({ op: 'or', args: [a, b] }, BOOLEAN, this.nullable(a, b))
  }

  isNull(a: number): number {
    if (!this.nullable(a)) return this.boolean(false)
    const value = this.valueOf(a)
    if (value !== undefined) return this.boolean(value === null)
    const node = this.node(a)
    const open = argsOf(node).filter((arg) => this.nullable(arg))
    if (STRICT.has(node.op) && node.op !== 'quotient' && open.length === 1)
      return this.isNull(open[0] as number)
    return this.add({ op: 'is-null', args: [a] }, BOOLEAN, false)
  }

  /** Whether a boolean is true: false where it is null. */
  truth(a: number): number {
    return this.nullable(a) ? this.select(a, this.boolean(true), this.boolean(false)) : a
  }

  /** Both branches are of one type and form already. */
  select(condition: number, then: number, otherwise: number, type = this.type(then)): number {
    if (then === otherwise) return then
    if (this.isTrue(condition)) return then
    if (this.neverTrue(condition)) return otherwise
    if (this.valueOf(then) === null && this.#isNullAnyway(condition, otherwise)) return otherwise
    if (type.kind === 'boolean' && this.valueOf(then) === 1 && this.valueOf(otherwise) === 0) {
      if (!this.nullable(condition)) return condition
    }
    return this.add(
      { op: 'select', args: [condition, then, otherwise] },
      type,
      this.nullable(then, otherwise),
    )
  }

  /** `if x = null then null else f(x)`, where f of null is null. */
  #isNullAnyway(condition: number, id: number): boolean {
    const test = this.node(condition)
    const node = this.node(id)
    return test.op === 'is-null' && STRICT.has(node.op) && argsOf(node).includes(test.args[0])
  }

  /** Null where a condition is true. */
  nullIf(condition: number, a: number): number {
    return this.select(condition, this.constant(null, this.type(a)), a, this.type(a))
  }

  /** The same code in another list of values; a value that is not in it takes a place after its end. */
  recode(a: number, values: readonly string[]): number {
    const type = this.type(a)
    if (type.kind !== 'code')
      throw new NotLowered('cần một giá trị danh mục', 'wants a value of an enumeration')
    if (type.values === values || type.values.every((value, i) => values[i] === value)) {
      const to = codeType(values)
      const constant = this.valueOf(a)
      if (constant !== undefined) return this.constant(constant, to)
      return type.values.length === values.length
        ? a
        : this.#pick(
            a,
            type.values.map((_, i) => i),
            to,
          )
    }
    return this.#pick(
      a,
      type.values.map((value) => values.indexOf(value)),
      codeType(values),
    )
  }

  #pick(a: number, table: readonly Constant[], type: IrType): number {
    return this.pick(a, table, type)
  }

  /** The entry of a table of constants at a code. */
  pick(a: number, table: readonly Constant[], type: IrType): number {
    const code = this.valueOf(a)
    if (code !== undefined) return this.constant(code === null ? null : (table[Number(code)] ?? null), type)
    const nullable = this.nullable(a) || table.includes(null)
    return this.add({ op: 'pick', args: [a], table }, type, nullable)
  }
}

/** Steps that are null as soon as one argument is. */
const STRICT: ReadonlySet<Operation['op']> = new Set<Operation['op']>([
  'add',
  'subtract',
  'multiply',
  'rescale',
  'quotient',
  'minimum',
  'maximum',
  'age',
  'months-between',
  'date-part',
])

function keyOf(operation: Operation, type: IrType, level: Level): string {
  const shape =
    type.kind === 'number'
      ? `${type.form}${type.scale}${'op' in operation && operation.op === 'input' ? `[${type.min}..${type.max}]` : ''}`
      : type.kind === 'code'
        ? type.values.join('\u0000')
        : type.kind
  return `${JSON.stringify(operation)}|${shape}|${level}`
}

/** The whole number `value · 10^scale`. */
export function scaled(value: Num, scale: number): bigint {
  if (!Number.isNaN(value.int)) return BigInt(value.int) * powerOfTen(scale)
  const text = value.decimal.toFixed(scale)
  return BigInt(text.replace('.', ''))
}

/** `n / 10^scale` as FEEL reads it. */
export function decimalText(n: bigint, scale: number): string {
  if (scale === 0) return String(n)
  const digits = String(n < 0n ? -n : n).padStart(scale + 1, '0')
  return `${n < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
