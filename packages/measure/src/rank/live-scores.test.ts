import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prepare } from '../compute/pipeline.ts'
import { CELL } from '../panel.ts'
import { LiveScores } from './live-scores.ts'
import { frameworkOf, panelOf } from './small-framework.fixture.ts'

const tree = `nodes:
  - {code: Index}
  - {code: A, parent: Index}
  - {code: B, parent: Index, weight: 2}
  - {code: a1, parent: A, denominator: d}
  - {code: a2, parent: A, direction: -1}
  - {code: b1, parent: B}
  - {code: b2, parent: B, denominator: d}
  - {code: b3, parent: B}
`
const kinds = {
  minmax:
    'normalise: {method: minmax, range: [1, 100], constant: exclude}\nimpute: {method: mean}\ntreat: {method: winsorise_log}\n',
  rank: 'normalise: {method: rank}\naggregate: {method: geometric}\n',
  screened: 'normalise: {method: zscore, range: [0, 1], constant: exclude}\nscreen: {min_share: 0.6}\n',
  model: 'normalise: {method: rank}\nimpute: {method: model}\n',
}
const items = ['d', 'a1', 'a2', 'b1', 'b2', 'b3']
const table = `unit,${items}\n${Array.from({ length: 9 }, (_, u) => `u${u},${items.map((_, i) => (i === 0 ? u + 1 : (u * 7 + i * 5) % 11))}`).join('\n')}\n`

describe('scores kept true while answers change', () => {
  for (const [name, settings] of Object.entries(kinds)) {
    const framework = frameworkOf(
      `framework: live\nversion: "1"\nstatus: draft\ndenominators: [d]\n${settings}${tree}`,
    )
    const panel = panelOf(framework, table)
    it(`equal a full computation after any changes (${name})`, () => {
      const changes = fc.array(
        fc.record({
          unit: fc.constantFrom(...panel.units),
          item: fc.constantFrom(...items),
          value: fc.oneof(
            fc.integer({ min: 1, max: 40 }),
            fc.constant(null),
            fc.constant('not_applicable' as const),
          ),
        }),
        { maxLength: 8 },
      )
      fc.assert(
        fc.property(changes, (list) => {
          const live = new LiveScores(framework, panel)
          for (const change of list) live.recompute(change)
          const whole = prepare(framework, live.panel).evaluate()
          expect([...live.standing.score]).toEqual([...whole.score])
        }),
        { numRuns: 15 },
      )
    })
  }
  it('leave a refused answer out', () => {
    const framework = frameworkOf(
      'framework: live\nversion: "1"\nstatus: draft\naggregate: {method: points}\nnodes:\n  - {code: T}\n  - {code: x, parent: T, points: 10}\n',
    )
    const live = new LiveScores(framework, panelOf(framework, 'unit,x\np,0.5\nq,0.7\n'))
    expect([...live.standing.rank]).toEqual([2, 1])
    expect(() => live.recompute({ unit: 'p', item: 'x', value: 2 })).toThrow()
    expect([...live.standing.rank]).toEqual([2, 1])
    expect(live.panel.state[0]).toBe(CELL.ok)
    expect([...live.recompute({ unit: 'p', item: 'x', value: 0.9 }).rank]).toEqual([1, 2])
  })
})
