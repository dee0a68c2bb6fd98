import type { DatasetItem, PropertyItem } from '@nhip/node/catalogue/contract'
import { useQuery } from '@tanstack/react-query'
import { readAll } from '../api/client.ts'

/** All datasets the reader may see. */
export function useDatasets() {
  return useQuery({
    queryKey: ['datasets'],
    staleTime: 60_000,
    queryFn: () => readAll<DatasetItem>('/api/datasets'),
  })
}

/** All properties. */
export function useProperties() {
  return useQuery({
    queryKey: ['properties'],
    staleTime: 60_000,
    queryFn: () => readAll<PropertyItem>('/api/properties'),
  })
}
