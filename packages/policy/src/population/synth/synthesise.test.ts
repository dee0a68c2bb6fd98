import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contentHash } from '@nhip/canonical/content-hash'
import { RandomStream } from '@nhip/random/stream'
import { describe, expect, test } from 'vitest'
import { checkPopulation, rowsOf } from '../check.ts'
import { readParquet, writeParquet } from '../parquet.ts'
import type { Population } from '../population.ts'
import type { FitSummary } from './fit.ts'
import { IncomeCurve } from './income-curve.ts'
import { integerise, roundTogether } from './integerise.ts'
import { readSpec } from './spec.ts'
import { synthesise } from './synthesise.ts'
import { readTables } from './tables.ts'
import { targetsOf } from './targets.ts'

const folder = fileURLToPath(new URL('../../../../../models/populations/viet-nam/', import.meta.url))
const text = (name: string): string => readFileSync(join(folder, name), 'utf8')
const { spec: read, problems } = readSpec(text('spec.yaml'), 'spec.yaml')
if (!read) throw new Error(JSON.stringify(problems))
// A smaller seed table and every sixth province keep this fast; the slow test takes them all.
const spec = { ...read, seeds: 900 }
const tables = readTables(
  spec,
  new Map(['age.csv', 'residence.csv', 'income.csv', 'poverty.csv'].map((f) => [f, text(f)])),
)
const some = tables.provinces.filter((_, i) => i % 6 === 0)
const make = (seed: number, share = 0.0005): Population =>
  synthesise(spec, some, { seed, share, specSha256: 'x' })
const bytes = ({ ids, first, columns }: Population): string =>
  contentHash(
    [ids, first, ...Object.values(columns).map(({ data }) => data)].map((a) =>
      Buffer.from(a.buffer).toString('base64'),
    ),
  )

describe('the income curve', () => {
  const means = [1_510_000, 2_622_000, 3_576_000, 4_798_000, 12_791_000]
  const curve = new IncomeCurve(means, 0.35)

  test('has the means of its fifths, and rises', () => {
    for (const [k, mean] of means.entries()) expect(curve.mean(k / 5, (k + 1) / 5)).toBeCloseTo(mean, 3)
    let before = 0
    for (let i = 0; i < 1_000; i++) {
      const here = curve.at(i / 1_000)
      expect(here).toBeGreaterThanOrEqual(before)
      before = here
    }
  })

  test('households that part it among them lose nothing of its tail', () => {
    let sum = 0
    for (let i = 0; i < 137; i++) sum += curve.mean(i / 137, (i + 1) / 137)
    expect(sum / 137).toBeCloseTo(means.reduce((a, b) => a + b) / 5, 3)
  })
})

describe('whole households', () => {
  test('as many as wanted, each near its expectation', () => {
    const expected = Float64Array.from({ length: 500 }, (_, i) => (i % 7) * 0.31)
    const order = Int32Array.from({ length: 500 }, (_, i) => i)
    const taken = integerise(expected, 420, order, new RandomStream(1))
    expect(taken.reduce((a, b) => a + b)).toBe(420)
    const scale = 420 / expected.reduce((a, b) => a + b)
    for (const [i, n] of taken.entries())
      expect(Math.abs(n - (expected[i] as number) * scale)).toBeLessThan(1)
  })

  test('rounded together', () => expect(roundTogether([0.4, 0.4, 0.4, 1.8])).toEqual([1, 0, 0, 2]))
})

