import type { Message } from '@nhip/canonical/problem'
import { isShared, memoryOf } from './memory.ts'

/** One column as `population.json` declares it. */
export interface PopulationColumn {
  readonly entity: 'person' | 'household'
  readonly name: string
  /** `number`, `boolean`, `date` or, with `enum`, the name of an enumeration. */
  readonly type: string
  readonly uom?: string
  readonly scale?: number
  readonly min?: number
  readonly max?: number
  readonly nullable?: boolean
  readonly enum?: readonly string[]
}

/** What is said of a population beside its rows: `population.json`. */
export interface PopulationManifest {
  readonly nhip: 'population/1'
  readonly id: string
  readonly title: Message
  readonly synthetic: boolean
  readonly seed?: number
  readonly spec_sha256?: string
  /** The day on which ages and provinces are meant. */
  readonly reference_date: string
  readonly persons: number
  readonly households: number
  /** The household column that says how many households a row stands for, in units of 10^-scale. */
  readonly weight?: { readonly column: string; readonly scale: number }
  readonly sources?: readonly unknown[]
  readonly assumptions?: readonly unknown[]
  readonly columns: readonly PopulationColumn[]
  /** SHA-256 of each file beside it. */
  readonly files: Readonly<Record<string, string>>
  readonly fit?: Readonly<Record<string, unknown>>
}

export type Cells = Float64Array | Int32Array | Uint8Array | Int8Array

/** A column in memory: numbers in units of 10^-scale, dates as days since 1970-01-01, enumerations as codes, booleans as 0 and 1. */
export interface ColumnData {
  readonly data: Cells
  /** 0 where the value is null; absent when none is. */
  readonly valid?: Uint8Array
}

/**
 * Households with their members in compressed rows: the persons of household h are `first[h]` to `first[h + 1] - 1`, sorted by role
 * and position. Columns of both entities lie in one record, since names are unique.
 */
export interface Population {
  readonly manifest: PopulationManifest
  readonly households: number
  readonly persons: number
  readonly first: Int32Array
  /** The `household_id` of each household, ascending. */
  readonly ids: Float64Array
  readonly columns: Readonly<Record<string, ColumnData>>
}

/** Whole households cut out of a population, in the shape that kernels take. */
export interface PopulationChunk {
  readonly households: number
  readonly persons: number
  readonly first: Int32Array
  readonly columns: Readonly<Record<string, ColumnData>>
}

/** The entity of each column by its name. */
export function entitiesOf(manifest: PopulationManifest): Map<string, 'person' | 'household'> {
  return new Map(manifest.columns.map(({ name, entity }) => [name, entity]))
}

/** Households `from` to `to - 1` without copying their columns. @throws {RangeError} when there are no such households */
export function chunkOf(population: Population, from: number, to: number): PopulationChunk {
  const { first, households } = population
  if (!(from >= 0 && from <= to && to <= households))
    throw new RangeError(`invalid households: ${from} to ${to} of ${households}`)
  const begin = first[from] as number
  const end = first[to] as number
  const own = new Int32Array(to - from + 1)
  for (let h = from; h <= to; h++) own[h - from] = (first[h] as number) - begin
  const columns: Record<string, ColumnData> = {}
  for (const { name, entity } of population.manifest.columns) {
    const column = population.columns[name]
    if (column === undefined) continue
    const [a, b] = entity === 'person' ? [begin, end] : [from, to]
    columns[name] = {
      data: column.data.subarray(a, b),
      ...(column.valid ? { valid: column.valid.subarray(a, b) } : {}),
    }
  }
  return { households: to - from, persons: end - begin, first: own, columns }
}

/** The rows of chosen households, each as often as it is named, copied into a chunk of its own. */
export function gather(
  chunk: PopulationChunk,
  entities: ReadonlyMap<string, 'person' | 'household'>,
  chosen: Int32Array,
): PopulationChunk {
  const first = new Int32Array(chosen.length + 1)
  for (let i = 0; i < chosen.length; i++) {
    const h = chosen[i] as number
    first[i + 1] = (first[i] as number) + (chunk.first[h + 1] as number) - (chunk.first[h] as number)
  }
  const persons = first[chosen.length] as number
  const columns: Record<string, ColumnData> = {}
  for (const [name, column] of Object.entries(chunk.columns)) {
    const person = entities.get(name) === 'person'
    const pick = (from: Cells): Cells => {
      const out = new (from.constructor as new (n: number) => Cells)(person ? persons : chosen.length)
      for (let i = 0; i < chosen.length; i++) {
        const h = chosen[i] as number
        if (!person) out[i] = from[h] as number
        else
          out.set(from.subarray(chunk.first[h] as number, chunk.first[h + 1] as number), first[i] as number)
      }
      return out
    }
    columns[name] = {
      data: pick(column.data),
      ...(column.valid ? { valid: pick(column.valid) as Uint8Array } : {}),
    }
  }
  return { households: chosen.length, persons, first, columns }
}

/** The weight of each household as an integer, and the power of ten it is in units of. Weight 1 when the population has none. */
export function weightsOf(population: Population): { weights: Cells; scale: number } {
  const { weight } = population.manifest
  const column = weight && population.columns[weight.column]
  if (!weight || !column) return { weights: new Uint8Array(population.households).fill(1), scale: 0 }
  return { weights: column.data, scale: weight.scale }
}

/** The same population in memory that worker threads may look into without copying it; what lies there already stays. */
export function sharedPopulation(population: Population): Population {
  const share = <T extends Cells>(cells: T): T => {
    if (isShared(cells)) return cells
    const Kind = cells.constructor as new (buffer: ArrayBufferLike) => T
    const out = new Kind(memoryOf(cells.byteLength))
    out.set(cells)
    return out
  }
  const columns = Object.entries(population.columns).map(([name, { data, valid }]) => [
    name,
    { data: share(data), ...(valid ? { valid: share(valid) } : {}) },
  ])
  return {
    ...population,
    first: share(population.first),
    ids: share(population.ids),
    columns: Object.fromEntries(columns),
  }
}
