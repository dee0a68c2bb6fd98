import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Agg } from '@nhip/measure/formula/definition'
import fc from 'fast-check'
import type { NewObservation, SeriesKey, SeriesPoint } from '../observations.ts'
import { type ObservationStore, openObservations } from '../open.ts'
import { ArrayModel, inRange, type ModelBucket, usable, type View } from './array-model.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A reading in a program: times are offsets, so that a program can run at any clock. */
interface Reading {
  series: number
  /** Place on a grid of 20 minutes around the start of the program. */
  slot: number
  length: 'instant' | 'ten-minutes' | 'month'
  value: number | null
  ratio: [number, number] | null
  exact: string | null
  status: 'A' | 'E' | 'O' | 'M' | 'X'
  quality: number
  /** Hours before the start of the program, or null when the source does not say. */
  published: number | null
}

type Step =
  | { do: 'append'; readings: Reading[] }
  | { do: 'repeat' }
  | { do: 'wait'; minutes: number }
  | { do: 'settle' }
  | { do: 'seal' }
  | { do: 'reopen' }
  | { do: 'rebuild' }
  | { do: 'lose-database' }
  | {
      do: 'ask'
      series: number
      from: number | null
      to: number | null
      view: 'now' | 'known' | 'published'
      at: number
    }

const reading: fc.Arbitrary<Reading> = fc.record({
  series: fc.integer({ min: 0, max: 2 }),
  slot: fc.integer({ min: -30, max: 12 }),
  length: fc.constantFrom('instant', 'instant', 'instant', 'ten-minutes', 'month'),
  value: fc.option(fc.constantFrom(0, 1, 2.5, -3, 1e9, 0.1), { freq: 12 }),
  ratio: fc.option(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 9 })), { freq: 4 }),
  exact: fc.option(fc.constantFrom('9007199254740993', '-0.000001', '12345678901234567890.5'), { freq: 8 }),
  status: fc.constantFrom('A', 'A', 'A', 'A', 'E', 'O', 'M', 'X'),
  // hard-range 1, soft-range 2, late 16, future 32, source-doubt 4096, rejected 32768
  quality: fc.constantFrom(0, 0, 0, 0, 0, 1, 2, 16, 32, 32, 4096, 32768),
  published: fc.option(fc.integer({ min: -40, max: 200 }), { freq: 2 }),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      readings: fc.array(reading, { minLength: 1, maxLength: 12 }),
    }),
  },
  { weight: 5, arbitrary: fc.constant({ do: 'repeat' as const }) },
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 7, 60, 600, 3000) }),
  },
  { weight: 8, arbitrary: fc.constant({ do: 'settle' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'seal' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'reopen' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'rebuild' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'lose-database' as const }) },
  {
    weight: 24,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      series: fc.integer({ min: 0, max: 2 }),
      from: fc.option(fc.integer({ min: -35, max: 12 })),
      to: fc.option(fc.integer({ min: -30, max: 14 })),
      view: fc.constantFrom('now', 'now', 'known', 'published'),
      at: fc.integer({ min: -60, max: 120 }),
    }),
  },
)

export const program: fc.Arbitrary<Step[]> = fc.array(step, { minLength: 3, maxLength: 14, size: 'max' })

/**
 * One store that runs program after program, each on series of its own: opening a database for each would take
 * longer than all the rest. The clock only goes forward.
 */
export class Bench {
  readonly #folder: string
  readonly #hotDays: number
  #store: ObservationStore | null = null
  #clock = Date.UTC(2026, 2, 1, 3, 7)
  #programs = 0
  #asked = 0

  constructor(folder: string, hotDays: number) {
    this.#folder = folder
    this.#hotDays = hotDays
  }

