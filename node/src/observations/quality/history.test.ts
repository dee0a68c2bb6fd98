import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewObservation, SeriesKey } from '../observations.ts'
import { type ObservationStore, openObservations } from '../open.ts'
import { qualityBit, qualityCodes } from '../quality.ts'
import type { LimitBook, SeriesLimits } from './series-limits.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-quality-'))
const minute = 60_000
const start = Date.UTC(2026, 10, 22)
let clock = start
let store: ObservationStore
let limits: SeriesLimits | null = null
const book: LimitBook = {
  of: () => limits,
  nearest: (entity, count) =>
    Array.from({ length: 9 }, (_, i) => `${entity.split('#')[0]}#${i}`)
      .filter((one) => one !== entity)
      .slice(0, count),
}
const open = async () => {
  const opened = await openObservations({ folder, now: () => clock, threads: 1 })
  opened.judgeBy(book)
  return opened
}
beforeAll(async () => {
  store = await open()
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

let names = 0
/** A series that no other test writes to. */
const fresh = (): string => `urn:nhip:Sensor:${++names}`
const key = (entity: string): SeriesKey => ({ dataset: 'd', entity, property: 'p', breakdown: '' })
function row(
  entity: string,
  at: number,
  value: number | null,
  more: Partial<NewObservation> = {},
): NewObservation {
  return {
    ...key(entity),
    from: at,
    to: null,
    value,
    uom: 0,
    status: value === null ? 'O' : 'A',
    quality: 0,
    source: 'http:gateway',
    door: 'live',
    ...more,
  }
}
/** Codes of each row of a series that was stored, in the order of storing. */
async function stored(entity: string): Promise<[number | null, ...string[]][]> {
  const rows = await store.versions({ ...key(entity), limit: 1000 })
  return rows.reverse().map(({ value, quality }) => [value, ...qualityCodes(quality)])
}
async function send(entity: string, values: readonly (number | null)[], every = minute): Promise<void> {
  for (const [i, value] of values.entries()) {
    clock = start + i * every
    await store.append([row(entity, clock, value)])
  }
}

describe('rate of change: at most 10 an hour', () => {
  const rate = { rise: 10, fall: 10 }
  test('a spike is doubted, the way back is not', async () => {
    limits = { rate }
    const entity = fresh()
    await send(entity, [20, 21, 90, 21, 22], 60 * minute)
    expect(await stored(entity)).toEqual([[20], [21], [90, 'rate'], [21], [22]])
  })
  test('a step is real once three values agree on it', async () => {
    limits = { rate }
    const entity = fresh()
    await send(entity, [20, 90, 91, 92, 93], 60 * minute)
    expect(await stored(entity)).toEqual([[20], [90, 'rate'], [91, 'rate'], [92], [93]])
  })
  test('three spikes that do not agree stay doubted', async () => {
    limits = { rate }
    const entity = fresh()
    await send(entity, [20, 90, 150, 300, 21], 60 * minute)
    expect(await stored(entity)).toEqual([[20], [90, 'rate'], [150, 'rate'], [300, 'rate'], [21]])
  })
  test('a counter that may only grow: any fall is doubted', async () => {
    limits = { rate: { fall: 0 } }
    const entity = fresh()
    await send(entity, [100, 5000, 4999, 5001])
    expect(await stored(entity)).toEqual([[100], [5000], [4999, 'rate'], [5001]])
  })
  test('a value out of the hard range is nobody to compare with', async () => {
    limits = { rate }
    const entity = fresh()
    await store.append([row(entity, start, 20)])
    await store.append([row(entity, start + minute, 9e9, { quality: qualityBit['hard-range'] })])
    await store.append([row(entity, start + 60 * minute, 21)])
    expect(await stored(entity)).toEqual([[20], [9e9, 'hard-range'], [21]])
  })
})

describe('stuck: the same value six times and for an hour', () => {
  const stuck = { times: 6, forS: 3600, except: [0] }
  test('both must be so', async () => {
    limits = { stuck }
    const often = fresh()
    await send(often, [7, 7, 7, 7, 7, 7, 7])
    expect((await stored(often)).every((codes) => codes.length === 1)).toBe(true)
    const long = fresh()
    await send(long, [7, 7, 7, 7, 7, 7, 7, 8], 15 * minute)
    expect((await stored(long)).map((codes) => codes.slice(1))).toEqual([
      [],
      [],
      [],
      [],
      [],
      ['stuck'],
      ['stuck'],
      [],
    ])
  })
  test('no rain may last', async () => {
    limits = { stuck }
    const entity = fresh()
    await send(
      entity,
      Array.from({ length: 10 }, () => 0),
      30 * minute,
    )
    expect((await stored(entity)).every((codes) => codes.length === 1)).toBe(true)
  })
  test('a tremble within the least variation is none', async () => {
    limits = { stuck: { times: 3, minVariation: 0.05 } }
    const entity = fresh()
    await send(entity, [7, 7.02, 6.98, 7.2])
    expect((await stored(entity)).map((codes) => codes.slice(1))).toEqual([[], [], ['stuck'], []])
  })
})

describe('neighbours', () => {
  const neighbour = { nearest: 8, z: 5, withinMs: 30 * minute }
  test('a value far from eight others is doubted; one of three others or of old ones is not', async () => {
    limits = { neighbour }
    const place = fresh()
    const around = [20, 21, 22, 19, 20, 23, 21, 20]
    await store.append(around.map((value, i) => row(`${place}#${i}`, start, value)))
    await store.append([row(`${place}#8`, start + minute, 80), row(`${place}#8`, start + 2 * minute, 22)])
    expect(await stored(`${place}#8`)).toEqual([[80, 'neighbour'], [22]])
    await store.append([row(`${place}#8`, start + 60 * minute, 80)])
    expect((await stored(`${place}#8`)).at(-1)).toEqual([80])
    const few = fresh()
    await store.append([20, 21, 22].map((value, i) => row(`${few}#${i}`, start, value)))
    await store.append([row(`${few}#8`, start, 80)])
    expect(await stored(`${few}#8`)).toEqual([[80]])
  })
  test('neighbours that agree to the digit judge only where the contract says how much they may differ', async () => {
    const place = fresh()
    await store.append(Array.from({ length: 8 }, (_, i) => row(`${place}#${i}`, start, 20)))
    limits = { neighbour }
    await store.append([row(`${place}#8`, start, 21)])
    limits = { neighbour: { ...neighbour, minSpread: 0.1 } }
    await store.append([row(`${place}#8`, start + minute, 21)])
    expect(await stored(`${place}#8`)).toEqual([[21], [21, 'neighbour']])
  })
})

describe('order and time of arrival', () => {
  test('older than the newest: out of order at a live door, usual in a file', async () => {
    limits = null
    const entity = fresh()
    await store.append([row(entity, start + minute, 2)])
    await store.append([row(entity, start, 1)])
    await store.append([row(entity, start - minute, 0, { door: 'file', source: 'import:1' })])
    expect(await stored(entity)).toEqual([[2], [1, 'out-of-order'], [0]])
    const ahead = fresh()
    await store.append([row(ahead, clock + 1e10, 9, { quality: qualityBit.future })])
    await store.append([row(ahead, start, 1)])
    expect((await stored(ahead)).at(-1)).toEqual([1])
  })
  test('another value of the same source for the same time is a duplicate; both are kept, the newest holds', async () => {
    limits = null
    const entity = fresh()
    await store.append([row(entity, start, 1)])
    await store.append([row(entity, start, 2)])
    await store.append([row(entity, start, 3, { source: 'http:other' })])
    expect(await stored(entity)).toEqual([[1], [2, 'duplicate'], [3]])
  })
  test('a source whose clock goes ten minutes slow is found out after fifteen readings, one that held a reading up is not', async () => {
    limits = { clockSkew: { driftS: 300 } }
    const slow = fresh()
    const well = fresh()
    for (let i = 0; i < 20; i++) {
      clock = start + i * minute
      await store.append([
        row(slow, clock - 10 * minute, i, { source: 'mqtt:slow' }),
        row(well, i === 10 ? clock - 50_000 : clock, i, { source: 'mqtt:well' }),
      ])
    }
    const codes = (await stored(slow)).map(([, ...some]) => some.join())
    expect(codes.slice(0, 14).every((code) => code === '')).toBe(true)
    expect(codes.slice(14).every((code) => code === 'clock-skew')).toBe(true)
    expect((await stored(well)).every((some) => some.length === 1)).toBe(true)
  })
})

describe('what a person has decided', () => {
  const decide = (
    entity: string,
    value: number | null,
    bits: number,
    status: NewObservation['status'] = 'A',
  ) =>
    store.append([
      { ...row(entity, start, value), status, quality: bits, source: 'correction:lan', door: undefined },
    ])
  test.each([
    ['rejected', 99, qualityBit.rejected, 'A'],
    ['corrected', 41, qualityBit.confirmed, 'A'],
    ['withdrawn', null, qualityBit.confirmed, 'X'],
  ] as const)(
    '%s: the same reading sent again changes nothing, a new one does',
    async (_, value, bits, status) => {
      limits = null
      const entity = fresh()
      clock += 1000
      await store.append([row(entity, start, 99)])
      clock += 1000
      await decide(entity, value, bits, status)
      clock += 1000
      expect(await store.append([row(entity, start, 99)])).toMatchObject({ unchanged: 1 })
      expect(
        await store.append([row(entity, start, 99, { door: 'file', source: 'import:2' })]),
      ).toMatchObject({ unchanged: 1 })
      expect(await store.append([row(entity, start, 42)])).toMatchObject({ unchanged: 0 })
    },
  )
  test('a rejected value is out of latest and roll-ups, and counted', async () => {
    limits = null
    const entity = fresh()
    clock = start + 3 * 60 * minute
    await store.append([row(entity, start, 10), row(entity, start + minute, 99)])
    await store.append([
      {
        ...row(entity, start + minute, 99),
        quality: qualityBit.rejected,
        source: 'correction:lan',
        door: undefined,
      },
    ])
    expect(store.newest(key(entity))?.value).toBe(10)
    await store.settle()
    const hours = await store.series({ ...key(entity), resolution: 'hour', aggregation: 'mean' })
    expect(hours.points.map(({ value, n, nBad }) => ({ value, n, nBad }))).toEqual([
      { value: 10, n: 1, nBad: 1 },
    ])
  })
})

test('however the same readings are cut into batches, they get the same bits, and none is lost', async () => {
  const reading = fc.record({
    sensor: fc.integer({ min: 0, max: 5 }),
    minute: fc.integer({ min: 0, max: 40 }),
    value: fc.constantFrom(null, 0, 5, 5, 5, 6, 50, 51),
  })
  const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(fc.array(reading, { minLength: 1, maxLength: 40 }), cuts, async (readings, sizes) => {
      limits = {
        rate: { rise: 20, fall: 20 },
        stuck: { times: 3 },
        neighbour: { nearest: 5, z: 5, withinMs: 5 * minute, minSpread: 1 },
        clockSkew: { driftS: 60 },
      }
      clock += 60 * minute
      const tell = async (batches: (rows: NewObservation[]) => NewObservation[][]) => {
        const place = fresh()
        // A name of its own for the source, too: its clock is remembered.
        const rows = readings.map((one) =>
          row(`${place}#${one.sensor}`, start + one.minute * minute, one.value, { source: `mqtt:${place}` }),
        )
        for (const batch of batches(rows)) await store.append(batch)
        const all = []
        for (let i = 0; i <= 5; i++) all.push(await stored(`${place}#${i}`))
        return all
      }
      const whole = await tell((rows) => [rows])
      let next = 0
      const cut = await tell((rows) => {
        const batches: NewObservation[][] = []
        for (let i = 0; i < rows.length; ) {
          const size = sizes[next++ % sizes.length]!
          batches.push(rows.slice(i, i + size))
          i += size
        }
        return batches
      })
      expect(cut).toEqual(whole)
      const told = new Set(readings.map(({ sensor, minute: at }) => `${sensor} ${at}`))
      const facts = whole.flat().length
      expect(facts).toBeGreaterThanOrEqual(told.size)
    }),
    { numRuns: 15 },
  )
})

test('a restart in the middle changes no bit', async () => {
  limits = { rate: { rise: 10, fall: 10 }, stuck: { times: 3, forS: 3600, except: [20] } }
  const values = [20, 21, 90, 91, 92, 93, 93, 93, 93, 20, 300, 93, 94]
  const through = fresh()
  await send(through, values, 30 * minute)
  for (let cut = 1; cut < values.length; cut += 4) {
    const entity = fresh()
    for (const [i, value] of values.entries()) {
      if (i === cut) {
        await store.close()
        store = await open()
      }
      clock = start + i * 30 * minute
      await store.append([row(entity, clock, value)])
    }
    expect(await stored(entity)).toEqual(await stored(through))
  }
})
