import { useQuery } from '@tanstack/react-query'
import { read } from '../api/client.ts'
import type { AreaGeometry } from './projection.ts'

/** A province as an area. */
export interface BoundaryFeature {
  type: 'Feature'
  properties: { code: string; name: string; entity?: string }
  geometry: AreaGeometry
}

export interface Boundaries {
  type: 'FeatureCollection'
  features: BoundaryFeature[]
}

/** The day from which 34 provinces stand in the place of 63. */
export const mergerDay = '2025-07-01'

/** Which set of provinces was in force on a civil day. */
export function provincesOn(day: string): 63 | 34 {
  return day < mergerDay ? 63 : 34
}

/** Areas of the provinces in force on `day`, from the files made at build time. */
export function useBoundaries(day: string) {
  const count = provincesOn(day)
  return useQuery({
    queryKey: ['boundaries', count],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const all = await read<Boundaries>(`/boundaries/provinces-${count}.json`, {}, signal)
      return { ...all, features: all.features.filter((f) => f.geometry.type.endsWith('Polygon')) }
    },
  })
}
