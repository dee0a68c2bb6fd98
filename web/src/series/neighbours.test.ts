import { expect, it } from 'vitest'
import { neighbours } from './neighbours.ts'

const points = ['2026-11-22T08:00:00+07:00', '2026-11-22T08:05:00+07:00', '2026-11-22T08:10:00+07:00'].map(
  (t) => ({ t }),
)

it('a value has one before and one after it, the ends have one', () => {
  expect(neighbours(points, points[1]!.t)).toEqual({ before: points[0], after: points[2] })
  expect(neighbours(points, points[0]!.t).before).toBeUndefined()
  expect(neighbours(points, points[2]!.t).after).toBeUndefined()
})

it('a value that is no longer drawn keeps its place between the others, whatever the zone it is written in', () => {
  expect(neighbours(points, '2026-11-22T01:07:00Z')).toEqual({ before: points[1], after: points[2] })
})
