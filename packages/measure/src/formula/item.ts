import type { Span } from '@nhip/feel/ast'
import { aggregate } from './aggregate.ts'
import { parseBreakdown, TOTAL } from './breakdown.ts'
import { compareCodePoints } from './code-points.ts'
import type { Cells, Cube } from './cube.ts'
import type { Agg, ItemDefinition } from './definition.ts'
import type { Expr, FormulaType, Frame } from './expression.ts'
import { groupsOf, openUnits } from './groups.ts'
import { place } from './pointwise.ts'
import { Refused } from './refused.ts'
import { quoted, type Relation, type SqlCell } from './relation.ts'
import type { FormulaScope } from './scope.ts'
import { type Column, emptyColumn, STATE } from './value.ts'

/** How an item is read: its total, the parts that a filter chooses, or one side of its ratio. */
export interface ItemReading {
  readonly definition: ItemDefinition
  readonly scope: FormulaScope
  readonly type: FormulaType
  readonly where: {
    readonly condition: Expr
    readonly dimensions: readonly string[]
    readonly text: string
  } | null
  readonly of: 'value' | 'numerator' | 'denominator'
}

/** A column while it is put together, with the sides of ratios. */
interface Readings extends Column {
  readonly numerator: Float64Array | null
  readonly denominator: Float64Array | null
}

/**
 * The values of an item. At a unit above the level that reports it, the aggregate of the reporting units below by the
 * rule of its definition: what is stored there is a control total and is not read.
 */
export function item(span: Span, reading: ItemReading): Expr {
  const { definition, type, where, of } = reading
  const { code } = definition
  if (where !== null && aggregateOfParts(definition) === 'none' && !choosesOnePart(where.condition)) {
    throw new Refused('formula-type', span, {
      vi: `các phần của "${code}" không gộp được; điều kiện lọc phải chọn đúng một phần (dấu = nối bằng "and")`,
      en: `the parts of "${code}" cannot be put together; the filter must choose one of them (= joined by "and")`,
    })
  }
  return {
    ...place(span),
    operation: 'item',
    type,
    args: [],
    detail: {
      kind: 'item',
      code,
      part: where?.text ?? (of === 'value' ? null : of),
      breakdowns: (frame) => breakdownsOf(reading, frame),
    },
    evaluate(frame) {
      const own = readingsOf(reading, frame)
      const whole = overUnits(reading, own, frame)
      return of === 'value' ? whole : sideOf(own, of)
    },
    sql(relation) {
      const own = (): SqlCell => overUnitsSql(reading, ownSql(reading, relation), relation)
      // A formula that names an item twice reads it once.
      return where === null ? relation.once(`${of} ${code}`, own) : own()
    },
  }
}

/** A dimension of a breakdown, inside a filter: a text. */
export function dimension(span: Span, name: string): Expr {
  return {
    ...place(span),
    operation: 'dimension',
    type: { kind: 'text' },
    args: [],
    evaluate({ cube, part }) {
      const column = emptyColumn(cube.units.length, STATE.ok)
      const found = parseBreakdown(part?.value ?? TOTAL).get(name)
      if (found === undefined) column.state.fill(STATE.notReported)
      return {
        ...column,
        text: Array.from({ length: cube.units.length }, (): string | null => found ?? null),
      }
    },
    sql: (relation) => relation.add([], '0', partOf('t.breakdown', name)),
  }
}

/** How parts of a whole are put together; counts that do not add up have no way. */
function aggregateOfParts(definition: ItemDefinition): Agg {
  const how = definition.overUnits ?? 'sum'
  return how === 'sum' || how === 'ratio' || how === 'min' || how === 'max' ? how : 'none'
}

function choosesOnePart(condition: Expr): boolean {
  if (condition.operation === 'and') return condition.args.every(choosesOnePart)
  return condition.operation === '='
}

const chosen = new WeakMap<Cube, WeakMap<Expr, readonly string[]>>()

