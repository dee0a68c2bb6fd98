import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compute } from '../compute/compute.ts'
import { prepare } from '../compute/pipeline.ts'
import { CELL, type Panel } from '../panel.ts'
import { analyseRanks, type RankOptions } from './analyse-ranks.ts'
import { drawModel, nominalWeights } from './draw-model.ts'
import { type DrawPool, runDrawTask } from './draw-task.ts'
import { frameworkOf, panelOf } from './small-framework.fixture.ts'
import { weightedTree } from './weighted-tree.ts'

const options: RankOptions = { draws: 100, seed: 4, level: 0.9, sobol: null }
const tree = `nodes:
  - {code: Index}
  - {code: A, parent: Index, weight: 2}
  - {code: B, parent: Index}
  - {code: a1, parent: A}
  - {code: a2, parent: A, direction: -1}
  - {code: b1, parent: B}
  - {code: b2, parent: B}
`
const make = (settings: string, nodes = tree) =>
  frameworkOf(`framework: ranks\nversion: "1"\nstatus: draft\n${settings}${nodes}`)
const minmax = make('normalise: {method: minmax, range: [1, 100]}\n')
const varied = make(`normalise: {method: minmax, range: [1, 100]}
treat: {method: winsorise_log}
uncertainty:
  weights: {spread: 0.25, levels: all}
  normalise: [{method: minmax, range: [1, 100]}, {method: rank}]
  aggregate: [{method: arithmetic}, {method: geometric}]
  max_points: [0, 5]
`)
const items = ['a1', 'a2', 'b1', 'b2']
const table = (rows: readonly (readonly (number | null)[])[], first = 0) =>
  `unit,${items}\n${rows.map((row, u) => `u${String(u + first).padStart(2, '0')},${row.map((x) => x ?? '')}`).join('\n')}\n`
const rows = Array.from({ length: 12 }, (_, u) => items.map((_, i) => ((u * 17 + i * 29) % 37) + 0.1 * u))
const panel = panelOf(minmax, table(rows))

describe('ranks with their doubt', () => {
  it('are the plain ranks when nothing varies', async () => {
    const fixed = make('normalise: {method: minmax, range: [1, 100]}\nuncertainty: {weights: {spread: 0}}\n')
    const { units, declared } = await analyseRanks(prepare(fixed, panel), [], options)
    expect(declared).toBe(true)
    for (const { rank, interval, tied_group, first } of units) {
      expect(interval).toEqual({ lo: rank, median: rank, hi: rank, mean: rank })
      expect(tied_group).toBe(rank)
      expect(first).toBe(rank === 1 ? 1 : 0)
    }
  })

  it('vary the weights by a quarter, undeclared, when the framework says nothing', async () => {
    const found = await analyseRanks(prepare(minmax, panel), [], { ...options, sobol: 64 })
    expect(found).toMatchObject({ factors: ['weights'], declared: false, errors: null })
    expect(found.units.some(({ interval }) => interval!.lo < interval!.hi)).toBe(true)
    expect(found.sensitivity![0]!.total[0]).toBeCloseTo(1, 0)
    expect(found.units.every(({ rank_set }) => rank_set === null)).toBe(true)
  })

  it('are the same bytes with 1, 2 and 4 workers', async () => {
    const noisy: Panel = { ...panel, se: panel.value.map(() => 1.5) }
    const pool = (workers: number): DrawPool => ({
      workers,
      run: async (task) => structuredClone(runDrawTask(structuredClone(task))),
    })
    const bytes = async (workers: number | null) =>
      JSON.stringify(
        await analyseRanks(
          prepare(varied, noisy),
          [],
          { ...options, sobol: 30 },
          workers === null ? null : pool(workers),
        ),
      )
    const alone = await bytes(null)
    for (const workers of [1, 2, 4]) expect(await bytes(workers)).toBe(alone)
  })

  it('do not depend on the order of the rows', async () => {
    const order = rows.map((_, u) => (u * 5) % rows.length)
    const lines = table(rows).trimEnd().split('\n')
    const shuffled = panelOf(minmax, `${[lines[0], ...order.map((u) => lines[u + 1])].join('\n')}\n`)
    const [one, two] = await Promise.all(
      [panel, shuffled].map((p) => analyseRanks(prepare(varied, p), [], options)),
    )
    expect(two).toEqual(one)
  })

  it('tie an identical unit with its twin', async () => {
    const twins = panelOf(minmax, table([...rows, rows[4]!]))
    const { units } = await analyseRanks(prepare(varied, twins), [], options)
    const [twin, other] = ['u04', 'u12'].map((code) => units.find(({ unit }) => unit === code)!)
    expect(other!.rank).toBe(twin!.rank)
    expect(other!.interval).toEqual(twin!.interval)
    expect(other!.tied_group).toBe(twin!.tied_group)
  })

  it('rank groups apart', async () => {
    const grouped = frameworkOf(
      `framework: ranks\nversion: "1"\nstatus: draft\nattributes: [kind]\nrank: {within: kind}\nnormalise: {method: minmax, range: [1, 100]}\n${tree}`,
    )
    const lines = table(rows).trimEnd().split('\n')
    const withKind = lines.map((line, i) => `${line},${i === 0 ? 'kind' : i % 2 ? 'p' : 'q'}`)
    const { units } = await analyseRanks(
      prepare(grouped, panelOf(grouped, `${withKind.join('\n')}\n`)),
      [],
      options,
    )
    for (const kind of ['p', 'q']) {
      const own = units.filter((unit) => unit.group === kind)
      expect(own.map((unit) => unit.rank)).toEqual([1, 2, 3, 4, 5, 6])
      expect(own[0]!.tied_group).toBe(1)
      expect(Math.max(...own.map((unit) => unit.interval!.hi))).toBeLessThanOrEqual(6)
    }
  })
})

