import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadBundle } from '../bundle/load.ts'
import { lower } from '../ir/lower.ts'
import { compareOne, emptyTally, replay, sqlDifferences } from '../kernel/compare.fixture.ts'
import type { Chunk } from '../kernel/contract.ts'
import { interpreted } from '../kernel/differential.fixture.ts'
import { emitSql } from './emit.ts'
import { answered, type Engine, fill } from './engines.fixture.ts'

/** One formula a person: `x` and `y` whole numbers, `d` a day or null, `b` a boolean or null, `w` a word or null. */
function lawOf(
  formulas: readonly (readonly [type: string, feel: string])[],
  level = 'person',
): Map<string, string> {
  const variables = formulas.map(
    ([type, feel], i) =>
      `  r${i}: {entity: ${level}, type: ${type}, nullable: true, period: month, formulas: [{feel: '${feel}', basis: identity}]}`,
  )
  return new Map([
    [
      'policy.yaml',
      `nhip: policy/1
id: rui-ro
title: {vi: Rủi ro của SQL, en: Risks of SQL}
version: "1"
entities:
  person: {plural: persons}
  household: {plural: households, group: person, roles: {head: {plural: heads}}}
enums:
  word: [á, b, Z]
variables:
  x: {entity: person, type: number, scale: 0, min: -1000000000000, max: 1000000000000, period: month, default: 0}
  y: {entity: person, type: number, scale: 0, min: -100, max: 100, nullable: true, period: month, default: null}
  d: {entity: person, type: date, period: eternity, default: null}
  b: {entity: person, type: boolean, nullable: true, period: month, default: null}
  w: {entity: person, type: word, nullable: true, period: month, default: null}
${variables.join('\n')}
`,
    ],
  ])
}

interface Row {
  readonly x?: number
  readonly y?: number
  readonly d?: string
  readonly b?: boolean
  readonly w?: 'á' | 'b' | 'Z'
}

const DAY = (text: string) => Date.parse(text) / 86_400_000

/** All rows are members of one household. */
function chunkOf(rows: readonly Row[]): Chunk {
  const column = (of: (row: Row) => number | undefined) => ({
    data: Float64Array.from(rows, (row) => of(row) ?? 0),
    valid: Uint8Array.from(rows, (row) => (of(row) === undefined ? 0 : 1)),
  })
  return {
    households: 1,
    persons: rows.length,
    first: Int32Array.of(0, rows.length),
    columns: {
      x: column(({ x }) => x ?? 0),
      y: column(({ y }) => y),
      d: column(({ d }) => (d === undefined ? undefined : DAY(d))),
      b: column(({ b }) => (b === undefined ? undefined : Number(b))),
      w: column(({ w }) => (w === undefined ? undefined : ['á', 'b', 'Z'].indexOf(w))),
      role: { data: new Uint8Array(rows.length) },
      position: { data: Int32Array.from(rows, (_, i) => i + 1) },
    },
  }
}

