import type { DuckDBConnection } from '@duckdb/node-api'
import { RandomStream } from '@nhip/random/stream'
import { type Cube, type CubeRow, cubeOf, type UnitRow } from './cube.ts'
import type { ItemDefinition } from './definition.ts'
import { connect, load } from './duckdb.fixture.ts'
import { compileFormula, type Formula } from './formula.ts'
import { type FormulaScope, scopeOf } from './scope.ts'
import { toSql } from './to-sql.ts'

const UNITS: UnitRow[] = [
  { code: 'N', level: 'quoc_gia' },
  { code: 'T1', level: 'tinh', parent: 'N' },
  { code: 'T2', level: 'tinh', parent: 'N' },
  ...['a', 'b', 'c', 'd'].map((x) => ({ code: `X1${x}`, level: 'xa', parent: 'T1' })),
  { code: 'X2a', level: 'xa', parent: 'T2' },
  { code: 'X2b', level: 'xa', parent: 'T2', opens: '2026-01-01' },
  { code: 'X2c', level: 'xa', parent: 'T2', closes: '2026-01-01' },
  { code: 'Đảo', level: 'dac_khu' },
]
const PERIODS = ['2025-11', '2025-12', '2026-01', '2026-02']

export const ITEMS: ItemDefinition[] = [
  { code: 'a' },
  { code: 'b' },
  { code: 'DTI-1.1' },
  { code: 'DTI-1.2' },
  { code: '1.2' },
  { code: 'trieu', uom: 'triệu đồng' },
  { code: 'dong', uom: 'đồng' },
  { code: 'nop', reportedAt: 'xa', overUnits: 'sum', minCoverage: 0.4 },
  { code: 'bq', reportedAt: 'xa', overUnits: 'weighted_mean', weight: 'b' },
  { code: 'tyle', type: 'ratio', reportedAt: 'xa', overUnits: 'ratio' },
  { code: 'dinh', reportedAt: 'xa', overUnits: 'max' },
  { code: 'hs', overUnits: 'sum', breakdowns: ['kenh', 'gioi'] },
  { code: 'muc', type: 'text' },
  { code: 'co', type: 'yesno' },
  { code: 'hieu', formula: 'a - DTI-1.1' },
]

const SPECIAL = [
  0, -0, 0.5, -0.5, 1.5, 2.5, -2.5, 2.675, 1.005, -1.005, 0.285, 1e-9, 1e15, -1e15, 1e150, -1e150, 1e300,
  -1e300, 8.7e307, 5e-324,
]

/**
 * Seeded tables beside one another in one cube, each with units, parents and levels of its own, so that no formula sees
 * another table: eleven units of three levels, four months, every state and the values that go wrong most easily.
 */
export function randomTables(seed: number, first: number, count: number): Cube {
  const rows: CubeRow[] = []
  const units: UnitRow[] = []
  for (let t = first; t < first + count; t++) {
    const own = (code: string): string => `${code}/${String(t).padStart(6, '0')}`
    for (const unit of UNITS) {
      const parent = unit.parent ? own(unit.parent) : null
      // Units without a parent are peers of those of their level: so the level is the table's own.
      units.push({ ...unit, code: own(unit.code), parent, level: parent ? unit.level! : own(unit.level!) })
    }
    for (const row of randomRows(new RandomStream(seed, ['table', t])))
      rows.push({ ...row, unit: own(row.unit) })
  }
  return cubeOf(rows, { units })
}

function randomRows(stream: RandomStream): CubeRow[] {
  const wild = stream.uniform() < 0.5
  const number = (): number => {
    const kind = stream.uniform()
    if (kind < (wild ? 0.3 : 0.02)) return SPECIAL[stream.integer(0, SPECIAL.length - 1)]!
    if (kind < 0.5) return stream.integer(-20, 20) / 2
    return Math.round((stream.uniform() - 0.3) * 1e6) / 10 ** stream.integer(0, 6)
  }
  const rows: CubeRow[] = []
  const put = (unit: string, period: string, item: ItemDefinition, breakdown: string): void => {
    const fate = stream.uniform()
    const base = { unit, period, item: item.code, breakdown }
    if (fate < 0.08) return
    if (fate < 0.12) rows.push({ ...base, value: null, status: 'O', text: fate < 0.1 ? 'not_yet_due' : null })
    else if (fate < 0.16) rows.push({ ...base, value: null, status: 'M' })
    else if (fate < 0.19) rows.push({ ...base, value: null, status: 'Q' })
    else if (item.type === 'text')
      rows.push({ ...base, value: null, text: ['co', 'mot_phan', "không '"][stream.integer(0, 2)]! })
    else if (item.type === 'yesno') rows.push({ ...base, value: stream.integer(0, 1) })
    else if (item.type === 'ratio' && fate < 0.9) {
      rows.push({ ...base, value: null, numerator: number(), denominator: fate < 0.3 ? 0 : number() })
    } else rows.push({ ...base, value: number() })
  }
  for (const { code } of UNITS)
    for (const period of PERIODS)
      for (const item of ITEMS) {
        if (item.formula !== undefined) continue
        put(code, period, item, '*')
        if (item.code !== 'hs' && item.code !== 'a') continue
        for (const kenh of ['truc_tuyen', 'truc_tiep']) put(code, period, item, `kenh=${kenh}`)
        if (item.code === 'hs')
          for (const gioi of ['nam', 'nu']) {
            put(code, period, item, `gioi=${gioi}`)
            put(code, period, item, `gioi=${gioi};kenh=truc_tuyen`)
          }
      }
  return rows
}

