import type { EntityItem } from '@nhip/node/catalogue/contract'
import { useQuery } from '@tanstack/react-query'
import { read } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'

/** The name of an entity; its id until the node has answered, and if it does not know. */
export function useEntityName(id: string | undefined): string {
  const entity = useEntity(id)
  return entity.data ? nameIn(entity.data.name, language()) : (id ?? '')
}

/** One entity by its id. */
export function useEntity(id: string | undefined) {
  return useQuery({
    queryKey: ['entity', id],
    enabled: id !== undefined,
    staleTime: 600_000,
    retry: false,
    queryFn: ({ signal }) => read<EntityItem>(`/api/entities/${encodeURIComponent(id ?? '')}`, {}, signal),
  })
}
