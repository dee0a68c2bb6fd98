import type { SnapshotAnswer } from '@nhip/node/observations/contract'
import { expect, it } from 'vitest'
import { classesOf, drawing } from './drawn.ts'
import { noData } from './palette.ts'

const item = (code: string, value: number | null, status: 'A' | 'E' | 'O' = 'A') => ({
  entity: `urn:nhip:unit:${code}@2025-07-01`,
  code,
  name: code,
  value,
  status,
  quality: [],
})

it('darker means more, a missing value has the colour of no value, an estimate is marked', () => {
  const snapshot = {
    items: [item('01', 10), item('04', 20, 'E'), item('08', 30), item('11', null, 'O')],
  } as unknown as SnapshotAnswer
  const drawn = drawing(snapshot, undefined, classesOf(snapshot, 'equal', 3), (i) => String(i.value))
  expect(drawn.items.map((i) => i.colour)).toEqual([...drawn.colours, noData])
  expect(drawn.items.map((i) => i.estimated)).toEqual([false, true, false, false])
  expect(drawn).toMatchObject({ estimated: 1, missing: 1 })
})
