import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalOf, decimalText, stepsOf } from './decimal.ts'
import { type MapOptions, mapSeries, type SeriesValue, semanticsOf } from './map-series.ts'
import { buildTerritory } from './territory.ts'
import { Transition } from './transition.ts'
import { type Edge, type Unit, unitId } from './unit.ts'

const days = ['2000-01-01', '2010-01-01', '2020-01-01', '2030-01-01'] as const

/** One unit of the `n`-th map (from days[n] to days[n + 1], the last one open). */
function unit(n: number, code: string, more: Partial<Unit> = {}): Unit {
  const from = days[n] as string
  return {
    id: unitId(code, from),
    code,
    level: 'commune',
    kind: 'commune',
    name: { vi: code, en: code },
    valid: { from, to: days[n + 1] ?? null },
    parents: [],
    flags: [],
    ...more,
  }
}
function edge(
  n: number,
  from: string,
  to: string,
  share: string | null = '1',
  kind: Edge['kind'] = 'merge',
): Edge {
  return {
    from: unitId(from, days[n - 1] as string),
    to: unitId(to, days[n] as string),
    on: days[n] as string,
    kind,
    share,
  }
}
const at = (n: number, code: string) => unitId(code, days[n] as string)
function territoryOf(units: Unit[], edges: Edge[]) {
  const { territory, problems } = buildTerritory({ units, edges })
  expect(problems.filter((p) => p.severity === 'error')).toEqual([])
  return territory
}
const forward = { view: days[1], shares: 'equal', semantics: 'additive' } as const satisfies MapOptions
const back = { ...forward, view: days[0] } as const satisfies MapOptions

// A and B merge into M; C is divided between M and N; D is renamed R.
const open = { valid: { from: days[1], to: null } }
const small = territoryOf(
  [
    unit(0, 'A', { population: 100, area: 3 }),
    unit(0, 'B', { population: 300, area: 1 }),
    unit(0, 'C', { population: 400 }),
    unit(0, 'D'),
    unit(1, 'M', { population: 900, area: 30, ...open }),
    unit(1, 'N', { population: 100, area: 10, ...open }),
    unit(1, 'R', open),
  ],
  [
    edge(1, 'A', 'M'),
    edge(1, 'B', 'M'),
    edge(1, 'C', 'M', null, 'split'),
    edge(1, 'C', 'N', null, 'split'),
    edge(1, 'D', 'R', '1', 'rename'),
  ],
)
const series: SeriesValue[] = [
  { unit: at(0, 'A'), value: 10 },
  { unit: at(0, 'B'), value: 20 },
  { unit: at(0, 'C'), value: 7 },
  { unit: at(0, 'D'), value: 5 },
]
const shown = (values: readonly SeriesValue[], options: MapOptions) =>
  Object.fromEntries(
    mapSeries(small, values, options).values.map((v) => [
      v.unit.split(':')[3]?.[0],
      [v.value, v.status, v.methods.join('+')],
    ]),
  )

