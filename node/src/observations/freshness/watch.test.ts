import { statutoryCalendar } from '@nhip/calendar/holiday-calendar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Dataset, noTerms } from '../../catalogue/catalogue.ts'
import type { ContractTerms } from '../../catalogue/contract.ts'
import { type Head, Heads } from '../heads.ts'
import type { SeriesKey } from '../observations.ts'
import { Promises } from './promises.ts'
import { type FreshnessChange, FreshnessWatch } from './watch.ts'

const minute = 60_000
const start = Date.UTC(2026, 10, 22)

/** The heads of a store and the contracts of a catalogue, without files: the watch sees no more than these of either. */
class Store {
  readonly heads = new Heads()
  readonly terms = new Map<string, ContractTerms>()
  readonly stations: string[] = []
  now = start
  #hear: ((ids: ReadonlySet<number>) => void)[] = []
  #changed: (() => void)[] = []

  promise(dataset: string, terms: Partial<ContractTerms>): void {
    this.terms.set(dataset, { ...noTerms, ...terms })
    for (const tell of this.#changed) tell()
  }

  /** The newest value of series, as of one commit; null withdraws it. */
  commit(...values: { key: SeriesKey; at: number | null }[]): void {
    const ids = new Set<number>()
    for (const { key, at } of values) {
      const head: Head = this.heads.find(key) ?? this.heads.add(this.heads.nextId, key)
      head.latest =
        at === null ? null : ({ from: at, to: null, recordedAt: this.now } as unknown as Head['latest'])
      ids.add(head.id)
    }
    for (const tell of this.#hear) tell(ids)
  }

  watch(): { watch: FreshnessWatch; changes: FreshnessChange[] } {
    const catalogue = {
      datasets: () => [...this.terms.keys()].map((code) => ({ code, retiredAt: null }) as Dataset),
      dataset: (code: string) => ({ code, retiredAt: null }) as Dataset,
      terms: (code: string) => this.terms.get(code) ?? noTerms,
      entity: () => undefined,
      onChange: (listener: () => void) => {
        this.#changed.push(listener)
        return () => undefined
      },
    }
    const watch = new FreshnessWatch({
      observations: {
        heads: () => this.heads.all(),
        head: (id) => this.heads.get(id),
        headOf: (key) => this.heads.find(key),
        onTouched: (listener) => {
          this.#hear.push(listener)
          return () => undefined
        },
      },
      catalogue,
      promises: new Promises(catalogue, statutoryCalendar),
      entitiesOf: () => this.stations,
      now: () => this.now,
    })
    watch.start()
    watch.close()
    const changes: FreshnessChange[] = []
    watch.onChange((some) => changes.push(...some))
    return { watch, changes }
  }
}

const key = (entity: string, dataset = 'air'): SeriesKey => ({
  dataset,
  entity,
  property: 'pm25',
  breakdown: '',
})
const everyMinute = { freshness: { kind: 'interval' as const, everyS: 60 } }
const all = (...codes: string[]) => ({ datasets: new Set(codes), limit: 1000 })

test('a station falls silent, is late after two minutes, stale after five, and comes back', () => {
  const store = new Store()
  store.promise('air', everyMinute)
  const { watch, changes } = store.watch()
  store.commit({ key: key('a'), at: start })
  for (let s = 0; s <= 400; s++) {
    store.now = start + s * 1000
    watch.advance()
  }
  store.commit({ key: key('a'), at: store.now })
  expect(changes.map(({ before, state, at }) => [before, state, Math.round((at - start) / 1000)])).toEqual([
    ['fresh', 'late', 121],
    ['late', 'stale', 301],
    ['stale', 'fresh', 400],
  ])
})

test('without a promise a series is neither on time nor late, however old', () => {
  const store = new Store()
  store.promise('census', {})
  store.commit({ key: key('xa', 'census'), at: start - 3650 * 24 * 60 * minute })
  const { watch } = store.watch()
  expect(watch.list(all('census')).map(({ state, deadlines }) => [state, deadlines])).toEqual([
    ['none', null],
  ])
  expect(watch.counts('census')).toEqual({ fresh: 0, late: 0, stale: 0, never: 0, none: 1 })
})

test('what a contract asks for and has never come is never; its first value makes it fresh', () => {
  const store = new Store()
  store.stations.push('a', 'b')
  store.commit({ key: key('a'), at: start })
  store.promise('air', {
    ...everyMinute,
    properties: { pm25: { required: true, entityTypes: ['AirStation'] } },
  })
  const { watch, changes } = store.watch()
  expect(watch.list(all('air')).map(({ entity, state }) => [entity, state])).toEqual([
    ['a', 'fresh'],
    ['b', 'never'],
  ])
  store.commit({ key: key('b'), at: start })
  expect(changes.map(({ entity, before, state }) => [entity, before, state])).toEqual([
    ['b', 'never', 'fresh'],
  ])
  expect(watch.counts('air')).toMatchObject({ fresh: 2, never: 0 })
})

test('a value that is withdrawn makes the series as late as the value before it is old', () => {
  const store = new Store()
  store.promise('air', everyMinute)
  const { watch } = store.watch()
  store.now = start + 10 * minute
  store.commit({ key: key('a'), at: store.now })
  store.commit({ key: key('a'), at: start })
  expect(watch.list(all('air'))[0]!.state).toBe('stale')
})

test('a new contract is looked at with the next tick', () => {
  const store = new Store()
  store.promise('air', everyMinute)
  store.commit({ key: key('a'), at: start })
  const { watch, changes } = store.watch()
  store.now = start + 3 * minute
  watch.advance()
  store.promise('air', { freshness: { kind: 'interval', everyS: 600 } })
  watch.advance()
  expect(changes.map(({ state }) => state)).toEqual(['late', 'fresh'])
})

test('at any moment the states are those of the promise itself, and a restart finds the same', () => {
  const event = fc.oneof(
    fc.record({ wait: fc.integer({ min: 0, max: 400 }) }),
    fc.record({ series: fc.integer({ min: 0, max: 4 }), age: fc.integer({ min: -30, max: 300 }) }),
    fc.record({ withdraw: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ every: fc.constantFrom(30, 60, 240, null) }),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const store = new Store()
      store.promise('air', everyMinute)
      const { watch, changes } = store.watch()
      const known = new Map<string, string>()
      for (const one of events) {
        if ('wait' in one) store.now += one.wait * 1000
        else if ('series' in one) store.commit({ key: key(`s${one.series}`), at: store.now - one.age * 1000 })
        else if ('withdraw' in one) {
          if (store.heads.find(key(`s${one.withdraw}`)))
            store.commit({ key: key(`s${one.withdraw}`), at: null })
        } else
          store.promise('air', {
            freshness: one.every === null ? null : { kind: 'interval', everyS: one.every },
          })
        watch.advance()
        const shown = watch.list(all('air'))
        const again = store.watch().watch
        expect(again.list(all('air'))).toEqual(shown)
        expect(again.counts('air')).toEqual(watch.counts('air'))
        for (const { entity, state } of shown) known.set(entity, known.get(entity) ?? state)
      }
      // Changes tell the whole story: what was known at first, changed by them, is what is shown now.
      for (const { entity, before, state } of changes) {
        expect(before).not.toBe(state)
        known.set(entity, state)
      }
      for (const { entity, state } of watch.list(all('air')))
        expect([entity, known.get(entity)]).toEqual([entity, state])
    }),
    { numRuns: 100 },
  )
})

