import { RandomStream } from '@nhip/random/stream'
import { describe, expect, test } from 'vitest'
import { exactJson } from './exact-json.ts'
import type { SimulateOptions } from './prepare.ts'
import { CLIFF_LAW, populationOf, type SampleHousehold } from './sample.fixture.ts'
import { simulate } from './simulate.ts'

const law: Pick<SimulateOptions, 'base' | 'reform' | 'period'> = {
  base: { files: CLIFF_LAW, reforms: [] },
  reform: { files: CLIFF_LAW, reforms: [{ id: 'bo-tro-cap' }] },
  period: '2026-07',
}

/** Households drawn at random, many of them near the line of 3,000,000 a head. */
export function drawn(n: number): SampleHousehold[] {
  const stream = new RandomStream('simulate.test')
  return Array.from({ length: n }, () => {
    const children = stream.integer(0, 3)
    const earners = stream.integer(1, 2)
    const size = children + earners
    const near = stream.chance(0.3)
    const head = near ? 3_000_000 * size - stream.integer(0, 90_000) : stream.integer(0, 30_000_000)
    return {
      salaries: [
        near && earners === 2 ? Math.max(0, head - 2_000_000) : head,
        ...(earners === 2 ? [2_000_000] : []),
      ],
      children,
      area: stream.chance(0.4) ? ('urban' as const) : ('rural' as const),
      province: stream.integer(0, 1),
      weight: stream.integer(1, 9),
    }
  })
}

describe('the planted cliff', { timeout: 30_000 }, () => {
  test('is found at 3,000,000 đồng a head to the đồng, with the smallest household as witness', async () => {
    const population = populationOf([
      { salaries: [30_000_000], children: 1 },
      { salaries: [8_990_000], children: 2, weight: 7 },
      { salaries: [5_950_000], children: 1, weight: 3 },
      { salaries: [2_000_000], children: 0 },
      { salaries: [1_000_000], children: 3 },
    ])
    const result = await simulate({ ...law, reform: null, population }, { analyses: ['emtr', 'invariants'] })
    const [found, ...others] = result.emtr?.base.witnesses ?? []
    expect(others).toEqual([])
    expect(found).toMatchObject({
      path: 'cash, allowance',
      people: 2,
      persons: 10n,
      lowest_threshold: 6_000_000n,
      highest_threshold: 9_000_000n,
    })
    // Tax at 6,000,000 is 100,000; the đồng above costs the whole allowance of one child.
    expect(found?.witness).toMatchObject({
      household: 102,
      person: 'p1',
      threshold: 6_000_000n,
      before: 6_400_000n,
      after: 5_900_001n,
      situation: {
        persons: { p1: { salary: 6_000_000 }, p2: {} },
        households: { h: { heads: ['p1'], children: ['p2'] } },
      },
    })
    // Two children of seven households, one of three.
    expect(found?.money).toBe(7n * 999_999n + 3n * 499_999n)
    expect(result.emtr?.base.above100).toBe(10n)
    expect(result.invariants).toMatchObject([{ id: 'luong-tang', ok: false, people: 2 }])
  })

  test('is found too where a budget line reads a column that the income does not', async () => {
    const files = new Map(CLIFF_LAW)
    const fee = `  fee: {entity: household, type: number, scale: 0, period: month, formulas: [{feel: 'if area = "urban" then 1000 else 0', basis: identity}]}`
    const text = (files.get('policy.yaml') as string)
      .replace('outcomes:', `${fee}\noutcomes:`)
      .replace('budget: [', 'budget: [{variable: fee, sign: revenue}, ')
    files.set('policy.yaml', text)
    const population = populationOf([{ salaries: [5_950_000], children: 1, area: 'urban' }])
    const result = await simulate(
      { base: { files, reforms: [] }, reform: null, period: '2026-07', population },
      { analyses: ['emtr'] },
    )
    expect(result.budget[0]).toMatchObject({ variable: 'fee', base: 1_000n })
    expect(result.emtr?.base.witnesses).toMatchObject([
      { path: 'cash, allowance', highest_threshold: 6_000_000n },
    ])
  })

  test('a law without one has none', async () => {
    const population = populationOf([
      { salaries: [8_990_000], children: 0 },
      { salaries: [100], children: 0 },
    ])
    const result = await simulate({ ...law, reform: null, population }, { analyses: ['emtr', 'invariants'] })
    expect(result.emtr?.base).toMatchObject({ above100: 0n, max: 10, witnesses: [] })
    expect(result.invariants).toMatchObject([{ ok: true }])
  })
})