describe('an amount carried forward', () => {
  it('adds up where units merge, is divided where one parts, and says so', () => {
    expect(shown(series, forward)).toEqual({ M: [34, 'E', 'equal'], N: [3, 'E', 'equal'], R: [5, 'A', ''] })
  })
  it('is divided by area or population of the successors when asked', () => {
    expect(shown(series, { ...forward, shares: 'area' })).toEqual({
      M: [35, 'E', 'area'],
      N: [2, 'E', 'area'],
      R: [5, 'A', ''],
    })
    expect(shown(series, { ...forward, shares: 'population' })).toEqual({
      M: [36, 'E', 'population'],
      N: [1, 'E', 'population'],
      R: [5, 'A', ''],
    })
  })
  it('keeps its decimals exact, with six more for estimated parts', () => {
    const values = series.map((v) => ({ ...v, value: Number(v.value) + 0.1 }))
    expect(shown(values, forward)).toEqual({
      M: [33.75, 'E', 'equal'],
      N: [3.55, 'E', 'equal'],
      R: [5.1, 'A', ''],
    })
    expect(shown(values, { ...forward, decimals: 1 })).toEqual({
      M: [33.8, 'E', 'equal'],
      N: [3.5, 'E', 'equal'],
      R: [5.1, 'A', ''],
    })
  })
  it('carries decimals that a double cannot hold as text', () => {
    const values = [
      { unit: at(0, 'A'), value: '9007199254740993' },
      { unit: at(0, 'B'), value: '0.000001' },
      { unit: at(0, 'C'), value: 0 },
    ]
    const mapped = mapSeries(small, values, forward).values
    expect(mapped[0]?.exact).toBe('9007199254740993.000001')
    expect(mapped[0]?.value).toBe(9007199254740994)
    expect(mapped[1]?.exact).toBeUndefined()
  })
  it('gives the bounds when asked: every uncertain part whole, or not at all', () => {
    const mapped = mapSeries(small, [...series.slice(0, 2), { unit: at(0, 'C'), value: -8 }], {
      ...forward,
      interval: true,
    }).values
    expect(mapped.map((v) => [v.value, v.interval])).toEqual([
      [26, { lo: 22, hi: 30 }],
      [-4, { lo: -8, hi: 0 }],
    ])
  })
  it('is missing while a contributor has not reported, with the part that is known beside it', () => {
    const [m, n] = mapSeries(
      small,
      [
        { unit: at(0, 'A'), value: 10 },
        { unit: at(0, 'C'), status: 'O' },
      ],
      forward,
    ).values
    expect(m).toMatchObject({
      value: null,
      status: 'O',
      reason: 'incomplete',
      partial: 10,
      coverage: { reported: 1, expected: 3 },
    })
    expect(n).toMatchObject({
      value: null,
      status: 'O',
      reason: 'missing',
      coverage: { reported: 0, expected: 1 },
    })
    expect(
      mapSeries(small, [{ unit: at(0, 'A'), value: 10 }], { ...forward, minCoverage: 0.3 }).values[0]?.value,
    ).toBe(10)
  })
  it('does not wait for units to which it does not apply', () => {
    const values: SeriesValue[] = [
      { unit: at(0, 'A'), value: 10 },
      { unit: at(0, 'B'), status: 'M' },
      { unit: at(0, 'C'), value: 2 },
    ]
    expect(mapSeries(small, values, forward).values[0]).toMatchObject({
      value: 11,
      coverage: { reported: 2, expected: 2 },
    })
  })
  it('does not see withdrawn values', () => {
    const values: SeriesValue[] = [
      { unit: at(0, 'D'), value: 1, status: 'X' },
      { unit: at(0, 'D'), value: 2 },
    ]
    expect(mapSeries(small, values, forward)).toMatchObject({
      values: [{ value: 2, status: 'A' }],
      problems: [],
    })
  })
  it('is as doubtful as its most doubtful contributor', () => {
    const values: SeriesValue[] = [
      { unit: at(0, 'A'), value: 1 },
      { unit: at(0, 'B'), value: 1, status: 'P' },
      { unit: at(0, 'C'), value: 0, status: 'M' },
    ]
    expect(mapSeries(small, values, forward).values[0]?.status).toBe('P')
  })
  it('stays apart by key, and a unit that reports for both maps is not counted twice', () => {
    const values: SeriesValue[] = [
      { unit: at(0, 'A'), key: '2023', value: 1 },
      { unit: at(0, 'B'), key: '2023', value: 2 },
      { unit: at(0, 'C'), key: '2023', value: 0 },
      { unit: at(0, 'A'), key: '2024', value: 4 },
      { unit: at(1, 'M'), key: '2024', value: 9 },
      { unit: at(1, 'M'), key: '2024', value: 8 },
    ]
    const { values: mapped, problems } = mapSeries(small, values, forward)
    expect(mapped.filter((v) => v.unit === at(1, 'M')).map((v) => [v.key, v.value])).toEqual([
      ['2023', 3],
      ['2024', 9],
    ])
    expect(problems.map((p) => p.code)).toEqual(['duplicate-value', 'two-maps'])
  })
})