  async run(steps: readonly Step[]): Promise<void> {
    const world = new World(`p${++this.#programs}`, this.#clock)
    for (const [i, what] of steps.entries()) {
      try {
        await this.#step(world, what)
      } catch (error) {
        throw new Error(`step ${i} (${what.do}): ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        })
      }
    }
    for (const series of [0, 1, 2].filter((index) => world.spokeOf(index)))
      await this.#ask(world, { do: 'ask', series, from: null, to: null, view: 'now', at: 0 })
  }

  async close(): Promise<void> {
    await this.#store?.close()
    this.#store = null
  }

  async #open(): Promise<ObservationStore> {
    this.#store ??= await openObservations({
      folder: this.#folder,
      now: () => this.#clock,
      hotDays: this.#hotDays,
      threads: 1,
      memory: '512MB',
    })
    return this.#store
  }

  async #step(world: World, what: Step): Promise<void> {
    const store = await this.#open()
    switch (what.do) {
      case 'append':
        return this.#append(
          world,
          what.readings.map((r) => world.row(r)),
        )
      case 'repeat':
        return this.#append(world, world.lastBatch)
      case 'wait':
        this.#clock += what.minutes * MINUTE
        return
      case 'settle':
        return store.settle()
      case 'seal':
        await store.seal({ all: true })
        return
      case 'reopen':
        return this.close()
      case 'rebuild': {
        const { differences } = await store.rebuild()
        assert.deepEqual(differences, [])
        return
      }
      case 'lose-database': {
        await store.seal({ all: true })
        const before = [await store.contentHash(), await store.factsHash()]
        await this.close()
        rmSync(join(this.#folder, 'observations.duckdb'))
        const again = await this.#open()
        assert.deepEqual([await again.contentHash(), await again.factsHash()], before)
        return
      }
      case 'ask':
        return this.#ask(world, what)
    }
  }

  async #append(world: World, rows: NewObservation[]): Promise<void> {
    const store = await this.#open()
    world.lastBatch = rows
    const expected = world.model.append(rows, this.#clock)
    const appended = await store.append(rows)
    assert.deepEqual(
      { stored: appended.lastSeq - appended.firstSeq + 1, unchanged: appended.unchanged },
      expected,
    )
  }

  #nextAggregation(): 'sum' | 'ratio' | 'last' {
    return (['sum', 'ratio', 'last'] as const)[this.#asked++ % 3]!
  }

  async #ask(world: World, what: Extract<Step, { do: 'ask' }>): Promise<void> {
    const store = await this.#open()
    const now = this.#clock
    const key = world.series(what.series)
    const range: { from?: number; to?: number } = {}
    if (what.from !== null) range.from = world.at(what.from)
    if (what.to !== null) range.to = world.at(what.to)
    const view: View =
      what.view === 'now'
        ? {}
        : what.view === 'known'
          ? { asKnown: world.start + what.at * HOUR }
          : { asPublished: world.start + what.at * HOUR }
    const raw = await store.series({
      ...key,
      ...range,
      ...view,
      resolution: 'raw',
      aggregation: 'mean',
      maxPoints: 5_000,
    })
    const facts = world.model.facts(key, view).filter((fact) => inRange(fact, range))
    assert.deepEqual(
      raw.points.map((p) => [
        p.from,
        p.to,
        p.value,
        p.exact,
        p.num,
        p.den,
        p.text,
        p.status,
        p.quality,
        p.versions,
      ]),
      facts.map((f) => {
        const ok = usable(f, now)
        return [
          f.from,
          f.to,
          ok ? f.value : null,
          ok ? f.exact : undefined,
          ok ? f.num : undefined,
          ok ? f.den : undefined,
          f.text,
          f.status,
          f.quality,
          f.versions,
        ]
      }),
      'raw points',
    )
    const counts: Record<string, number> = {}
    for (const { status } of facts) counts[status] = (counts[status] ?? 0) + 1
    assert.deepEqual(raw.statusCounts, counts, 'facts of each status')
    assert.deepEqual(raw.sources, [...new Set(facts.map(({ source }) => source))].sort(), 'sources')
    const rollsUp = world.model.rows.some(
      (r) => r.entity === key.entity && r.dataset === key.dataset && (r.to === null || r.to - r.from <= HOUR),
    )
    if (rollsUp)
      for (const size of ['hour', 'day'] as const) {
        const aggregation = this.#nextAggregation()
        const { points } = await store.series({
          ...key,
          ...range,
          ...view,
          resolution: size,
          aggregation,
          maxPoints: 5_000,
        })
        sameBuckets(points, world.model.buckets(key, size, range, now, view), aggregation)
      }
    const [latest] = await store.latest({
      dataset: key.dataset,
      property: key.property,
      entities: [key.entity],
    })
    const expectedLatest = world.model.latest(key, now)
    assert.deepEqual(
      latest && [latest.from, latest.to, latest.value, latest.status, latest.publishedAt],
      expectedLatest && [
        expectedLatest.from,
        expectedLatest.to,
        expectedLatest.value,
        expectedLatest.status,
        expectedLatest.publishedAt,
      ],
      'latest',
    )
    const versions = await store.versions({ ...key, ...range, limit: 5_000 })
    assert.equal(
      versions.filter((v) => v.current && v.status !== 'X').length,
      world.model.facts(key).filter((f) => inRange(f, range)).length,
      'current versions',
    )
  }
}

function sameBuckets(points: SeriesPoint[], expected: ModelBucket[], aggregation: Agg): void {
  assert.deepEqual(
    points.map((p) => [p.from, p.n, p.nBad, p.min, p.max]),
    expected.map((b) => [b.from, b.n, b.nBad, b.min ?? undefined, b.max ?? undefined]),
    'buckets',
  )
  for (const [i, point] of points.entries()) {
    const bucket = expected[i]!
    const wanted = aggregation === 'sum' ? bucket.sum : aggregation === 'ratio' ? bucket.ratio : bucket.last
    if (wanted === null || point.value === null)
      assert.equal(point.value, wanted, `${aggregation} at ${point.from}`)
    else
      assert.ok(
        Math.abs(point.value - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)),
        `${aggregation} at ${point.from}: ${point.value}, expected ${wanted}`,
      )
  }
}

class World {
  readonly model = new ArrayModel()
  readonly start: number
  readonly #name: string
  lastBatch: NewObservation[] = []

  constructor(name: string, start: number) {
    this.#name = name
    this.start = start
  }

  at(slot: number): number {
    return this.start + slot * 20 * MINUTE
  }

  /** Two series of one dataset, and a second dataset that speaks of the first one's entity. */
  series(index: number): SeriesKey {
    return {
      dataset: index === 2 ? `${this.#name}-other` : this.#name,
      entity: index === 1 ? 'e2' : 'e1',
      property: 'level',
      breakdown: '',
    }
  }

  spokeOf(index: number): boolean {
    const { dataset, entity } = this.series(index)
    return this.model.rows.some((row) => row.dataset === dataset && row.entity === entity)
  }

  row(r: Reading): NewObservation {
    const from = this.at(r.slot)
    const valueless = r.status === 'O' || r.status === 'M' || r.status === 'X'
    const row: NewObservation = {
      ...this.series(r.series),
      from,
      to: r.length === 'instant' ? null : r.length === 'ten-minutes' ? from + 10 * MINUTE : from + 30 * DAY,
      value: valueless ? null : r.value,
      uom: 1,
      status: r.status,
      quality: r.quality,
      source: `test:${r.series}`,
    }
    if (r.status === 'O') row.text = 'mất điện'
    if (!valueless && r.exact !== null) {
      row.exact = r.exact
      row.value = Number(r.exact)
    }
    if (!valueless && r.ratio !== null) {
      row.num = r.ratio[0]
      row.den = r.ratio[1]
    }
    if (!valueless && r.value === null && r.exact === null && r.ratio === null) row.text = 'ngập'
    if (r.published !== null) row.publishedAt = this.start - r.published * HOUR
    return row
  }
}