describe('sums by hand', () => {
  test('budget, winners, paths and poverty of four households', async () => {
    const population = populationOf([
      { salaries: [1_000_000], children: 1, weight: 10 },
      { salaries: [6_000_000], children: 0, weight: 5, area: 'urban', province: 1 },
      { salaries: [25_000_000], children: 2, weight: 1, area: 'urban', province: 1 },
      { salaries: [4_000_000], children: 3, weight: 2 },
    ])
    const result = await simulate({ ...law, population }, { analyses: ['paths'] })
    const [tax, allowance] = result.budget
    // 10 % of 1,000,000 in five households; 10 % of 15,000,000 and 20 % of 5,000,000 in one.
    expect(tax).toMatchObject({ base: 3_000_000n, reform: 3_000_000n, difference: 0n })
    expect(allowance).toMatchObject({ base: 8_000_000n, reform: 12_800_000n, difference: 4_800_000n })
    expect(allowance?.by).toMatchObject({
      province: { '01': { difference: 4_800_000n }, '79': { difference: 0n } },
    })
    expect(tax?.by).toMatchObject({ area: { urban: { base: 3_000_000n }, rural: { base: 0n } } })
    expect(result.winners.persons).toEqual({ gain: 28n, lose: 0n, same: 8n })
    expect(result.winners.households).toEqual({ gain: 12n, lose: 0n, same: 6n })
    expect(result.paths).toMatchObject([
      {
        path: 'cash, allowance',
        households: 2,
        money: 4_800_000n,
        largest_gain: { household: 103, change: 900_000n },
      },
    ])
    // Line 2,500,000: of 36 persons 20 live on 750,000 a head, 8 on 1,375,000.
    const [line] = result.inequality.poverty
    expect(line?.base.fgt0).toBeCloseTo(28 / 36, 12)
    expect(line?.base.fgt1).toBeCloseTo((20 * 0.7 + 8 * 0.45) / 36, 12)
    expect(line?.base.fgt2).toBeCloseTo((20 * 0.49 + 8 * 0.2025) / 36, 12)
  })
})

describe('the same bits', { timeout: 30_000 }, () => {
  const population = populationOf(drawn(80))

  test('for any size of chunk, and for the interpreter as for the kernel', async () => {
    const texts = await Promise.all(
      [{ chunk: 3 }, { chunk: 7 }, { chunk: 1_000 }, { chunk: 32, backend: 'interpreter' as const }].map(
        async (options) =>
          exactJson(
            await simulate({ ...law, population, ...options }, { analyses: ['paths', 'emtr', 'invariants'] }),
          ),
      ),
    )
    expect(new Set(texts).size).toBe(1)
    expect(texts[0]).toContain('"witnesses":[{"path":"cash, allowance"')
  })
})

describe('flaws', () => {
  test('an unread parameter, an undecisive one, and the order of the tornado', async () => {
    const population = populationOf([
      { salaries: [1_000_000], children: 1 },
      { salaries: [9_000_000], children: 0 },
    ])
    const { dead, sensitivity, defaulted } = await simulate(
      { ...law, reform: null, population },
      { analyses: ['dead', 'sensitivity'] },
    )
    expect(dead).toContainEqual({ kind: 'parameter', name: 'unused', how: 'never-read' })
    expect(dead).toContainEqual({ kind: 'parameter', name: 'tax.brackets[2].rate', how: 'never-decisive' })
    expect(dead).not.toContainEqual(expect.objectContaining({ name: 'allowance' }))
    // 1 % of the threshold of 5,000,000 at 10 %, 1 % of 500,000, 1 % of the rate over 4,000,000.
    expect(sensitivity.slice(0, 3).map(({ parameter }) => parameter)).toEqual([
      'allowance',
      'tax.brackets[1].threshold',
      'tax.brackets[1].rate',
    ])
    expect(sensitivity[0]?.up?.income).toBe(5_000n)
    expect(sensitivity.find(({ parameter }) => parameter === 'tax.brackets[1].rate')?.up?.income).toBe(
      -4_000n,
    )
    expect(defaulted).toEqual([])
  })

  test('two with the same salary who are not treated alike, and an attribute that must not matter', async () => {
    const population = populationOf([
      { salaries: [4_000_000], children: 1 },
      { salaries: [4_000_000], children: 0 },
    ])
    const { equal_treatment, flips } = await simulate(
      { ...law, reform: null, population },
      { analyses: ['equal'] },
    )
    expect(equal_treatment).toMatchObject([{ output: 'tax', groups: 0, example: null }])
    expect(flips).toMatchObject([{ column: 'area', households: 0, witness: null }])
  })
})

test('an invariant written in FEEL names the first household that breaks it', async () => {
  const files = new Map(CLIFF_LAW)
  const text = `${files.get('policy.yaml')}`.replace(
    'severity: warning}]',
    'severity: warning}, {id: khong-am, feel: cash >= 0}, {id: thue-nhe, feel: tax * 10 <= salary, severity: error}]',
  )
  files.set('policy.yaml', text)
  const population = populationOf([
    { salaries: [1_000_000], children: 1 },
    { salaries: [2_000_000, 60_000_000], children: 0, weight: 3 },
  ])
  const { invariants } = await simulate(
    { base: { files, reforms: [] }, reform: null, period: '2026-07', population },
    { analyses: ['invariants'] },
  )
  expect(invariants.slice(1)).toMatchObject([
    { id: 'khong-am', ok: true, people: 0, witness: null },
    {
      id: 'thue-nhe',
      severity: 'error',
      ok: false,
      people: 1,
      persons: 3n,
      witness: { household: 101, person: 'p2' },
    },
  ])
})

test('a cancelled simulation ends with the reason', async () => {
  const control = new AbortController()
  const population = populationOf(drawn(50))
  const run = simulate(
    { ...law, population, chunk: 5 },
    { signal: control.signal, onProgress: (done) => done === 2 && control.abort(new Error('enough')) },
  )
  await expect(run).rejects.toThrow('enough')
})
