import { expect, it } from 'vitest'
import { archipelagos } from './archipelagos.ts'
import { height, pathOf, project, width } from './projection.ts'

it('the window spans the drawing from corner to corner', () => {
  expect(project(102, 24)).toEqual([0, 0])
  const [x, y] = project(118, 7)
  expect(x).toBeCloseTo(width)
  expect(Math.abs(y - height)).toBeLessThan(1)
})

it('keeps angles: near the middle a degree of latitude is 1/cos(latitude) of a degree of longitude', () => {
  const [x0, y0] = project(108, 16)
  const [x1] = project(108.01, 16)
  const [, y1] = project(108, 16.01)
  expect((y0 - y1) / (x1 - x0)).toBeCloseTo(1 / Math.cos((16 * Math.PI) / 180), 3)
})

it('draws closed rings', () => {
  const square = [
    [
      [105, 20],
      [106, 20],
      [106, 21],
      [105, 20],
    ],
  ]
  expect(pathOf({ type: 'Polygon', coordinates: square })).toMatch(/^M[\d. ]+(L[\d. ]+){3}Z$/)
})

it('both archipelagos lie inside the window, Hoàng Sa north of Trường Sa', () => {
  const [north, south] = archipelagos
  expect(north.name.vi).toContain('Hoàng Sa')
  expect(south.name.vi).toContain('Trường Sa')
  for (const { islands } of archipelagos) {
    for (const [lon, lat] of islands) {
      const [x, y] = project(lon, lat)
      expect(x > 0 && x < width && y > 0 && y < height).toBe(true)
    }
  }
  expect(north.label[1]).toBeGreaterThan(south.label[1])
})
