import { archipelagos } from './archipelagos.ts'
import type { Boundaries } from './boundaries.ts'
import type { Drawn } from './national-svg.tsx'
import { noData } from './palette.ts'
import type { AreaGeometry } from './projection.ts'

/** What MapLibre is given: areas or points with what their colours and filters need. */
interface Collection {
  type: 'FeatureCollection'
  features: {
    type: 'Feature'
    properties: { entity: string; colour: string; estimated?: boolean }
    geometry: AreaGeometry | { type: 'Point'; coordinates: number[] }
  }[]
}

/** Areas with the colour of their item; an area without one is drawn as "no data". */
export function areasOf(boundaries: Boundaries, items: readonly Drawn[]): Collection {
  const byCode = new Map(items.map((item) => [item.code, item]))
  return {
    type: 'FeatureCollection',
    features: boundaries.features.map((feature) => {
      const item = byCode.get(feature.properties.code)
      return {
        type: 'Feature',
        properties: {
          entity: item?.entity ?? '',
          colour: item?.colour ?? noData,
          estimated: item?.estimated ?? false,
        },
        geometry: feature.geometry,
      }
    }),
  }
}

/** Items that have a position. */
export function pointsOf(items: readonly Drawn[]): Collection {
  return {
    type: 'FeatureCollection',
    features: items.flatMap((item) =>
      item.lon === undefined || item.lat === undefined
        ? []
        : [
            {
              type: 'Feature' as const,
              properties: { entity: item.entity, colour: item.colour, estimated: item.estimated },
              geometry: { type: 'Point' as const, coordinates: [item.lon, item.lat] },
            },
          ],
    ),
  }
}

/** The islands of both archipelagos in the colour of the province that administers them. */
export function islandsOf(items: readonly Drawn[]): Collection {
  const byCode = new Map(items.map((item) => [item.code, item]))
  return {
    type: 'FeatureCollection',
    features: archipelagos.flatMap((group) =>
      group.islands.map((at) => ({
        type: 'Feature' as const,
        properties: {
          entity: byCode.get(group.province)?.entity ?? '',
          colour: byCode.get(group.province)?.colour ?? noData,
        },
        geometry: { type: 'Point' as const, coordinates: [...at] },
      })),
    ),
  }
}
