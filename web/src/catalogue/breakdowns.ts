import type { LatestItem } from '@nhip/node/observations/contract'
import { useQuery } from '@tanstack/react-query'
import { type Page, read } from '../api/client.ts'

/** The breakdowns that a property has values of, at one entity or at any; the whole (no breakdown) first. */
export function useBreakdowns(property: string | undefined, dataset?: string, entity?: string | null) {
  return useQuery({
    queryKey: ['breakdowns', property, dataset, entity],
    enabled: property !== undefined && entity !== null,
    staleTime: 300_000,
    queryFn: async ({ signal }) => {
      const page = await read<Page<LatestItem>>(
        '/api/latest',
        { property, dataset, entity, limit: 500 },
        signal,
      )
      return [...new Set(page.items.map((item) => item.breakdown))].sort()
    },
  })
}
