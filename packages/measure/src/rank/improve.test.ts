import { describe, expect, it } from 'vitest'
import { prepare } from '../compute/pipeline.ts'
import { improve } from './improve.ts'
import { frameworkOf, panelsOf } from './small-framework.fixture.ts'

const points = frameworkOf(`framework: points
version: "1"
status: draft
aggregate: {method: points}
output: {score: points}
nodes:
  - {code: T}
  - {code: on_time, parent: T, points: 20, score: {bands: [[0, 0], [0.5, 0.5], [0.9, 1]]}}
  - {code: online, parent: T, points: 30}
  - {code: portal, parent: T, points: 10, score: {levels: {khong: 0, mot_phan: 0.5, co: 1}}}
`)
const [before, now] = panelsOf(
  points,
  'unit,period,on_time,online,portal\np,2024,0.4,0.3,khong\nq,2024,0.7,0.6,co\nr,2024,0.9,0.2,khong\np,2025,0.6,0.5,mot_phan\nq,2025,0.8,0.7,co\nr,2025,0.95,0.2,khong\n',
)

describe('what raises a unit most', () => {
  const found = improve(prepare(points, now!), 'p', { others: [before!] })!
  it('lists the gain to the next step and to the top of each item', () => {
    expect(found).toMatchObject({ unit: 'p', score: 30, rank: 2, of: 3 })
    expect(found.items).toEqual([
      {
        item: 'online',
        value: 0.5,
        next: null,
        max: { to: 1, score: 15, rank: 1 },
        effort: null,
        gain_per_effort: null,
      },
      {
        item: 'on_time',
        value: 0.6,
        next: { to: 0.9, score: 10, rank: 0 },
        max: { to: 0.9, score: 10, rank: 0 },
        effort: null,
        gain_per_effort: null,
      },
      {
        item: 'portal',
        value: 0.5,
        next: { to: 1, score: 5, rank: 0 },
        max: { to: 1, score: 5, rank: 0 },
        effort: null,
        gain_per_effort: null,
      },
    ])
  })
  it('plans greedily to the full score and recomputes it', () => {
    expect(found.plan.steps.map((step) => step.item)).toEqual(['online', 'on_time', 'portal'])
    expect(found.plan).toMatchObject({ score: 60, rank: 1, gain: 30 })
  })
  it('prefers what brings most for its effort, within the budget', () => {
    const effort = new Map([
      ['online', 5],
      ['on_time', 2],
      ['portal', 1],
    ])
    const plan = improve(prepare(points, now!), 'p', { effort, budget: 3 })!.plan
    expect(plan.steps.map((step) => step.item)).toEqual(['on_time', 'portal'])
    expect(plan).toMatchObject({ score: 45, effort: 3 })
  })
  it('leaves out what awaits its verdict', () => {
    const without = improve(prepare(points, now!), 'p', { pending: new Set(['online']) })!
    expect(without.items.map((gain) => gain.item)).toEqual(['on_time', 'portal'])
  })
  it('says how far the others moved', () => {
    // q rose by 0.1 × 30 = 3, r not at all.
    expect(found.peers).toMatchObject({
      from: '2024',
      units: 2,
      hi: expect.closeTo(3, 9),
      lo: 0,
      as_much_as_plan: 0,
    })
  })
  it('does not promise sums where gains do not add', () => {
    const geometric = frameworkOf(
      'framework: g\nversion: "1"\nstatus: draft\nnormalise: {method: goalposts}\naggregate: {method: geometric}\nnodes:\n  - {code: T}\n  - {code: x, parent: T, goalposts: [0, 1]}\n  - {code: y, parent: T, goalposts: [0, 1]}\n',
    )
    const [panel] = panelsOf(geometric, 'unit,x,y\np,0.25,0.25\nq,0.5,0.5\n')
    const { plan, items } = improve(prepare(geometric, panel!), 'p')!
    expect(plan.gain).toBeCloseTo(0.75, 9)
    expect(items[0]!.max!.score + items[1]!.max!.score).toBeCloseTo(0.5, 9)
  })
  it('is silent on a unit without a score', () => {
    expect(improve(prepare(points, now!), 'nobody')).toBeNull()
  })
})