/** The breakdowns of an item that a filter chooses, ascending; `part` adds its own dimension. */
function breakdownsOf({ definition, where }: ItemReading, { cube, part }: Frame): string[] {
  const byBreakdown = cube.items.get(definition.code)
  if (byBreakdown === undefined) return []
  if (where === null && part === null) return byBreakdown.has(TOTAL) ? [TOTAL] : []
  const wanted = new Set(where?.dimensions)
  if (part !== null) wanted.add(part.dimension)
  const passing = where === null ? [...byBreakdown.keys()] : passingFilter(where.condition, byBreakdown, cube)
  return passing
    .filter((text) => {
      const parts = parseBreakdown(text)
      return (
        parts.size === wanted.size &&
        [...wanted].every((name) => parts.has(name)) &&
        (part === null || parts.get(part.dimension) === part.value)
      )
    })
    .sort(compareCodePoints)
}

function passingFilter(
  condition: Expr,
  byBreakdown: ReadonlyMap<string, Cells>,
  cube: Cube,
): readonly string[] {
  let byCondition = chosen.get(cube)
  if (byCondition === undefined) {
    byCondition = new WeakMap()
    chosen.set(cube, byCondition)
  }
  let passing = byCondition.get(condition)
  if (passing === undefined) {
    const one: Cube = { ...cube, units: cube.units.slice(0, 1) }
    passing = [...byBreakdown.keys()].filter((value) => {
      const column = condition.evaluate({
        cube: one,
        period: 0,
        part: { dimension: '', value },
        derived: new Map(),
      })
      return column.state[0] === STATE.ok && column.value[0] === 1
    })
    byCondition.set(condition, passing)
  }
  return passing
}

/** What is stored for each unit itself, parts put together. */
function readingsOf(reading: ItemReading, frame: Frame): Readings {
  const { cube, period } = frame
  const rows = cube.units.length
  const missing = { ...emptyColumn(rows, STATE.notReported), numerator: null, denominator: null }
  if (period < 0 || period >= cube.periods.length) return missing
  const names = breakdownsOf(reading, frame)
  const all = names.map((name) =>
    slice(cube.items.get(reading.definition.code)!.get(name)!, period * rows, rows),
  )
  if (all.length === 0) return missing
  if (all.length === 1) return all[0]!
  const how = aggregateOfParts(reading.definition)
  const state = new Uint8Array(rows)
  const value = new Float64Array(rows)
  const coverage = new Float64Array(rows)
  const order = all.map((_, i) => i)
  for (let u = 0; u < rows; u++) {
    const result = aggregate(
      how,
      {
        state: all.map((cells) => cells.state[u] as number),
        value: all.map((cells) => cells.value[u] as number),
        numerator: all.map((cells) => cells.numerator?.[u] ?? Number.NaN),
        denominator: all.map((cells) => cells.denominator?.[u] ?? Number.NaN),
      },
      order,
    )
    state[u] = result.state
    value[u] = result.value
    coverage[u] = result.coverage
  }
  return { state, value, text: null, coverage, numerator: null, denominator: null }
}

function slice(cells: Cells, from: number, rows: number): Readings {
  return {
    state: cells.state.subarray(from, from + rows),
    value: cells.value.subarray(from, from + rows),
    text: cells.text?.slice(from, from + rows) ?? null,
    coverage: null,
    numerator: cells.numerator?.subarray(from, from + rows) ?? null,
    denominator: cells.denominator?.subarray(from, from + rows) ?? null,
  }
}

function sideOf(own: Readings, of: 'numerator' | 'denominator'): Column {
  const side = own[of]
  const rows = own.state.length
  const column = emptyColumn(rows, STATE.notReported)
  for (let u = 0; u < rows; u++) {
    const x = side?.[u] ?? Number.NaN
    const s = own.state[u] as number
    if (s === STATE.suppressed || s === STATE.notApplicable || s === STATE.notYetDue) column.state[u] = s
    else if (Number.isFinite(x)) {
      column.state[u] = STATE.ok
      column.value[u] = x
    }
  }
  return column
}

