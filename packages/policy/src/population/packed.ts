import type { Cells, ColumnData, Population, PopulationManifest } from './population.ts'

const KINDS = { float64: Float64Array, int32: Int32Array, uint8: Uint8Array, int8: Int8Array } as const
type Kind = keyof typeof KINDS

/** A population as JSON: columns as base64 of their bytes, little endian. For samples that a browser works on. */
export interface PackedPopulation {
  readonly nhip: 'population-sample/1'
  readonly synthetic: boolean
  readonly manifest: unknown
  readonly households: number
  readonly persons: number
  /** Base64 of int32: the first person of each household, and the end. */
  readonly first: string
  /** Base64 of float64: the ids of households. */
  readonly ids: string
  readonly columns: Readonly<
    Record<string, { readonly type: Kind; readonly data: string; readonly valid?: string }>
  >
}

/** Columns as text; `unpackPopulation` gives the same population back. */
export function packPopulation(population: Population): PackedPopulation {
  const { manifest, households, persons, first, ids, columns } = population
  return {
    nhip: 'population-sample/1',
    synthetic: manifest.synthetic,
    manifest,
    households,
    persons,
    first: toBase64(first),
    ids: toBase64(ids),
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, { data, valid }]) => [
        name,
        { type: kindOf(data), data: toBase64(data), ...(valid ? { valid: toBase64(valid) } : {}) },
      ]),
    ),
  }
}

/** @throws {RangeError} when a column does not have the rows that are stated */
export function unpackPopulation(packed: PackedPopulation): Population {
  const { households, persons } = packed
  const manifest = packed.manifest as PopulationManifest
  const entity = new Map(manifest.columns.map((column) => [column.name, column.entity]))
  const rows = (name: string): number => (entity.get(name) === 'person' ? persons : households)
  const columns: Record<string, ColumnData> = {}
  for (const [name, { type, data, valid }] of Object.entries(packed.columns)) {
    columns[name] = {
      data: fromBase64(data, type, rows(name), name),
      ...(valid === undefined ? {} : { valid: fromBase64(valid, 'uint8', rows(name), name) }),
    }
  }
  return {
    manifest,
    households,
    persons,
    first: fromBase64(packed.first, 'int32', households + 1, 'first'),
    ids: fromBase64(packed.ids, 'float64', households, 'ids'),
    columns,
  }
}

function kindOf(cells: Cells): Kind {
  if (cells instanceof Float64Array) return 'float64'
  if (cells instanceof Int32Array) return 'int32'
  return cells instanceof Uint8Array ? 'uint8' : 'int8'
}

/** Characters that one call of `String.fromCharCode` takes without exhausting the stack. */
const PIECE = 24_576

// `btoa` and `atob` are in browsers and in Node alike; all platforms they run on are little endian.
function toBase64(cells: Cells): string {
  const bytes = new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength)
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)))
  return text
}

function fromBase64<K extends Kind>(
  text: string,
  kind: K,
  rows: number,
  name: string,
): InstanceType<(typeof KINDS)[K]> {
  const binary = atob(text)
  const Made = KINDS[kind]
  if (binary.length !== rows * Made.BYTES_PER_ELEMENT)
    throw new RangeError(
      `the column "${name}" has ${binary.length / Made.BYTES_PER_ELEMENT} rows and not ${rows}`,
    )
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  return new Made(bytes.buffer) as InstanceType<(typeof KINDS)[K]>
}