describe('what is no number', () => {
  it('is named and left out, never NaN', () => {
    const values: SeriesValue[] = [
      { unit: at(0, 'D'), key: 'a', value: Number.NaN },
      { unit: at(0, 'D'), key: 'b', value: '12,5' },
      { unit: at(0, 'D'), key: 'c', value: Number.POSITIVE_INFINITY },
      { unit: at(0, 'D'), key: 'd', value: '12.50' },
      { unit: 'urn:nhip:unit:Z@2000-01-01', key: 'd', value: 1 },
    ]
    const { values: mapped, problems } = mapSeries(small, values, forward)
    expect(mapped.map((v) => [v.key, v.value])).toEqual([['d', 12.5]])
    expect(problems.map((p) => [p.code, p.value])).toEqual([
      ['not-a-number', 'NaN'],
      ['not-a-number', '12,5'],
      ['not-a-number', 'Infinity'],
      ['unit-unknown', 'urn:nhip:unit:Z@2000-01-01'],
    ])
  })
})

describe('an amount taken back', () => {
  const now: SeriesValue[] = [
    { unit: at(1, 'M'), value: 40 },
    { unit: at(1, 'N'), value: 5 },
    { unit: at(1, 'R'), value: 8 },
  ]
  it('is an estimate across a merger, exact where the parts of one unit come together or a name changed', () => {
    // Of M comes 1 part from A, 1 from B and half a part from C; N came wholly from C.
    expect(shown(now, back)).toEqual({
      A: [16, 'E', 'equal'],
      B: [16, 'E', 'equal'],
      C: [13, 'E', 'equal'],
      D: [8, 'A', ''],
    })
  })
  it('uses the size of the old units when asked, and says when it could not', () => {
    const { values, problems } = mapSeries(small, now, { ...back, shares: 'population' })
    // 100 : 300 : 400 × 0.9
    expect(values.map((v) => [v.value, v.methods])).toEqual([
      [5, ['population']],
      [16, ['population']],
      [24, ['population']],
      [8, []],
    ])
    expect(problems).toEqual([])
    expect(mapSeries(small, now, { ...back, shares: 'area' }).problems.map((p) => p.code)).toEqual([
      'weight-missing',
    ])
  })
})

describe('other semantics', () => {
  it('carry a ratio by numerator and denominator', () => {
    const values: SeriesValue[] = [
      { unit: at(0, 'A'), num: 1, den: 2 },
      { unit: at(0, 'B'), num: 9, den: 10 },
      { unit: at(0, 'C'), num: 2, den: 4 },
      { unit: at(0, 'D'), num: 0, den: 0 },
    ]
    const mapped = mapSeries(small, values, { ...forward, semantics: 'ratio', interval: true }).values
    expect(mapped[0]).toMatchObject({
      num: 11,
      den: 14,
      value: 11 / 14,
      status: 'E',
      numInterval: { lo: 10, hi: 12 },
      denInterval: { lo: 12, hi: 16 },
    })
    expect(mapped[2]).toMatchObject({ value: null, status: 'O', reason: 'zero-denominator' })
  })
  it('carry scores and text only where one unit became exactly one other', () => {
    expect(shown(series, { ...forward, semantics: 'last' })).toEqual({
      M: [null, 'O', ''],
      N: [null, 'O', ''],
      R: [5, 'A', ''],
    })
    const text = mapSeries(
      small,
      [
        { unit: at(0, 'D'), text: 'loại I' },
        { unit: at(0, 'C'), text: 'loại II' },
      ],
      { ...forward, semantics: 'text' },
    ).values
    // A alone of the two that became M has a score: that does not make it M's.
    const alone = mapSeries(small, [{ unit: at(0, 'A'), value: 3 }], { ...forward, semantics: 'last' }).values
    expect(alone[0]).toMatchObject({ unit: at(1, 'M'), value: null, reason: 'not-additive' })
    expect(text.map((v) => [v.unit, v.text, v.reason])).toEqual([
      [at(1, 'R'), 'loại I', undefined],
      [at(1, 'M'), undefined, 'not-additive'],
      [at(1, 'N'), undefined, 'not-additive'],
    ])
  })
  it('leave every value where it was as then', () => {
    expect(
      mapSeries(small, series, { ...forward, view: 'as_then' }).values.map((v) => [
        v.unit,
        v.value,
        v.status,
      ]),
    ).toEqual(series.map((v) => [v.unit, v.value, 'A']))
  })
  it('follow from the aggregation over units that the property declares', () => {
    expect(['sum', 'count', 'ratio', 'mean', 'none', 'last'].map(semanticsOf)).toEqual([
      'additive',
      'additive',
      'ratio',
      'last',
      'last',
      'last',
    ])
  })
})