function overUnits({ definition, scope, of }: ItemReading, own: Readings, frame: Frame): Column {
  const { reportedAt } = definition
  const { cube, period } = frame
  if (reportedAt === undefined || of !== 'value' || period < 0 || period >= cube.periods.length) return own
  const { below } = groupsOf(cube.units)
  const isOpen = openUnits(cube, period)
  const weightCode = definition.weight
  const weight =
    weightCode === undefined
      ? null
      : readingsOf(
          {
            definition: scope.items.get(weightCode) ?? { code: weightCode },
            scope,
            type: { kind: 'number', uom: null },
            where: null,
            of: 'value',
          },
          frame,
        )
  const how = definition.overUnits ?? 'sum'
  let whole: {
    state: Uint8Array
    value: Float64Array
    text: Readings['text']
    coverage: Float64Array
  } | null = null
  cube.units.forEach((unit, u) => {
    if (unit.level === reportedAt) return
    const reporting = below[u]!.filter((x) => cube.units[x]!.level === reportedAt && isOpen(x))
    if (reporting.length === 0) return
    whole ??= {
      state: Uint8Array.from(own.state),
      value: Float64Array.from(own.value),
      text: own.text,
      coverage:
        own.coverage === null
          ? new Float64Array(own.state.length).fill(Number.NaN)
          : Float64Array.from(own.coverage),
    }
    const result = aggregate(how, { ...own, weight }, reporting, definition.minCoverage)
    whole.state[u] = result.state
    whole.value[u] = result.value
    whole.coverage[u] = result.coverage
  })
  return whole ?? own
}

// ── SQL ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const partOf = (breakdown: string, name: string): string =>
  `regexp_extract(${breakdown}, ${quoted(`(^|;)${escaped(name)}=([^;]*)`)}, 2)`

const hasPart = (breakdown: string, name: string): string =>
  `regexp_matches(${breakdown}, ${quoted(`(^|;)${escaped(name)}=`)})`

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

interface OwnSql extends SqlCell {
  readonly n: string
  readonly d: string
}

/** The cells of each row itself: state, value and the sides of a ratio. */
function ownSql(reading: ItemReading, relation: Relation): OwnSql {
  const { definition, type, where, of } = reading
  const { cells } = relation.source
  const column =
    of === 'value' ? (type.kind === 'text' ? 'text' : type.kind === 'boolean' ? '(value = 1)' : 'value') : of
  const on = (j: string): string => relation.same(j)
  const [s, v, n, d] = [relation.name('s'), relation.name('v'), relation.name('n'), relation.name('d')]
  const stateOf = (j: string): string =>
    of === 'value'
      ? `coalesce(${j}.state, 2)`
      : `CASE WHEN ${j}.state IN (1, 5, 6) THEN ${j}.state WHEN ${j}.value IS NOT NULL THEN 0 ELSE 2 END`
  const wanted = new Set(where?.dimensions)
  if (relation.dimension !== null) wanted.add(relation.dimension)
  if (wanted.size <= (relation.dimension === null ? 0 : 1) && where === null) {
    const key = relation.dimension
    const level = relation.join(
      [],
      () =>
        `SELECT unit, period, ${key === null ? '' : `${partOf('breakdown', key)} AS part, `}state, ${column} AS value, numerator, denominator FROM ${cells} WHERE item = ${quoted(definition.code)} AND ${key === null ? `breakdown = '*'` : `len(string_split(breakdown, ';')) = 1 AND ${hasPart('breakdown', key)}`}`,
      on,
      (j) => [
        [s, stateOf(j)],
        [v, `CASE WHEN ${stateOf(j)} = 0 THEN ${j}.value END`],
        [n, `${j}.numerator`],
        [d, `${j}.denominator`],
      ],
    )
    return { s, v, n, d, level }
  }
  const list = relation.name('l')
  const breakdowns = relation.inside(
    `SELECT DISTINCT breakdown FROM ${cells} WHERE item = ${quoted(definition.code)} AND len(string_split(breakdown, ';')) = ${wanted.size}${[...wanted].map((name) => ` AND ${hasPart('breakdown', name)}`).join('')}`,
    ['breakdown'],
    null,
  )
  const passes = where === null ? null : breakdowns.cell(where.condition)
  const parts = breakdowns.finish()
  const part = relation.dimension === null ? '' : `${partOf('b.breakdown', relation.dimension)}`
  const how = aggregateOfParts(definition)
  const level = relation.join(
    [],
    (step) =>
      `SELECT k.unit, k.period${part && `, ${part} AS part`}, list({s: ${how === 'ratio' ? memberOfRatio('coalesce(c.state, 2)', 'c.numerator', 'c.denominator') : 'coalesce(c.state, 2)'}, r: coalesce(c.state, 2), v: c.value, n: c.numerator, d: c.denominator} ORDER BY b.breakdown) AS l, count(*) AS parts FROM (SELECT DISTINCT unit, period FROM ${step}) k CROSS JOIN ${parts} b LEFT JOIN ${cells} c ON c.item = ${quoted(definition.code)} AND c.unit = k.unit AND c.period = k.period AND c.breakdown = b.breakdown WHERE ${passes === null ? 'true' : `b.${passes.s} = 0 AND b.${passes.v}`} GROUP BY ALL`,
    on,
    (j) => [
      [list, `${j}.l`],
      [n, `CASE WHEN ${j}.parts = 1 THEN ${j}.l[1].n END`],
      [d, `CASE WHEN ${j}.parts = 1 THEN ${j}.l[1].d END`],
    ],
  )
  // One part is that part as it stands; several are put together.
  const whole = relation.list({ s: list, v: list, level }, list, how)
  const single = relation.add(
    [whole],
    `CASE WHEN len(${list}) = 1 THEN ${list}[1].r ELSE ${whole.s} END`,
    `CASE WHEN len(${list}) = 1 THEN CASE WHEN ${list}[1].r = 0 THEN ${list}[1].v END ELSE ${whole.v} END`,
  )
  return { ...single, n, d }
}