const trees = {
  means: 'normalise: {method: minmax, range: [1, 100]}\n',
  zeros: 'normalise: {method: rank}\nmissing: zero\nscreen: {min_share: 0.5}\n',
  geometric: 'normalise: {method: minmax, range: [1, 100]}\naggregate: {method: geometric}\n',
}
const points = `nodes:
  - {code: T}
  - {code: A, parent: T}
  - {code: B, parent: T}
  - {code: a1, parent: A, points: 20}
  - {code: a2, parent: A, points: 10}
  - {code: b1, parent: B, points: 40, not_applicable: rebase}
  - {code: b2, parent: B, points: 30}
`
const all = [
  ...Object.entries(trees).map(([name, settings]) => ({
    name,
    framework: make(settings),
    plain: name !== 'geometric',
  })),
  {
    name: 'points',
    framework: make('aggregate: {method: points}\noutput: {score: points}\n', points),
    plain: true,
  },
]

describe('scores that draws repeat', () => {
  it.each(all)('agree with the whole pipeline to the last bit ($name)', ({ name, framework, plain }) => {
    const cell = fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 100 }) },
      { weight: 1, arbitrary: fc.constant(null) },
    )
    const data = fc.array(fc.tuple(cell, cell, cell, cell), { minLength: 4, maxLength: 12 })
    fc.assert(
      fc.property(
        data,
        fc.array(fc.double({ min: 0.5, max: 1.5, noNaN: true }), { minLength: 7, maxLength: 7 }),
        (cells, factors) => {
          const spread = cells.map((row, u) =>
            row.map((x) => (x === null ? null : name === 'points' ? x / 100 : x + u / 16)),
          )
          const one = panelOf(framework, table(spread))
          if (name === 'points') one.state[2 * one.units.length] = CELL.notApplicable
          let pipeline: ReturnType<typeof prepare>
          const nominal = nominalWeights(framework)
          const weights = nominal.map((w, i) => w * factors[i]!)
          let expected: Float64Array
          try {
            pipeline = prepare(framework, one)
            expected = pipeline.run({ weights })
          } catch {
            return // an item that does not vary is refused
          }
          const reweigh = weightedTree(pipeline, {}, nominal)
          expect(reweigh !== null).toBe(plain)
          if (reweigh) expect([...reweigh(weights, new Float64Array(cells.length))]).toEqual([...expected])
        },
      ),
      { numRuns: 15 },
    )
  })

  it('choose each declared method and only those', () => {
    const model = drawModel(prepare(varied, panel), varied.uncertainty!)
    expect(model.factors.map(({ name }) => name)).toEqual(['normalise', 'aggregate', 'max_points', 'weights'])
    const out = new Float64Array(12)
    const middle = new Float64Array(model.uniforms).fill(0.5)
    // Second alternatives at the nominal weights: ranks, geometric.
    const other = prepare(varied, panel).run({
      normalise: varied.uncertainty!.normalise![1]!,
      aggregate: varied.uncertainty!.aggregate![1]!,
      maxPoints: 5,
    })
    Array.from(model.score(middle, out)).forEach((score, u) => {
      expect(score).toBeCloseTo(other[u]!, 9)
    })
  })
})

describe('properties of scores', () => {
  const byRank = make('normalise: {method: rank}\n')
  it('ranks do not move under a monotone change of a raw item with rank normalisation', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: 0.1, max: 9, noNaN: true }),
        (power, scale) => {
          const bent = table(rows.map(([a, ...rest]) => [scale * (a! + 1) ** power, ...rest]))
          const ranks = (p: Panel) => compute(byRank, p).units.map(({ unit, rank }) => [unit, rank])
          expect(ranks(panelOf(byRank, bent))).toEqual(ranks(panel))
        },
      ),
      { numRuns: 10 },
    )
  })
  it('points of the children sum to those of the parent', () => {
    const framework = all.find(({ name }) => name === 'points')!.framework
    fc.assert(
      fc.property(
        fc.array(fc.tuple(...items.map(() => fc.double({ min: 0, max: 1, noNaN: true }))), {
          minLength: 1,
          maxLength: 6,
        }),
        (cells) => {
          for (const { nodes } of compute(framework, panelOf(framework, table(cells))).units) {
            expect(nodes.A!.points! + nodes.B!.points!).toBeCloseTo(nodes.T!.points!, 9)
            expect(nodes.a1!.points! + nodes.a2!.points!).toBeCloseTo(nodes.A!.points!, 9)
          }
        },
      ),
      { numRuns: 10 },
    )
  })
})
