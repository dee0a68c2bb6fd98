import type { FindingItem } from '@nhip/node/intake/contract'
import type { FreshnessItem, FreshnessSummary } from '@nhip/node/observations/contract'
import { useQuery } from '@tanstack/react-query'
import { ApiError, type Page, read, readAll } from '../api/client.ts'
import { useDatasets } from '../catalogue/queries.ts'
import { useJobs } from '../overview/jobs.ts'
import { useNow } from '../shell/use-now.ts'
import { type Action, actionsOf } from './actions.ts'

/** What the stream does not tell, such as a finding of a rule, is looked for this often. */
const AGAIN_MS = 60_000
/** More findings are not counted one by one. */
export const mostFindings = 500

/** What needs action now, as far as the reader may see it; undefined until it is known. */
export function useActions(): { actions: Action[] | undefined; error: unknown } {
  const now = useNow(60_000)
  const datasets = useDatasets()
  const jobs = useJobs()
  const summaries = useQuery({
    queryKey: ['freshness', 'summary'],
    refetchInterval: AGAIN_MS,
    queryFn: () => readAll<FreshnessSummary>('/api/freshness/summary'),
  })
  const silent = useQuery({
    queryKey: ['freshness', 'silent'],
    refetchInterval: AGAIN_MS,
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        ['never', 'stale', 'late'].map((state) =>
          read<Page<FreshnessItem>>('/api/freshness', { state, limit: 100 }, signal),
        ),
      )
      return pages.flatMap(({ items }) => items)
    },
  })
  const findings = useQuery({
    queryKey: ['findings', 'newest'],
    refetchInterval: AGAIN_MS,
    queryFn: async (): Promise<FindingItem[]> => {
      try {
        return await readAll<FindingItem>('/api/findings', {}, mostFindings)
      } catch (error) {
        // A wall that nobody signed in shows what everybody may see.
        if (error instanceof ApiError && [401, 403].includes(error.status)) return []
        throw error
      }
    },
  })
  const error = datasets.error ?? summaries.error ?? silent.error ?? findings.error ?? jobs.error
  if (!datasets.data || !summaries.data || !silent.data || !findings.data || !jobs.data)
    return { actions: undefined, error }
  const actions = actionsOf({
    datasets: datasets.data,
    summaries: summaries.data,
    silent: silent.data,
    jobs: jobs.data,
    findings: findings.data,
    now,
  })
  return { actions, error: null }
}
