import { describe, expect, test } from 'vitest'
import type { NewObservation } from '../observations/observations.ts'
import type { Verdict } from './admit.ts'
import { JudgedRows } from './judged-rows.ts'

const verdictOf = (rows: NewObservation[]): Verdict => ({
  rows,
  errors: [],
  flagged: 0,
  newEntities: new Map(),
  newProperties: new Map(),
  newLinks: new Set(),
})

const reading = (n: number, other: Partial<NewObservation> = {}): NewObservation => ({
  dataset: 'air',
  entity: 'urn:nhip:Station:a',
  property: 'pm25',
  breakdown: '',
  from: n * 3_600_000,
  to: null,
  value: n / 10,
  uom: 1,
  status: 'A',
  quality: 0,
  source: 'import:1',
  door: 'file',
  ...other,
})

describe('rows between judging and storing', () => {
  test('come out as they went in, in their order, whatever they have in common', () => {
    const portions = [
      [reading(1), reading(2), reading(3, { property: 'no2' }), reading(4, { entity: 'urn:nhip:Station:b' })],
      [reading(5, { value: null, text: 'mưa to' }), reading(6, { value: -0 }), reading(7, { uom: 2 })],
      [
        reading(8, { status: 'O', value: null }),
        reading(9, { to: 10 * 3_600_000 }),
        reading(10, { quality: 2 }),
      ],
      [reading(11, { num: 1, den: 3 }), reading(12, { exact: '9007199254740993' }), reading(13)],
      [reading(14, { publishedAt: 5 }), reading(15, { status: 'E' }), reading(16, { breakdown: 'nam' })],
      Array.from({ length: 40 }, (_, n) => reading(n, { text: `ghi chú ${n}` })),
    ]
    const judged = new JudgedRows()
    for (const rows of portions) judged.add(verdictOf(rows))
    expect([judged.complete, judged.portions]).toEqual([true, portions.length])
    expect([...judged.take()]).toEqual(portions.map(verdictOf))
    expect([...judged.take()]).toEqual([])
  })

  test('are let go of once they are too many', () => {
    const judged = new JudgedRows(3)
    for (const n of [1, 2]) judged.add(verdictOf([reading(n), reading(n + 2)]))
    expect(judged.complete).toBe(false)
    expect([...judged.take()]).toEqual([])
  })
})
