import type { ContractItem, DatasetItem, PropertyItem } from '@nhip/node/catalogue/contract'
import type { FreshnessSummary, ScoreAnswer } from '@nhip/node/observations/contract'
import { useQuery } from '@tanstack/react-query'
import { read, readAll } from '../api/client.ts'

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

/** How fresh the series of each dataset are. */
export function useFreshnessSummary() {
  return useQuery({
    queryKey: ['freshness', 'summary'],
    refetchInterval: 60_000,
    queryFn: () => readAll<FreshnessSummary>('/api/freshness/summary'),
  })
}

/** Score of a dataset by day and source; the last week without a span. */
export function useScore(dataset: string, span: { from?: string; to?: string } = {}, enabled = true) {
  return useQuery({
    queryKey: ['score', dataset, span],
    enabled,
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      read<ScoreAnswer>(`/api/datasets/${encodeURIComponent(dataset)}/score`, span, signal),
  })
}

/** What a dataset promises and is judged by. */
export function useContract(dataset: string) {
  return useQuery({
    queryKey: ['contract', dataset],
    queryFn: ({ signal }) =>
      read<ContractItem>(`/api/datasets/${encodeURIComponent(dataset)}/contract`, {}, signal),
  })
}
