import { expect, test } from 'vitest'
import type { Records } from '../../records/contract.ts'
import type { StoredObservation } from '../observations.ts'
import { qualityBit } from '../quality.ts'
import { Findings } from './findings.ts'

const row: StoredObservation = {
  seq: 7,
  dataset: 'air',
  entity: 'urn:nhip:AirStation:a',
  property: 'pm25',
  breakdown: '',
  from: Date.UTC(2026, 10, 22),
  to: null,
  value: 41,
  uom: 0,
  status: 'A',
  source: 'tram-01',
  quality: qualityBit.custom,
  recordedAt: Date.UTC(2026, 10, 22),
}

test('what the records did not take is offered again, without another doubtful row', async () => {
  let refusals = 3
  let taken = 0
  const records = {
    read: async () => [],
    tx: async () => {
      if (refusals-- > 0) throw new Error('disk-full')
      taken += 1
    },
  } as unknown as Records
  const errors: unknown[] = []
  const findings = new Findings({
    records,
    observations: {
      flagged: async ({ afterSeq }) => (afterSeq < row.seq ? [row] : []),
      onCommit: () => () => undefined,
    },
    catalogue: { rules: () => [], entity: () => undefined },
    now: Date.now,
    onError: (error) => void errors.push(error),
    retryMs: 2,
  })
  findings.start()
  await expect.poll(() => taken, { interval: 5 }).toBe(1)
  expect(errors.map(String)).toEqual(Array(3).fill('Error: disk-full'))
  await findings.close()
})