describe('the synthetic population of Viet Nam, six provinces, one household in two thousand', {
  timeout: 30_000,
}, () => {
  const population = make(7)

  test('is labelled, has no fault, and says its assumptions', () => {
    const { manifest } = population
    expect(manifest).toMatchObject({
      synthetic: true,
      seed: 7,
      persons: population.persons,
      households: 14_073,
    })
    expect(manifest.title.vi).toContain('tổng hợp')
    expect(manifest.assumptions?.length).toBeGreaterThan(10)
    const of = new Float64Array(population.persons)
    for (let h = 0; h < population.households; h++)
      of.fill(population.ids[h] as number, population.first[h] as number, population.first[h + 1] as number)
    expect(
      checkPopulation({
        manifest,
        householdIds: population.ids,
        personHouseholds: of,
        columns: population.columns,
      }),
    ).toEqual([])
  })

  test('persons and households within 0.5 %, fifths of every province within 2 %', () => {
    const { margins } = population.manifest.fit as unknown as FitSummary
    const worst = Object.fromEntries(margins.map(({ margin, worst: w }) => [margin, w]))
    expect(worst.persons).toBeLessThan(0.005)
    expect(worst.households).toBeLessThan(0.005)
    expect(worst['persons by area']).toBeLessThan(0.005)
    expect(worst['income per head by province and fifth']).toBeLessThan(0.02)
    expect(worst['income per head, lowest and highest fifth']).toBeLessThan(0.02)
    expect(worst['income per head, mean']).toBeLessThan(0.005)
  })

  test('names the published margins that contradict each other', () => {
    const { contradictions } = targetsOf(spec, tables.provinces)
    expect(contradictions.map(({ margin }) => margin)).toContain('census.persons.male')
    expect(contradictions.find(({ margin }) => margin === 'census.persons.male')?.ratio).toBeCloseTo(
      1.015081,
      6,
    )
  })

  test('children are younger than their parents, nobody pays into insurance below the lowest wage', () => {
    const { first, columns, households } = population
    const [role, birth, salary] = [columns.role, columns.birth, columns.gross_salary].map((c) => c?.data) as [
      Uint8Array,
      Int32Array,
      Float64Array,
    ]
    let strange = 0
    for (let h = 0; h < households; h++) {
      const head = birth[first[h] as number] as number
      for (let p = first[h] as number; p < (first[h + 1] as number); p++)
        if (role[p] === 2 && (birth[p] as number) - head < 15 * 365) strange++
    }
    expect(strange).toBe(0)
    expect(Math.min(...salary.filter((s) => s > 0))).toBeGreaterThanOrEqual(spec.wages.lowest - 1_000)
  })

  test('the same seed gives the same bytes, another seed other households with the same margins', () => {
    expect(bytes(make(7))).toBe(bytes(population))
    const other = make(8)
    expect(bytes(other)).not.toBe(bytes(population))
    expect(other.households).toBe(population.households)
  })

  test('comes back from Parquet as it was written, and is written to the same bytes', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'nhip-population-'))
    try {
      const files = { households: join(dir, 'h.parquet'), persons: join(dir, 'p.parquet') }
      const again = { households: join(dir, 'h2.parquet'), persons: join(dir, 'p2.parquet') }
      const small = make(7, 0.0001)
      await writeParquet(small, files)
      await writeParquet(small, again)
      expect((await readFile(files.persons)).equals(await readFile(again.persons))).toBe(true)
      expect((await readFile(files.households)).equals(await readFile(again.households))).toBe(true)
      const raw = await readParquet(small.manifest, files)
      expect(checkPopulation(raw)).toEqual([])
      const first = rowsOf(raw.householdIds, raw.personHouseholds)
      const back = { ...small, ids: raw.householdIds, first, columns: raw.columns }
      expect(Object.keys(back.columns).sort()).toEqual(Object.keys(small.columns).sort())
      const order = (p: Population): Population => ({
        ...p,
        columns: Object.fromEntries(Object.entries(p.columns).sort(([a], [b]) => (a < b ? -1 : 1))),
      })
      expect(bytes(order(back))).toBe(bytes(order(small)))
    } finally {
      await rm(dir, { recursive: true })
    }
  })
})

describe('what is wrong with a spec', () => {
  test('a table or province that is not there, a cell that is no number', () => {
    const texts = new Map([
      ['age.csv', 'province,age,male,female\n01,0,10,9\n02,0,1,x\n'],
      ['residence.csv', 'province,urban,rural\n01,5,5\n'],
      ['poverty.csv', 'province,rate_pct\n01,3\n'],
    ])
    expect(readTables(spec, texts).problems.map(({ code, value, line }) => [code, value, line])).toEqual([
      ['population.table-cell', 'x', 3],
      ['population.table-missing', 'income.csv', undefined],
      ['population.margin-missing', '01', undefined],
    ])
  })

  const province = (code: string, income: string): Map<string, string> =>
    new Map([
      ...['age.csv', 'residence.csv', 'poverty.csv'].map((file): [string, string] => {
        const [head = '', ...lines] = text(file).split('\n')
        return [file, [head, ...lines.filter((line) => line.startsWith(code))].join('\n')]
      }),
      ['income.csv', `province,mean,q1,q2,q3,q4,q5,known_share,known_growth\n${income}\n`],
    ])

  test('one province whose mean is published has that mean, and the difference to the nation is told', () => {
    const [, hanoi = ''] = text('income.csv').split('\n')
    const { provinces, problems: none } = readTables(spec, province('01', hanoi))
    expect(none).toEqual([])
    const targets = targetsOf(spec, provinces)
    expect(targets.provinces[0]?.incomeMean).toBeCloseTo(5_057_000 * 1.4831, 3)
    expect(targets.contradictions).toContainEqual(
      expect.objectContaining({
        margin: 'income-2024.mean',
        published: 5_400_000,
        other: 5_057_000 * 1.4831,
      }),
    )
  })

  test('a province that has more than the mean of all allows', () => {
    const texts = province('01', '01,5057000,1510000,2622000,3576000,4798000,12791000,0.9,2')
    expect(readTables(spec, texts).problems).toMatchObject([
      { code: 'population.income-contradiction', file: 'income.csv', value: '5400000' },
    ])
  })

  test('fifths that do not rise, a margin that nobody is in', () => {
    const texts = province('01', '01,5057000,1510000,2622000,2622000,4798000,12791000,,')
    expect(readTables(spec, texts).problems).toMatchObject([
      { code: 'population.table-cell', line: 2, value: '1510000, 2622000, 2622000, 4798000, 12791000' },
    ])
    const rural = province('01', '01,5057000,1510000,2622000,3576000,4798000,12791000,,')
    rural.set('residence.csv', 'province,urban,rural\n01,0,5\n')
    expect(readTables(spec, rural).problems).toMatchObject([
      { code: 'population.margin-empty', file: 'residence.csv', value: 'urban' },
    ])
  })

  test('a key that is none is named with its line', () => {
    const { problems: found } = readSpec(
      text('spec.yaml').replace('near_poor_ratio', 'near_poor_rato'),
      'spec.yaml',
    )
    expect(found.map(({ code }) => code)).toContain('schema.additionalProperties')
    expect(found.every(({ line }) => line !== undefined)).toBe(true)
  })
})