/** Where SQL engines differ from the law, each held against the engines given; the first is DuckDB. */
export function describeRisks(title: string, open: () => Promise<readonly Engine[]>): void {
  describe(title, () => {
    const engines: Engine[] = []
    const postgres = () => engines.find(({ dialect }) => dialect === 'postgres')
    beforeAll(async () => {
      engines.push(...(await open()))
    }, 300_000)
    afterAll(async () => {
      for (const engine of engines) await engine.close()
    })

    /** Results by row and formula, the same on both engines and in the interpreter. */
    async function results(
      formulas: readonly (readonly [type: string, feel: string])[],
      rows: readonly Row[],
      level = 'person',
    ): Promise<string[][]> {
      const { bundle, problems } = loadBundle(lawOf(formulas, level))
      const errors = problems.filter(({ severity }) => severity === 'error')
      if (!bundle || errors.length > 0) throw new Error(JSON.stringify(errors))
      const names = formulas.map((_, i) => `r${i}`)
      const { ir } = lower(bundle.at(), names, { period: '2026-07' })
      if (ir === null) throw new Error('not lowered')
      const chunk = chunkOf(rows)
      const expected = interpreted(ir, bundle.at(), chunk)
      for (const engine of engines) expect(await sqlDifferences(engine, ir, chunk, expected)).toEqual([])
      const [engine] = engines as [Engine]
      await fill(engine, ir, chunk)
      const got = await answered(engine, ir)
      const count = level === 'person' ? rows.length : 1
      return Array.from({ length: count }, (_, row) => names.map((name) => got.get(`${name}[${row}]`) ?? ''))
    }

    it('does not divide as the engines do: DECIMAL / DECIMAL is a DOUBLE in DuckDB, round is half away from zero', async () => {
      const [duck] = engines as [Engine]
      expect(await duck.rows('SELECT typeof(1.0::DECIMAL(9,2) / 3::DECIMAL(9,2)) AS t')).toEqual([
        { t: 'DOUBLE' },
      ])
      expect(
        await results(
          [
            ['number', 'round half even(x / 2, 0)'],
            ['number', 'round half up(x / 2, 0)'],
            ['number', 'round half down(x / 2, 0)'],
            ['number', 'round half up(x * 0.015, 0)'],
          ],
          [{ x: 5 }, { x: -5 }, { x: 7 }, { x: 999_999_999_999 }],
        ),
      ).toEqual([
        ['2', '3', '2', '0'],
        ['-2', '-3', '-2', '0'],
        ['4', '4', '3', '0'],
        ['500000000000', '500000000000', '499999999999', '15000000000'],
      ])
    })

    it('floors where the engines truncate: −7 // 2 is −3 there, −4 in the law; modulo(−10, 4) is 2', async () => {
      const [duck] = engines as [Engine]
      expect(await duck.rows('SELECT CAST(-7 // 2 AS INTEGER) AS q, CAST(-10 % 4 AS INTEGER) AS r')).toEqual([
        { q: -3, r: -2 },
      ])
      const other = await postgres()?.rows('SELECT -7 / 2 AS q, -10 % 4 AS r')
      expect(other ?? [{ q: -3, r: -2 }]).toEqual([{ q: -3, r: -2 }])
      expect(
        await results(
          [
            ['number', 'floor(x / 2)'],
            ['number', 'ceiling(x / 2)'],
            ['number', 'modulo(x, 4)'],
            ['number', 'modulo(x, -4)'],
            ['number', 'round down(x / 2, 0)'],
            ['number', 'round up(x / 2, 0)'],
          ],
          [{ x: -7 }, { x: -10 }, { x: 7 }],
        ),
      ).toEqual([
        ['-4', '-3', '1', '-3', '-3', '-4'],
        ['-5', '-5', '2', '-2', '-5', '-5'],
        ['3', '4', '3', '-1', '3', '4'],
      ])
    })

    it('gives null for a zero divisor, where DuckDB gives Infinity and Postgres an error', async () => {
      const [duck] = engines as [Engine]
      expect(await duck.rows('SELECT CAST(1/0 AS VARCHAR) AS q')).toEqual([{ q: 'inf' }])
      const server = postgres()
      if (server) await expect(server.rows('SELECT 1/0')).rejects.toThrow('division by zero')
      expect(
        await results(
          [
            ['number', 'round half up(x / y, 0)'],
            ['boolean', 'x / y > 3'],
            ['number', 'modulo(x, y)'],
          ],
          [{ x: 7, y: 0 }, { x: 7, y: 2 }, { x: 7, y: -2 }, { x: 7 }],
        ),
      ).toEqual([
        ['null', 'null', 'null'],
        ['4', 'true', '1'],
        ['-4', 'false', '-1'],
        ['null', 'null', 'null'],
      ])
    })

    it('takes null for equal to null, and leaves and, or, not open as the law does', async () => {
      expect(
        await results(
          [
            ['boolean', 'y = null'],
            ['boolean', 'y = 5'],
            ['boolean', 'not(b)'],
            ['boolean', 'b and y > 3'],
            ['boolean', 'b or y > 3'],
            ['number', 'min(x, y)'],
            ['number', 'if b then 1 else 2'],
          ],
          [{ x: 1 }, { x: 1, y: 5, b: true }, { x: 1, y: 2, b: false }, { x: 1, y: 2 }, { x: 1, b: true }],
        ),
      ).toEqual([
        ['true', 'false', 'null', 'null', 'null', 'null', '2'],
        ['false', 'true', 'false', 'true', 'true', '1', '1'],
        ['false', 'false', 'true', 'false', 'false', '1', '2'],
        ['false', 'false', 'null', 'false', 'null', '1', '2'],
        ['true', 'false', 'false', 'null', 'true', 'null', '1'],
      ])
    })

    it('compares words by equality only, so that no collation has a say', async () => {
      expect(
        await results(
          [
            ['boolean', 'w = "á"'],
            ['boolean', 'w in ("b", "Z")'],
          ],
          [{ w: 'á' }, { w: 'Z' }, {}],
        ),
      ).toEqual([
        ['true', 'false'],
        ['false', 'true'],
        ['false', 'false'],
      ])
      const { bundle } = loadBundle(lawOf([['boolean', 'w < "b"']]))
      const { problems } = lower((bundle as NonNullable<typeof bundle>).at(), ['r0'], { period: '2026-07' })
      expect(problems.map(({ code }) => code)).toEqual(['not-lowered'])
    })

    it('counts ages by month and day: on 28 February the engines disagree about who was born on the 29th', async () => {
      const formulas = [
        ['number', 'age(d, @"2026-02-28")'],
        ['number', 'age(d, @"2026-02-28", "01-03")'],
        ['number', 'age(d, @"2026-03-01", "01-03")'],
        ['number', 'age(d, @"2028-02-28")'],
        ['number', 'months between(d, @"2026-02-28")'],
        ['date', 'd + @"P1Y"'],
      ].map(
        ([type, feel]) =>
          [
            type as string,
            (feel as string).replaceAll('(d,', '(held(d),').replace(/^d /, 'held(d) '),
          ] as const,
      )
      expect(
        await results(formulas, [
          { d: '2004-02-29' },
          { d: '2004-02-28' },
          { d: '2004-03-01' },
          { d: '2026-12-31' },
          {},
        ]),
      ).toEqual([
        ['22', '21', '22', '23', '264', '2005-02-28'],
        ['22', '22', '22', '24', '264', '2005-02-28'],
        ['21', '21', '22', '23', '263', '2005-03-01'],
        ['-1', '-1', '-1', '1', '-10', '2027-12-31'],
        ['null', 'null', 'null', 'null', 'null', 'null'],
      ])
    })

    it('adds whole numbers, so that the order of members does not count, and a missing figure leaves a sum open', async () => {
      const formulas = [
        ['number', 'sum(members.x)'],
        ['number', 'sum(members.y)'],
        ['number', 'max(members.y)'],
        ['number', 'sum(members[y != null].y)'],
        ['number', 'count(members[b])'],
        ['number', 'sum(members[x > 5000000000000].x)'],
        ['boolean', 'any(members.b)'],
        ['boolean', 'all(members.b)'],
      ] as const
      const rows = [{ x: 1e12, y: 3, b: false }, { x: -1e12 }, { x: 1, y: -2, b: true }]
      expect(await results(formulas, rows, 'household')).toEqual([
        ['1', 'null', 'null', '1', '1', '0', 'true', 'false'],
      ])
    })

    it('refuses what it cannot work out exactly instead of going on in doubles', () => {
      const { bundle } = loadBundle(lawOf([['number', 'x / 3 * 3']]))
      const { ir } = lower((bundle as NonNullable<typeof bundle>).at(), ['r0'], { period: '2026-07' })
      const { persons, problems } = emitSql(ir as NonNullable<typeof ir>, 'duckdb')
      expect(persons).toBeNull()
      expect(problems.map(({ code }) => code)).toEqual(['not-lowered'])
    })

    it('gives what the interpreter gives on bundles made by chance', async () => {
      const tally = emptyTally()
      for (const seed of [21, 22, 23]) await compareOne(seed, 6, engines, tally)
      expect(tally.differences).toEqual([])
      expect(tally.comparisons).toBeGreaterThan(500)
    })

    it('still gives the same values where it once did not', async () => {
      expect(await replay(engines)).toEqual([])
    })
  })
}
