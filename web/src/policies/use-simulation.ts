import type { SimulationDetail } from '@nhip/node/policies/contract'
import { useQuery } from '@tanstack/react-query'
import { read } from '../api/client.ts'

/** One simulation on the node, asked again until it has ended. */
export function useSimulation(id: string | null) {
  return useQuery({
    queryKey: ['simulation', id],
    enabled: id !== null,
    queryFn: ({ signal }) => read<SimulationDetail>(`/api/simulations/${id}`, {}, signal),
    refetchInterval: ({ state: { data, error } }) =>
      error === null && (data === undefined || isGoing(data)) ? 1000 : false,
  })
}

/** Whether there is still something to wait for. */
export function isGoing({ state }: Pick<SimulationDetail, 'state'>): boolean {
  return state === 'queued' || state === 'running'
}
