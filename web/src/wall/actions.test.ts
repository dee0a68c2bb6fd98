import type { DatasetItem } from '@nhip/node/catalogue/contract'
import type { FindingItem } from '@nhip/node/intake/contract'
import type { FreshnessItem } from '@nhip/node/observations/contract'
import { expect, it } from 'vitest'
import { actionsOf } from './actions.ts'

const now = Date.parse('2026-11-22T03:00:00+07:00')
const dataset = (code: string, more: Partial<DatasetItem> = {}) =>
  ({ code, name: { vi: code, en: code }, retiredAt: null, ...more }) as DatasetItem
const summary = (code: string, late: number, stale: number) => ({
  dataset: code,
  counts: { fresh: 5, late, stale, never: 0, none: 0 },
  state: 'late' as const,
  lastValid: null,
  newest: null,
})
const finding = (code: string, severity: FindingItem['severity'], createdAt: string) =>
  ({ id: `${code} ${severity} ${createdAt}`, dataset: code, severity, createdAt }) as FindingItem
const nothing = { datasets: [], summaries: [], silent: [], jobs: [], findings: [], now }

it('sources that are on time need nobody', () => {
  expect(actionsOf({ ...nothing, datasets: [dataset('air')], summaries: [summary('air', 0, 0)] })).toEqual([])
})

it('what is urgent stands above what is merely late, each source with its silent series', () => {
  const actions = actionsOf({
    ...nothing,
    datasets: [dataset('rain'), dataset('air'), dataset('closed', { retiredAt: '2026-01-01' })],
    summaries: [summary('rain', 2, 0), summary('air', 0, 1), summary('closed', 0, 9)],
    silent: [{ dataset: 'air', entity: 'trạm 3' } as FreshnessItem],
    jobs: [
      { id: '1', kind: 'import.commit', state: 'dead', finishedAt: '2026-11-22T02:00:00+07:00' },
      { id: '2', kind: 'import.commit', state: 'dead', finishedAt: '2026-11-12T02:00:00+07:00' },
      { id: '3', kind: 'import.commit', state: 'running' },
    ],
  })
  expect(actions.map((one) => [one.kind, one.urgent])).toEqual([
    ['source', true],
    ['job', true],
    ['source', false],
  ])
  expect(actions[0]).toMatchObject({ dataset: { code: 'air' }, silent: [{ entity: 'trạm 3' }] })
})

it('findings of the last day stand together by dataset, mere notes and old ones do not', () => {
  const today = '2026-11-22T01:00:00+07:00'
  const actions = actionsOf({
    ...nothing,
    datasets: [dataset('air'), dataset('rain')],
    findings: [
      finding('air', 'warning', today),
      finding('air', 'error', today),
      finding('air', 'info', today),
      finding('rain', 'warning', '2026-11-20T01:00:00+07:00'),
    ],
  })
  expect(actions).toHaveLength(1)
  expect(actions[0]).toMatchObject({
    kind: 'findings',
    urgent: true,
    findings: [{ severity: 'error' }, { severity: 'warning' }],
  })
})