test('pages go through series and what is missing alike', () => {
  const store = new Store()
  store.stations.push('x', 'y', 'z')
  store.promise('air', {
    ...everyMinute,
    properties: { pm25: { required: true, entityTypes: ['AirStation'] } },
  })
  store.commit({ key: key('a'), at: start }, { key: key('b'), at: start }, { key: key('x'), at: start })
  const { watch } = store.watch()
  const seen: string[] = []
  let after: number | string | undefined
  for (;;) {
    const page = watch.list({ ...all('air'), limit: 2, ...(after === undefined ? {} : { after }) })
    if (page.length === 0) break
    seen.push(...page.map(({ entity }) => entity))
    after = page.at(-1)!.place
  }
  expect(seen).toEqual(['a', 'b', 'x', 'y', 'z'])
})

test('100,000 series with a value a minute each: a tick costs next to nothing', () => {
  const store = new Store()
  store.promise('air', everyMinute)
  const keys = Array.from({ length: 100_000 }, (_, i) => key(`s${i}`))
  store.commit(...keys.map((each) => ({ key: each, at: start })))
  const began = performance.now()
  const { watch, changes } = store.watch()
  const opened = performance.now() - began
  store.now += minute
  store.commit(...keys.map((each) => ({ key: each, at: store.now })))
  const before = performance.now()
  // Every timer of the first minute goes off and is set anew.
  for (let s = 0; s < 120; s++) {
    store.now += 1000
    watch.advance()
  }
  const ticking = performance.now() - before
  expect(changes).toEqual([])
  expect(watch.counts('air').fresh).toBe(100_000)
  // Per tick of a second, generous for a busy computer; quiet it is under a millisecond.
  console.info(
    `100,000 series: worked out in ${Math.round(opened)} ms, ${(ticking / 120).toFixed(2)} ms a tick`,
  )
  expect(opened).toBeLessThan(10_000)
  expect(ticking / 120).toBeLessThan(20)
})