const memberOfRatio = (state: string, n: string, d: string): string =>
  `CASE WHEN ${state} = 6 THEN 6 WHEN ${n} IS NOT NULL AND ${d} IS NOT NULL AND ${state} <> 5 THEN 0 WHEN ${state} = 0 THEN 2 ELSE ${state} END`

function overUnitsSql(reading: ItemReading, own: OwnSql, relation: Relation): SqlCell {
  const { definition, scope, of } = reading
  const { reportedAt, weight } = definition
  if (reportedAt === undefined || of !== 'value') return own
  const how = definition.overUnits ?? 'sum'
  const weights: OwnSql | null =
    how !== 'weighted_mean'
      ? null
      : weight === undefined
        ? { s: '2', v: 'NULL::DOUBLE', n: '', d: '', level: 0 }
        : ownSql(
            {
              definition: scope.items.get(weight) ?? { code: weight },
              scope,
              type: { kind: 'number', uom: null },
              where: null,
              of: 'value',
            },
            relation,
          )
  const state =
    how === 'ratio'
      ? memberOfRatio(own.s, own.n, own.d)
      : how === 'none'
        ? `CASE WHEN ${own.s} = 0 THEN 2 ELSE ${own.s} END`
        : weights === null
          ? own.s
          : `greatest(${own.s}, ${weights.s})`
  const list = relation.name('l')
  const part = relation.dimension === null ? '' : ', m.part'
  const level = relation.join(
    weights === null ? [own] : [own, weights],
    (step) =>
      `SELECT a.ancestor AS unit, m.period${part}, list({s: ${state}, v: ${own.v}${how === 'ratio' ? `, n: ${own.n}, d: ${own.d}` : ''}${weights === null ? '' : `, w: ${weights.v}`}} ORDER BY m.unit) AS l FROM ${step} m JOIN below a ON a.unit = m.unit WHERE m.level = ${quoted(reportedAt)} AND m.is_open GROUP BY ALL`,
    (j) => relation.same(j),
    (j) => [[list, `CASE WHEN t.level IS DISTINCT FROM ${quoted(reportedAt)} THEN ${j}.l END`]],
  )
  const whole = relation.list({ s: list, v: list, level }, list, how, definition.minCoverage)
  return relation.add(
    [whole],
    `CASE WHEN ${list} IS NULL THEN ${own.s} ELSE ${whole.s} END`,
    `CASE WHEN ${list} IS NULL THEN ${own.v} ELSE ${whole.v} END`,
  )
}
