import type { DatasetItem } from '@nhip/node/catalogue/contract'
import type { FindingItem } from '@nhip/node/intake/contract'
import type { FreshnessItem, FreshnessSummary } from '@nhip/node/observations/contract'
import type { JobItem } from '../overview/jobs.ts'

/** Something that somebody on duty has to look at. */
export type Action =
  | {
      kind: 'source'
      urgent: boolean
      dataset: DatasetItem
      counts: FreshnessSummary['counts']
      /** Series that have been silent longest, the first of them. */
      silent: FreshnessItem[]
    }
  | { kind: 'job'; urgent: true; job: JobItem }
  /** Findings of one dataset together, the gravest first. */
  | { kind: 'findings'; urgent: boolean; dataset: DatasetItem; findings: FindingItem[] }

/** Failures and findings older than a day belong to whoever did not deal with them, not on the wall. */
const DAY_MS = 86_400_000

/** What needs action, the urgent first: sources that fell silent, work that failed, findings. */
export function actionsOf(known: {
  datasets: readonly DatasetItem[]
  summaries: readonly FreshnessSummary[]
  silent: readonly FreshnessItem[]
  jobs: readonly JobItem[]
  findings: readonly FindingItem[]
  now: number
}): Action[] {
  const byCode = new Map(known.datasets.map((dataset) => [dataset.code, dataset]))
  const recent = (at: string | null | undefined) => at != null && known.now - Date.parse(at) < DAY_MS
  const sources = known.summaries.flatMap(({ dataset: code, counts }): Action[] => {
    const dataset = byCode.get(code)
    if (!dataset || dataset.retiredAt || counts.late + counts.stale + counts.never === 0) return []
    const silent = known.silent.filter((series) => series.dataset === code)
    return [{ kind: 'source', urgent: counts.stale + counts.never > 0, dataset, counts, silent }]
  })
  const jobs = known.jobs.flatMap((job): Action[] =>
    job.state === 'dead' && recent(job.finishedAt) ? [{ kind: 'job', urgent: true, job }] : [],
  )
  const findings = known.datasets.flatMap((dataset): Action[] => {
    const own = known.findings
      .filter((one) => one.dataset === dataset.code && one.severity !== 'info' && recent(one.createdAt))
      .sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'))
    if (own.length === 0) return []
    return [{ kind: 'findings', urgent: own[0]?.severity === 'error', dataset, findings: own }]
  })
  const all = [...sources, ...jobs, ...findings]
  return [...all.filter(({ urgent }) => urgent), ...all.filter(({ urgent }) => !urgent)]
}
