import type { LatestItem } from '@nhip/node/observations/contract'
import { useQuery } from '@tanstack/react-query'
import { type Page, read } from '../api/client.ts'

/** The first series of a property, shown until the reader chooses one. */
export function useFirstEntity(property: string | undefined, dataset: string | undefined) {
  return useQuery({
    queryKey: ['first-entity', property, dataset],
    enabled: property !== undefined,
    queryFn: async ({ signal }): Promise<{ entity: string; breakdown: string } | null> => {
      const page = await read<Page<LatestItem>>('/api/latest', { property, dataset, limit: 1 }, signal)
      const item = page.items[0]
      return item ? { entity: item.entity, breakdown: item.breakdown } : null
    },
  })
}