describe('parts that come together again', () => {
  const territory = territoryOf(
    [unit(0, 'A'), unit(1, 'B'), unit(1, 'C'), unit(2, 'D', { valid: { from: days[2], to: null } })],
    [
      edge(1, 'A', 'B', null, 'split'),
      edge(1, 'A', 'C', null, 'split'),
      edge(2, 'B', 'D'),
      edge(2, 'C', 'D'),
    ],
  )
  it('are certain, whatever the division on the way was', () => {
    const [d] = mapSeries(territory, [{ unit: at(0, 'A'), value: 7 }], { ...forward, view: 'as_now' }).values
    expect(d).toMatchObject({ unit: at(2, 'D'), value: 7, status: 'A', methods: [] })
    const [rank] = mapSeries(territory, [{ unit: at(0, 'A'), value: 7 }], {
      ...forward,
      view: 'as_now',
      semantics: 'last',
    }).values
    expect(rank).toMatchObject({ value: 7, status: 'A' })
  })
})

describe('units that end', () => {
  it('lose their share, never give it to others, and are named', () => {
    const territory = territoryOf(
      [unit(0, 'A'), unit(1, 'B', open), unit(1, 'C')],
      [edge(1, 'A', 'B', '0.5', 'split'), edge(1, 'A', 'C', '0.5', 'split')],
    )
    const { values, problems } = mapSeries(territory, [{ unit: at(0, 'A'), value: 10 }], {
      ...forward,
      view: days[2],
    })
    expect(values.map((v) => [v.unit, v.value, v.methods])).toEqual([[at(1, 'B'), 5, ['published']]])
    expect(problems.map((p) => [p.code, p.value])).toEqual([['no-successor', at(1, 'C')]])
  })
})

/** A random history: four maps of up to 12 units; each unit goes to one or more of the next map, every unit of which has a predecessor. */
const history = fc
  .record({
    sizes: fc.array(fc.integer({ min: 2, max: 12 }), { minLength: 4, maxLength: 4 }),
    targets: fc.array(
      fc.array(fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 3 }), {
        minLength: 12,
        maxLength: 12,
      }),
      { minLength: 3, maxLength: 3 },
    ),
    weights: fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 48, maxLength: 48 }),
  })
  .map(({ sizes, targets, weights }) => {
    const units: Unit[] = []
    const edges: Edge[] = []
    for (const [n, size] of sizes.entries()) {
      for (let i = 0; i < size; i++)
        units.push(unit(n, `U${i}`, { population: weights[n * 12 + i] as number }))
    }
    for (let n = 1; n < 4; n++) {
      const [before, after] = [sizes[n - 1] as number, sizes[n] as number]
      for (let i = 0; i < before; i++) {
        const to = new Set((targets[n - 1]?.[i] ?? []).map((t) => t % after))
        // Every unit of the next map comes from somewhere: the first ones take what is left over.
        for (let j = i; j < after; j += before) to.add(j)
        for (const j of to)
          edges.push(edge(n, `U${i}`, `U${j}`, to.size === 1 ? '1' : null, to.size === 1 ? 'merge' : 'split'))
      }
    }
    return territoryOf(units, edges)
  })
const shares = fc.constantFrom('equal' as const, 'population' as const)
const number = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
  fc.integer({ min: 0, max: 99_999 }).map((x) => x / 100),
)

/** The exact sum of decimals. */
function exactSum(values: readonly (number | string)[]): string {
  const decimals = values.map(decimalOf)
  const scale = Math.max(0, ...decimals.map((d) => d.scale))
  return decimalText(
    decimals.reduce((sum, d) => sum + stepsOf(d, scale), 0n),
    scale,
  )
}

