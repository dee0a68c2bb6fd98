import { useQuery } from '@tanstack/react-query'
import { ApiError, readAll } from '../api/client.ts'
import { useLiveState } from '../live/live.ts'

/** A long piece of work as `GET /api/jobs` shows it. */
export interface JobItem {
  id: string
  kind: string
  state: string
  done?: number | null
  total?: number | null
  /** What it is about, in words. */
  message?: { vi: string; en: string } | null
  result?: unknown
  finishedAt?: string | null
}

/** Jobs now. The stream tells how they go on; without it they are asked for. Nobody's business is an empty list, not an error. */
export function useJobs() {
  const { link } = useLiveState()
  return useQuery({
    queryKey: ['jobs'],
    refetchInterval: (query) =>
      link === 'live'
        ? false
        : query.state.data?.some((job) => job.state === 'queued' || job.state === 'running')
          ? 2000
          : 20_000,
    queryFn: async () => {
      try {
        return await readAll<JobItem>('/api/jobs', { limit: 50 }, 50)
      } catch (error) {
        if (error instanceof ApiError && [401, 403, 404].includes(error.status)) return []
        throw error
      }
    },
  })
}

/** Percent done, or null when nobody knows the total. */
export function progressOf(job: JobItem): number | null {
  return job.total ? Math.min(100, ((job.done ?? 0) / job.total) * 100) : null
}
