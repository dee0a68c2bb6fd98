/** Types of boundaries.mjs, which stays plain JavaScript because it runs before anything is compiled. */
export interface Area {
  type: 'Feature'
  properties: { code: string; name: string; entity: string }
  geometry: { type: 'MultiPolygon'; coordinates: [number, number][][][] }
}
export interface Archipelago {
  type: 'Feature'
  properties: { code: string; name: string; entity: string; province: string; label: string }
  geometry: { type: 'Point'; coordinates: [number, number] }
}
export interface Collection<F> {
  type: 'FeatureCollection'
  count: number
  note: { vi: string; en: string }
  source: string
  features: F[]
}
type Row = Record<string, string>
export interface Inputs {
  topology: {
    objects: { vnm: { geometries: { type: string; properties: { name: string | null }; arcs: unknown }[] } }
  }
  provinces: Row[]
  communes: Row[]
  edges: Row[]
}
/** @public */
export function readInputs(): Inputs
/** @public */
export function build(inputs: Inputs): {
  provinces63: Collection<Area>
  provinces34: Collection<Area>
  islands: Collection<Archipelago>
}
/** @public */
export function squareKilometres(geometry: Area['geometry']): number