describe('on random histories', () => {
  it('amounts are conserved to the last digit, forward and back, and every divided one is marked', () => {
    fc.assert(
      fc.property(
        history,
        shares,
        fc.array(number, { minLength: 12, maxLength: 12 }),
        fc.constantFrom([0, 3], [0, 1], [3, 0], [2, 1]),
        (territory, by, numbers, [from, to]) => {
          const source = territory.units({ at: days[from as number] as string })
          const values = source.map((u, i) => ({ unit: u.id, value: numbers[i % numbers.length] as number }))
          const view = days[to as number] as string
          const mapped = mapSeries(territory, values, {
            view,
            shares: by,
            semantics: 'additive',
            interval: true,
          }).values
          expect(exactSum(mapped.map((v) => v.exact ?? (v.value as number)))).toBe(
            exactSum(values.map((v) => v.value)),
          )
          const transition = new Transition(territory, view, by)
          for (const v of mapped) {
            const divided = v.from.some((id) => transition.parts(id).length > 1)
            expect([v.unit, v.status]).toEqual([v.unit, divided ? 'E' : 'A'])
            expect(v.methods.length > 0).toBe(divided)
            expect(v.interval?.lo).toBeLessThanOrEqual((v.value as number) + 1e-6)
            expect(v.interval?.hi).toBeGreaterThanOrEqual((v.value as number) - 1e-6)
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('composition is associative: by way of any map between, shares are the same fractions', () => {
    fc.assert(
      fc.property(history, shares, (territory, by) => {
        const maps = days.map((day) => new Transition(territory, day, by))
        const through = (id: string, [first, ...rest]: Transition[]): Map<string, string> => {
          let parts = (first as Transition)
            .parts(id)
            .map((p) => ({ to: p.to, num: p.weight.num, den: p.weight.den }))
          for (const next of rest)
            parts = parts.flatMap((p) =>
              next
                .parts(p.to)
                .map((q) => ({ to: q.to, num: p.num * q.weight.num, den: p.den * q.weight.den })),
            )
          const sums = new Map<string, { num: bigint; den: bigint }>()
          for (const p of parts) {
            const s = sums.get(p.to) ?? { num: 0n, den: 1n }
            sums.set(p.to, { num: s.num * p.den + p.num * s.den, den: s.den * p.den })
          }
          return new Map(
            [...sums].map(([to, { num, den }]) => [
              to,
              (num * 10n ** 30n) / den === 0n ? '0' : `${(num * 10n ** 30n) / den}`,
            ]),
          )
        }
        const [m0, m1, m2, m3] = maps as [Transition, Transition, Transition, Transition]
        for (const u of territory.units({ at: days[0] })) {
          expect(through(u.id, [m1, m2, m3])).toEqual(through(u.id, [m3]))
          expect(through(u.id, [m2, m3])).toEqual(through(u.id, [m3]))
        }
        for (const u of territory.units({ at: days[3] }))
          expect(through(u.id, [m2, m1, m0])).toEqual(through(u.id, [m0]))
      }),
      { numRuns: 40 },
    )
  })

  it('a pure rename changes nothing but the name of the unit, there and back', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 10 }), (numbers) => {
        const names = numbers.map((_, i) => `U${i}`)
        const territory = territoryOf(
          names.flatMap((c) => [unit(0, c), unit(1, `${c}x`, open)]),
          names.map((c) => edge(1, c, `${c}x`, '1', 'rename')),
        )
        const values = names.map((c, i) => ({ unit: at(0, c), value: numbers[i] as number }))
        const there = mapSeries(territory, values, { ...forward, view: 'as_now' }).values
        expect(there.map((v) => [v.unit, v.value, v.status])).toEqual(
          names.map((c, i) => [at(1, `${c}x`), (numbers[i] as number) + 0, 'A']),
        )
        const again = mapSeries(
          territory,
          there.map((v) => ({ unit: v.unit, value: v.value })),
          back,
        ).values
        expect(again.map((v) => [v.unit, v.value, v.status])).toEqual(
          values.map((v) => [v.unit, v.value + 0, 'A']),
        )
      }),
      { numRuns: 50 },
    )
  })
})
