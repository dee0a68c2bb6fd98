import type { SeriesAnswer } from '@nhip/node/observations/contract'
import { expect, it } from 'vitest'
import { csvText } from './csv-text.ts'

it('writes one line a point, quotes what needs it, and disarms formulas in texts only', () => {
  const answer = {
    dataset: '=cmd()',
    entity: 'urn:nhip:Place:1',
    property: 'temp',
    breakdown: 'a,b',
    uom: null,
    synthetic: true,
    points: [
      { t: '2026-01-01T00:00:00+07:00', value: -2.5, status: 'A' },
      { t: '2026-01-01T01:00:00+07:00', value: null, status: 'O', quality: ['late', 'stuck'] },
    ],
  } as unknown as SeriesAnswer
  const lines = csvText(answer).split('\r\n')
  expect(lines[0]!.startsWith('\ufeffdataset,entity,property')).toBe(true)
  expect(lines[1]).toBe(`'=cmd(),urn:nhip:Place:1,temp,"a,b",2026-01-01T00:00:00+07:00,,-2.5,,,,,A,,,,,true`)
  expect(lines[2]).toContain(',O,late stuck,')
  expect(lines).toHaveLength(4)
})