/**
 * Writes random formulas. `exact` ones are computed by operations that IEEE 754 fixes to the last bit; what two
 * libraries may compute differently there (log, exp, powers) stands only where a last digit stays a last digit: under
 * products, roots and choices, not under differences, comparisons and rounding.
 */
export class FormulaWriter {
  readonly #stream: RandomStream

  constructor(stream: RandomStream) {
    this.#stream = stream
  }

  formula(): string {
    const depth = this.#stream.integer(1, 4)
    const kind = this.#stream.uniform()
    if (kind < 0.2) return this.boolean(depth)
    return kind < 0.4 ? this.loose(depth) : this.number(depth)
  }

  #pick<T>(...choices: readonly T[]): T {
    return choices[this.#stream.integer(0, choices.length - 1)] as T
  }

  #literal(): string {
    return this.#pick('0', '1', '2', '0.5', '-3', '100', '0.1', '1e15', '2.675')
  }

  #leaf(): string {
    if (this.#stream.uniform() < 0.15) return this.#literal()
    return this.#pick(
      'a',
      'a',
      'b',
      'DTI-1.1',
      'DTI-1.2',
      'item("1.2")',
      'nop',
      'bq',
      'tyle',
      'dinh',
      'hs',
      'hieu',
      'hs[kenh = "truc_tuyen"]',
      'hs[kenh != "x"]',
      'hs[kenh = "truc_tuyen" and gioi in ("nam", "nu")]',
      'hs[gioi = "nu" or gioi = "khac"]',
      'tyle.numerator',
      'null',
    )
  }

  number(depth: number): string {
    if (depth <= 0) return this.#leaf()
    const x = (): string => this.number(depth - 1)
    const set = (): string => this.#pick('"sum"', '"mean"', '"min"', '"max"', '"count"')
    const write = this.#pick<() => string>(
      () => `(${x()} + ${x()})`,
      () => `(${x()} - ${x()})`,
      () => `(${x()} * ${x()})`,
      () => `(${x()} / ${x()})`,
      () => `-(${x()})`,
      () => `abs(${x()})`,
      () => `min(${x()}, ${x()})`,
      () => `max(${x()}, ${x()}, ${x()})`,
      () => `round half up(${x()}, ${this.#pick(-3, -1, 0, 1, 2, 5, 12)})`,
      () => `clamp(${x()}, ${this.#pick('0', '-1')}, ${this.#pick('10', x())})`,
      () => `sqrt(${x()})`,
      () => `ratio(${x()}, ${x()})`,
      () => `percent(${x()}, ${x()})`,
      () => `if ${this.boolean(depth - 1)} then ${x()} else ${x()}`.replace(/^(.*)$/s, '($1)'),
      () => `coalesce(${x()}, ${x()})`,
      () => `zero if missing(${x()})`,
      () => `band(${x()}, [-1e300, 0], [0, 2], [0.5, 5], [10, 10])`,
      () => `band(${x()}, [0, 0], [2.5, 1])`,
      () => `linear(${x()}, ${this.#pick('0, 10', '5, -5')})`,
      () => `level(muc, "co", 1, "mot_phan", 0.5)`,
      () => `previous(${x()}, ${this.#pick(1, 2, 5)})`,
      () => `at(${x()}, ${this.#pick('@"-P1M"', '@"P1M"', '@"-P1Y"')})`,
      () => `ytd(${x()})`,
      () => `rolling(${x()}, ${this.#pick(2, 3)}, ${this.#pick(set(), '"first"', '"last"')})`,
      () => `children(${x()}, ${set()})`,
      () => `parent(${x()})`,
      () => `share of parent(${x()})`,
      () => `peers(${x()}, ${set()})`,
      () => `rank(${x()})`.replace(/^/, '1 * '),
      () => `percentile(${x()})`.replace(/^/, '1 * '),
      () => `sum of("DTI-1.")`,
      () => `sub(${x()}, ${set()})`,
      () =>
        depth > 2
          ? x()
          : `sub(${this.#pick('hs', 'hs * a', 'hs / a', 'hs[gioi = "nam"]', 'hs - zero if missing(a)', 'rank(hs) + a', 'sub(hs, "sum") - previous(a)')}, ${set()}, "kenh")`,
      () => `(trieu + dong) / ${this.#pick('dong', 'trieu')}`.replace(/^(.*)$/, '($1)'),
    )
    return write()
  }

  boolean(depth: number): string {
    if (depth <= 0) return this.#pick('co', 'true', 'a > 0', 'muc = "co"', 'b >= a', 'is missing(a)')
    const x = (): string => this.number(depth - 1)
    const p = (): string => this.boolean(depth - 1)
    const write = this.#pick<() => string>(
      () => `(${x()} ${this.#pick('<', '<=', '=', '!=', '>', '>=')} ${x()})`,
      () => `(${p()} and ${p()})`,
      () => `(${p()} or ${p()})`,
      () => `not(${p()})`,
      () => `is missing(${x()})`,
      () => `is not applicable(${x()})`,
      () => `(${x()} in [0..${this.#pick('10', '1e15')}))`,
      () => `(${x()} in (1, 2.5, < -5))`,
      () => `(${x()} between ${x()} and ${x()})`,
      () => `(muc in ("co", "khác"))`,
      () => `(if ${p()} then ${p()} else ${p()})`,
      () => `(trieu > dong)`,
      () => `previous(${p()})`,
    )
    return write()
  }

  loose(depth: number): string {
    const exact = (): string => this.number(depth - 1)
    const x = (): string => (depth <= 0 ? exact() : this.loose(depth - 1))
    return this.#pick<() => string>(
      () => `log(${exact()})`,
      () => `exp(${exact()})`,
      () => `(${exact()}) ** ${this.#pick('2', '3', '-1', '0.5', '0', '(b)')}`,
      () => `(${x()} * ${exact()})`,
      () => `(${exact()} / (${x()}))`,
      () => `abs(${x()})`,
      () => `coalesce(${x()}, ${exact()})`,
      () => `(if ${this.boolean(depth - 1)} then ${x()} else ${exact()})`,
      () => `parent(${x()})`,
      () => `previous(${x()})`,
    )()
  }
}

