import { expect, test } from 'vitest'
import type { Fact } from '../fact.ts'
import { newHead } from '../heads.ts'
import { newestByDataset } from './newest.ts'

const series = (id: number, dataset: string, latest: [from: number, to?: number] | null) => {
  const head = newHead(id, { dataset, entity: `e${id}`, property: 'p', breakdown: '' })
  if (latest) head.latest = { from: latest[0], to: latest[1] ?? null } as Fact
  return head
}

test('of each dataset the value whose time ends last; a reading counts from its instant, a period from its end', () => {
  const heads = [
    series(1, 'air', [10]),
    series(2, 'air', [30]),
    series(3, 'air', [30]),
    series(4, 'air', null),
    series(5, 'census', [0, 50]),
    series(6, 'census', [40]),
    series(7, 'empty', null),
  ]
  const found = [...newestByDataset(heads)].map(([dataset, { id }]) => [dataset, id])
  expect(found).toEqual([
    ['air', 2],
    ['census', 5],
  ])
})
