import { describe, expect, it } from 'vitest'
import type { FrameworkNode } from '../framework/framework.ts'
import { ARITHMETIC, NO_IMPUTE, NO_NORMALISE, NO_TREAT } from '../framework/methods.ts'
import { targetsOf } from './targets.ts'

const node = (over: Partial<FrameworkNode>): FrameworkNode => ({
  code: 'x',
  index: 0,
  parent: -1,
  children: [],
  name: null,
  weight: 1,
  points: null,
  scored: true,
  direction: 1,
  uom: null,
  illustrative: false,
  formula: null,
  denominator: null,
  goalposts: null,
  score: null,
  groups: null,
  evidence: [],
  source: null,
  feeds: null,
  impute: NO_IMPUTE,
  treat: NO_TREAT,
  transform: 'none',
  normalise: NO_NORMALISE,
  aggregate: ARITHMETIC,
  missing: { policy: null, minShare: 0 },
  ownMissing: false,
  notApplicable: 'rebase',
  path: 'nodes[0]',
  own: new Set(),
  ...over,
})

describe('what a unit can aim at', () => {
  const bands = node({
    score: {
      kind: 'bands',
      bands: [
        { from: -Infinity, value: 0 },
        { from: 0.5, value: 0.5 },
        { from: 0.9, value: 1 },
      ],
    },
  })
  it('is the next band and the top one', () => {
    expect(targetsOf(bands, 0.3, [])).toEqual({ next: 0.5, best: 0.9 })
    expect(targetsOf(bands, 0.5, [])).toEqual({ next: 0.9, best: 0.9 })
    expect(targetsOf(bands, 0.95, [])).toEqual({ next: null, best: null })
    expect(targetsOf(bands, Number.NaN, [])).toEqual({ next: 0.5, best: 0.9 })
  })
  it('is the next level and the top one', () => {
    const levels = new Map([
      ['khong', 0],
      ['mot_phan', 0.5],
      ['co', 1],
    ])
    expect(targetsOf(node({ score: { kind: 'levels', levels } }), 0, [])).toEqual({ next: 0.5, best: 1 })
  })
  it('is the better goalpost, whichever way is up', () => {
    const goalposts = { ...NO_NORMALISE, method: 'goalposts' as const }
    expect(targetsOf(node({ goalposts: [20, 85], normalise: goalposts }), 70, []).best).toBe(85)
    expect(targetsOf(node({ goalposts: [0, 9], normalise: goalposts, direction: -1 }), 3, []).best).toBe(0)
    expect(targetsOf(node({ goalposts: [20, 85], normalise: goalposts }), 90, []).best).toBeNull()
  })
  it('is the best unit where units are compared', () => {
    const minmax = { ...NO_NORMALISE, method: 'minmax' as const }
    expect(targetsOf(node({ normalise: minmax }), 3, [1, 9, Number.NaN]).best).toBe(9)
    expect(targetsOf(node({ normalise: minmax, direction: -1 }), 3, [1, 9]).best).toBe(1)
    expect(targetsOf(node({ normalise: minmax }), 9, [1, 9]).best).toBeNull()
  })
  it('is 1 for a value counted in points as it is', () => {
    const points = { ...ARITHMETIC, method: 'points' as const }
    expect(targetsOf(node({ aggregate: points }), 0.7, []).best).toBe(1)
  })
})
