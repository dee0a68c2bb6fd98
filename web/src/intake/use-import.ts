import type { ImportItem, Mapping } from '@nhip/node/intake/contract'
import { useIsMutating, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { read, send } from '../api/client.ts'
import { useLiveState } from '../live/live.ts'
import type { JobItem } from '../overview/jobs.ts'

/** Whether a job is reading the file. */
export function isWorking({ state }: Pick<ImportItem, 'state'>): boolean {
  return state === 'checking' || state === 'committing'
}

/** The key of what changes how a file is read: nothing is taken in while one of them is under way. */
export const changesOf = (id: string) => ['import', id, 'mapping']

/** One import and what can be done with it. It is asked again while a job is at work on it. */
export function useImport(id: string) {
  const queries = useQueryClient()
  // The stream tells what becomes of it; asking is for when there is none.
  const asking = useLiveState().link === 'live' ? 5_000 : 700
  const key = ['import', id]
  const path = `/api/imports/${encodeURIComponent(id)}`
  const item = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => read<ImportItem>(path, {}, signal),
    refetchInterval: (query) => (query.state.data && isWorking(query.state.data) ? asking : false),
  })
  const job = useQuery({
    queryKey: ['job', item.data?.job],
    enabled: item.data !== undefined && isWorking(item.data) && Boolean(item.data.job),
    refetchInterval: asking,
    queryFn: ({ signal }) => read<JobItem>(`/api/jobs/${item.data?.job}`, {}, signal),
  })
  const again = async () => {
    await queries.invalidateQueries({ queryKey: key })
  }
  /** What is in an import changes what the other pages show. */
  const everything = async () => {
    await queries.invalidateQueries()
  }
  const map = useMutation({
    mutationKey: changesOf(id),
    // One after the other, so that the last one said is the one that holds.
    scope: { id: path },
    mutationFn: (mapping: Mapping) => send<ImportItem>('PUT', `${path}/mapping`, mapping),
    onMutate: () => queries.cancelQueries({ queryKey: key }),
    onSuccess: (made) => queries.setQueryData(key, made),
    // It may have been refused because somebody else is taking the file in.
    onError: again,
  })
  const changing = useIsMutating({ mutationKey: changesOf(id) }) > 0
  const commit = useMutation({
    mutationFn: (onError: 'abort' | 'skip') => send('POST', `${path}/commit`, { onError }),
    onSuccess: again,
  })
  const check = useMutation({
    mutationFn: (onError: 'abort' | 'skip') => send('POST', `${path}/check`, { onError }),
    onSuccess: again,
  })
  const undo = useMutation({ mutationFn: () => send('POST', `${path}/undo`), onSuccess: everything })
  const cancel = useMutation({ mutationFn: () => send('DELETE', path), onSuccess: again })
  return { item, job, map, changing, check, commit, undo, cancel }
}
