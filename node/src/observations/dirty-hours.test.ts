import { expect, test } from 'vitest'
import { DirtyHours } from './dirty-hours.ts'

test('hours are handed out from the oldest day on, before 1970 too, and those not yet over are kept', () => {
  const dirty = new DirtyHours()
  for (const [seriesId, hour] of [
    [7, 500_000],
    [8, 100],
    [7, -30],
    [9, 500_001],
    [7, 101],
  ] as const)
    dirty.mark(seriesId, hour, 1)
  expect(dirty.before(500_001, 3)).toEqual([
    { seriesId: 7, hour: -30 },
    { seriesId: 8, hour: 100 },
    { seriesId: 7, hour: 101 },
  ])
  const earlier = [...dirty.all()].filter(({ hour }) => hour < 500_000)
  for (const { seriesId, hour } of earlier) dirty.cleaned(seriesId, hour, 1)
  expect(dirty.before(500_001, 3)).toEqual([{ seriesId: 7, hour: 500_000 }])
  dirty.cleaned(7, 500_000, 1)
  expect(dirty.before(500_001, 3)).toEqual([])
  expect([...dirty.all()]).toEqual([{ seriesId: 9, hour: 500_001 }])
})

test('an hour into which a newer row fell while it was computed stays, and is saved again', () => {
  const dirty = new DirtyHours()
  dirty.mark(1, 5, 10)
  expect(dirty.takeUnsaved()).toEqual([{ seriesId: 1, hour: 5 }])
  dirty.mark(1, 5, 12)
  dirty.cleaned(1, 5, 11)
  expect(dirty.takeUnsaved()).toEqual([{ seriesId: 1, hour: 5 }])
  dirty.cleaned(1, 5, 12)
  expect([...dirty.all(), ...dirty.takeUnsaved()]).toEqual([])
})

test('of a series only the hours within the bounds', () => {
  const dirty = new DirtyHours()
  for (const hour of [-1, 0, 23, 24, 1000]) dirty.mark(1, hour, 1)
  dirty.mark(2, 24, 1)
  expect(dirty.ofSeries(1, 0, 24).sort((a, b) => a - b)).toEqual([0, 23, 24])
  expect(dirty.ofSeries(1, -1_000_000, 1_000_000)).toHaveLength(5)
  expect(dirty.ofSeries(3, 0, 24)).toEqual([])
})
