import type { PropertyItem } from '@nhip/node/catalogue/contract'
import type { PeriodItem, SnapshotAnswer } from '@nhip/node/observations/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Page, read } from '../api/client.ts'

export interface SnapshotQuery {
  property: string
  dataset?: string | null
  period?: string | null
  breakdown?: string | null
  /** `as_then`, `as_now`, or a civil day. */
  view: string
  level?: string | null
  shares?: string | null
}

/** One property for all units or entities at one period. */
export function useSnapshot(query: SnapshotQuery | null) {
  return useQuery({
    queryKey: ['snapshot', query],
    enabled: query !== null,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read<SnapshotAnswer>('/api/snapshot', { ...query }, signal),
  })
}

/** Periods that a property has values of, newest first. */
export function usePeriods(property: string | undefined, dataset?: string | null) {
  return useQuery<PeriodItem[]>({
    queryKey: ['periods', property, dataset],
    enabled: property !== undefined,
    staleTime: 60_000,
    refetchInterval: (query) => (query.state.data?.length === 0 ? 5000 : false),
    // A live figure has thousands of instants; the newest page is what a reader chooses from.
    queryFn: async ({ signal }): Promise<PeriodItem[]> =>
      (await read<Page<PeriodItem>>('/api/periods', { property, dataset, limit: 200 }, signal)).items,
  })
}

/** Properties of administrative units: those that can be drawn as areas of the country. */
export function ofUnits(properties: readonly PropertyItem[]): PropertyItem[] {
  return properties.filter((property) => property.entityType === 'unit' && property.kind !== 'text')
}

/** Properties whose values have a place: of units first, then of everything else that stands somewhere. */
export function useDrawable(properties: readonly PropertyItem[] | undefined): PropertyItem[] {
  return useMemo(() => {
    const all = (properties ?? []).filter((property) => property.kind !== 'text')
    return [...ofUnits(all), ...all.filter((property) => property.entityType !== 'unit')]
  }, [properties])
}
