import { greatest } from '../ir/interval.ts'
import type { IrNode, IrType } from '../ir/node.ts'
import type { Chunk, Column, Columns, KernelOutput } from './contract.ts'
import type { Plan } from './merge.ts'

export interface Bound {
  /** Data and validity of each input in turn. */
  readonly columns: readonly unknown[]
  /** Data and validity of each output in turn; null where nobody wants it. */
  readonly outputs: readonly (Column['data'] | null)[]
  /** Sums, weights and classes of each accumulator in turn. */
  readonly sums: readonly (Column['data'] | null)[]
}

const MOST = 2n ** 52n
const BINS = 65_536

/** Holds a chunk against what a plan reads and writes, and puts its arrays in order. */
export class Binder {
  readonly inputs: { readonly person: readonly string[]; readonly household: readonly string[] }
  readonly outputs: readonly KernelOutput[]
  readonly #plan: Plan
  #valid = new Uint8Array(0)

  constructor(plan: Plan) {
    this.#plan = plan
    const of = (wanted: 'person' | 'group') =>
      plan.inputs.filter(({ level }) => level === wanted).map(({ column }) => column)
    this.inputs = { person: of('person'), household: of('group') }
    this.outputs = plan.outputs.map(({ node: _node, ...output }) => output)
  }

  columns(persons: number, households: number): Columns {
    const made: Columns = {}
    for (const { name, level, type, nullable } of this.#plan.outputs) {
      const rows = level === 'person' ? persons : households
      made[name] = { data: dataOf(type, rows), ...(nullable ? { valid: new Uint8Array(rows) } : {}) }
    }
    for (const { id, kind, by } of this.#plan.accumulators) {
      const figures = kind === 'histogram' ? BINS : (by?.size ?? 1) * (kind === 'movement' ? 3 : 1)
      made[id] = { data: new Float64Array(2 * figures) }
    }
    return made
  }

  bind(chunk: Chunk, out: Columns): Bound {
    const { persons, households } = chunk
    this.#checkSizes(chunk)
    const columns = this.#plan.inputs.flatMap(({ column, level, nullable }) => {
      const rows = level === 'person' ? persons : households
      const found = columnOf(chunk.columns, column, rows)
      return [found.data, nullable ? (found.valid ?? this.#allValid(rows)) : null]
    })
    const outputs = this.#plan.outputs.flatMap(({ name, level, nullable }) => {
      const column = out[name]
      if (column === undefined) return [null, null]
      columnOf(out, name, level === 'person' ? persons : households)
      if (nullable && column.valid === undefined)
        throw new RangeError(`column "${name}" wants a byte for validity`)
      return [column.data, column.valid ?? null]
    })
    const sums = this.#plan.accumulators.flatMap(({ id, weight, by, node }) => {
      const { data } = columnOf(out, id, 2)
      const weights = weight === undefined ? null : columnOf(chunk.columns, weight, households).data
      if (weights !== null)
        this.#checkWeight(id, weight ?? '', weights, households, this.#plan.nodes[node] as IrNode)
      const classes =
        by && columnOf(chunk.columns, by.column, by.level === 'person' ? persons : households).data
      return [data, weights, classes ?? null]
    })
    return { columns, outputs, sums }
  }

  /** Sums over members rest on how many a household may have. */
  #checkSizes({ first, households, persons }: Chunk): void {
    const { maxMembers } = this.#plan
    if (first.length <= households || first[households] !== persons)
      throw new RangeError(`first must hold ${households + 1} places, the last of them ${persons}`)
    for (let h = 0; h < households; h++) {
      const size = (first[h + 1] as number) - (first[h] as number)
      if (size < 0 || size > maxMembers)
        throw new RangeError(`household ${h} has ${size} members, at most ${maxMembers} were allowed for`)
    }
  }

  #checkWeight(id: string, name: string, weights: Column['data'], rows: number, { type }: IrNode): void {
    let most = 0
    for (let row = 0; row < rows; row++) most = Math.max(most, Math.abs(weights[row] as number))
    const value = type.kind === 'number' && type.form === 'integer' ? greatest(type.max, -type.min) : 1n
    if (BigInt(Math.ceil(most)) * value >= MOST)
      throw new RangeError(`"${id}": weights of "${name}" up to ${most} make sums inexact`)
  }

  #allValid(rows: number): Uint8Array {
    if (this.#valid.length < rows) this.#valid = new Uint8Array(rows).fill(1)
    return this.#valid
  }
}

function columnOf(columns: Columns, name: string, rows: number): Column {
  const column = columns[name]
  if (column === undefined) throw new RangeError(`there is no column "${name}"`)
  if (column.data.length < rows)
    throw new RangeError(`column "${name}" has ${column.data.length} rows, ${rows} are needed`)
  return column
}

function dataOf(type: IrType, rows: number): Column['data'] {
  switch (type.kind) {
    case 'number':
      return new Float64Array(rows)
    case 'boolean':
      return new Uint8Array(rows)
    default:
      return new Int32Array(rows)
  }
}