export interface Comparison {
  pairs: number
  /** Values and states that were compared. */
  values: number
  /** How often each state was the (common) answer. */
  states: number[]
  differences: string[]
}

/**
 * Compares the two back ends: `formulas` random ones, each over `tables` random tables; every hundred formulas have
 * tables of their own.
 */
export async function compareBackEnds(seed: number, formulas: number, tables: number): Promise<Comparison> {
  const connection = await connect()
  const result: Comparison = { pairs: 0, values: 0, states: [0, 0, 0, 0, 0, 0, 0], differences: [] }
  const scope = scopeOf(ITEMS, 'month')
  const writer = new FormulaWriter(new RandomStream(seed, ['formulas']))
  for (let done = 0; done < formulas && result.differences.length < 20; ) {
    const cube = randomTables(seed, (done / 100) * tables, tables)
    const source = await load(connection, cube)
    for (const end = Math.min(done + 100, formulas); done < end; done += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, end - done) }, () => soundFormula(writer, scope))
      const rows = await answers(
        connection,
        toSql(
          batch.map(({ expr }) => expr),
          source,
        ),
      )
      batch.forEach((formula, f) => {
        compareOne(result, cube, formula, rows, f)
        result.pairs += tables
      })
    }
  }
  connection.closeSync()
  return result
}

const BATCH = 4

/** Only what the writer cannot know about units of measure is written again. */
function soundFormula(writer: FormulaWriter, scope: FormulaScope): Formula {
  for (;;) {
    const text = writer.formula()
    const { formula, problems } = compileFormula(text, scope)
    if (formula !== null) return formula
    if (problems.some(({ code }) => code !== 'uom-mismatch'))
      throw new Error(`${text}: ${JSON.stringify(problems)}`)
  }
}

type Row = Record<string, unknown>

async function answers(connection: DuckDBConnection, sql: string): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql)
  return reader.getRowObjects()
}

function compareOne(result: Comparison, cube: Cube, formula: Formula, rows: readonly Row[], f: number): void {
  const { units, periods } = cube
  periods.forEach((period, p) => {
    const column = formula.evaluate(cube, p)
    units.forEach((unit, u) => {
      const row = rows[u * periods.length + p]!
      if (row.unit !== unit.code || row.period !== period)
        throw new Error(`row order: ${row.unit} ${row.period}`)
      const [state, value] = [Number(row[`state_${f}`]), row[`value_${f}`]]
      const ours = column.state[u]!
      result.values++
      result.states[ours]!++
      const same = state === ours && (ours !== 0 || sameValue(column.text?.[u] ?? column.value[u]!, value))
      if (!same) {
        const mine = ours === 0 ? column.value[u] : `state ${ours}`
        result.differences.push(
          `${unit.code} ${period}: ${formula.text}\n  JS ${mine}, DuckDB ${state === 0 ? value : `state ${state}`}`,
        )
      }
    })
  })
}

function sameValue(ours: number | string, theirs: unknown): boolean {
  if (typeof ours === 'string') return ours === theirs
  const x = typeof theirs === 'boolean' ? Number(theirs) : theirs
  if (typeof x !== 'number' || !Number.isFinite(ours) || !Number.isFinite(x)) return false
  // Below the normal range doubles have fewer digits than the comparison asks for.
  return (
    ours === x ||
    Math.abs(ours - x) <= 1e-12 * Math.max(Math.abs(ours), Math.abs(x)) ||
    Math.max(Math.abs(ours), Math.abs(x)) < 1e-290
  )
}
