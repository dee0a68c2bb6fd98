import { containing, periodOf, periodsFrom, type TilingKind } from '@nhip/calendar/period'
import { CELL, type Panel } from '../panel.ts'
import { breakdownText, parseBreakdown, TOTAL } from './breakdown.ts'
import { compareCodePoints } from './code-points.ts'
import { STATE } from './value.ts'

/** A unit of a cube. */
export interface CubeUnit {
  readonly code: string
  /** Position of its parent among the units, -1 for none. */
  readonly parent: number
  readonly level: string | null
  /** Civil dates `[opens, closes)` between which it exists; null is open. */
  readonly opens: string | null
  readonly closes: string | null
}

/** Values of one item and breakdown: of period `p` and unit `u` at `p * units + u`. */
export interface Cells {
  /** `STATE` of each cell. */
  readonly state: Uint8Array
  readonly value: Float64Array
  readonly text: (string | null)[] | null
  /** NaN where none is given; null when the data have none. */
  readonly numerator: Float64Array | null
  readonly denominator: Float64Array | null
  /** What each cell was read from (a line, an observation id), else null. */
  readonly source: (string | null)[] | null
}

/** Values by item, breakdown, period and unit: what formulas are evaluated over. */
export interface Cube {
  /** Ascending by code point of their codes. */
  readonly units: readonly CubeUnit[]
  /** ISO periods of one kind, ascending and without gaps; one empty text for data without periods. */
  readonly periods: readonly string[]
  readonly kind: TilingKind | null
  /** By item code, then by breakdown (`*` is the stored total). */
  readonly items: ReadonlyMap<string, ReadonlyMap<string, Cells>>
}

/** One value as data give it. */
export interface CubeRow {
  readonly unit: string
  readonly item: string
  readonly period?: string | null
  readonly breakdown?: string | null
  readonly value: number | null
  readonly numerator?: number | null
  readonly denominator?: number | null
  /** SDMX's codes: `O` missing, `M` not applicable, `Q` suppressed. */
  readonly status?: string | null
  readonly text?: string | null
  readonly line?: number | null
  readonly id?: string | null
}

export interface UnitRow {
  readonly code: string
  readonly parent?: string | null
  readonly level?: string | null
  readonly opens?: string | null
  readonly closes?: string | null
}

type MutableCells = { -readonly [K in keyof Cells]: Cells[K] }

/**
 * Arranges rows as a cube. Rows without a period beside rows with one hold in every period. Periods between the first and
 * the last are there even when no row has them. Of two rows for one cell the later one counts. Units that only `units`
 * names are there without values.
 * @throws {RangeError} on periods of different kinds; aggregate finer ones first.
 */
export function cubeOf(rows: Iterable<CubeRow>, options: { units?: Iterable<UnitRow> } = {}): Cube {
  const all = [...rows]
  const known = new Map([...(options.units ?? [])].map((unit) => [unit.code, unit]))
  for (const { unit } of all) if (!known.has(unit)) known.set(unit, { code: unit })
  const units = arrangeUnits(known)
  const { periods, kind } = arrangePeriods(all.map((row) => row.period ?? ''))
  const unitAt = new Map(units.map((unit, i) => [unit.code, i]))
  const periodAt = new Map(periods.map((period, i) => [period, i]))
  const size = units.length * periods.length
  const items = new Map<string, Map<string, MutableCells>>()
  // What has no period beside what has one holds in every period that says nothing itself.
  const undated = periods[0] === '' ? [] : all.filter((row) => (row.period ?? '') === '')
  const everywhere = undated.flatMap((row) => periods.map((period): CubeRow => ({ ...row, period })))
  const dated = undated.length === 0 ? all : all.filter((row) => (row.period ?? '') !== '')
  for (const row of [...everywhere, ...dated]) {
    let byBreakdown = items.get(row.item)
    if (byBreakdown === undefined) {
      byBreakdown = new Map()
      items.set(row.item, byBreakdown)
    }
    const breakdown = breakdownText(parseBreakdown(row.breakdown ?? TOTAL))
    let cells = byBreakdown.get(breakdown)
    if (cells === undefined) {
      cells = emptyCells(size)
      byBreakdown.set(breakdown, cells)
    }
    const at = (periodAt.get(row.period ?? '') as number) * units.length + (unitAt.get(row.unit) as number)
    writeCell(cells, at, row, size)
  }
  return { units, periods, kind, items }
}

/** A cube of panels: one a period, of the same units. Attribute items become items of texts. */
export function cubeOfPanels(
  panels: readonly Panel[],
  options: { units?: Iterable<UnitRow>; extra?: ReadonlyMap<string, Cells> } = {},
): Cube {
  const known = new Map([...(options.units ?? [])].map((unit) => [unit.code, unit]))
  for (const panel of panels) for (const code of panel.units) if (!known.has(code)) known.set(code, { code })
  const units = arrangeUnits(known)
  const { periods, kind } = arrangePeriods(panels.map((panel) => panel.period ?? ''))
  const unitAt = new Map(units.map((unit, i) => [unit.code, i]))
  const size = units.length * periods.length
  const items = new Map<string, Map<string, MutableCells>>()
  const cellsOf = (item: string): MutableCells => {
    let found = items.get(item)
    if (found === undefined) {
      found = new Map([[TOTAL, emptyCells(size)]])
      items.set(item, found)
    }
    return found.get(TOTAL) as MutableCells
  }
  for (const panel of panels) {
    const start = periods.indexOf(panel.period ?? '') * units.length
    const place = panel.units.map((code) => start + (unitAt.get(code) as number))
    panel.items.forEach((item, i) => {
      const cells = cellsOf(item)
      const from = i * panel.units.length
      for (let u = 0; u < place.length; u++) {
        const to = place[u] as number
        const state = panel.state[from + u] as number
        cells.state[to] = STATE_OF_CELL[state] as number
        cells.value[to] = state === CELL.ok ? (panel.value[from + u] as number) : 0
        if (panel.parts !== null) {
          cells.numerator ??= new Float64Array(size).fill(Number.NaN)
          cells.denominator ??= new Float64Array(size).fill(Number.NaN)
          cells.numerator[to] = panel.parts.numerator[from + u] as number
          cells.denominator[to] = panel.parts.denominator[from + u] as number
        }
      }
    })
    for (const row of panel.breakdowns ?? []) {
      const breakdown = breakdownText(parseBreakdown(row.breakdown))
      cellsOf(row.item)
      const byBreakdown = items.get(row.item)!
      const cells = byBreakdown.get(breakdown) ?? emptyCells(size)
      byBreakdown.set(breakdown, cells)
      const unit = unitAt.get(row.unit)
      if (unit !== undefined) writeCell(cells, start + unit, row, size)
    }
    for (const [item, texts] of panel.attributes) {
      const cells = cellsOf(item)
      const text = cells.text ?? Array.from({ length: size }, (): string | null => null)
      cells.text = text
      texts.forEach((value, u) => {
        const to = place[u] as number
        text[to] = value
        cells.state[to] = value === null ? STATE.notReported : STATE.ok
      })
    }
  }
  for (const [item, cells] of options.extra ?? []) items.set(item, new Map([[TOTAL, cells]]))
  return { units, periods, kind, items }
}

const STATE_OF_CELL = [STATE.ok, STATE.notReported, STATE.notApplicable]

function emptyCells(size: number): MutableCells {
  return {
    state: new Uint8Array(size).fill(STATE.notReported),
    value: new Float64Array(size),
    text: null,
    numerator: null,
    denominator: null,
    source: null,
  }
}

function writeCell(cells: MutableCells, at: number, row: CubeRow, size: number): void {
  const { numerator = null, denominator = null } = row
  const quotient = numerator !== null && denominator !== null && denominator !== 0
  const value = row.value ?? (quotient ? numerator / denominator : null)
  const isText = value === null && row.text != null && !isStatus(row.status)
  cells.state[at] = stateOfRow(row, value)
  cells.value[at] = cells.state[at] === STATE.ok && value !== null ? value : 0
  if (isText || cells.text !== null) {
    cells.text ??= Array.from({ length: size }, (): string | null => null)
    cells.text[at] = isText ? (row.text ?? null) : null
  }
  if (numerator !== null || denominator !== null) {
    cells.numerator ??= new Float64Array(size).fill(Number.NaN)
    cells.denominator ??= new Float64Array(size).fill(Number.NaN)
    cells.numerator[at] = numerator ?? Number.NaN
    cells.denominator[at] = denominator ?? Number.NaN
  }
  const source = row.id ?? (row.line == null ? null : String(row.line))
  if (source !== null) {
    cells.source ??= Array.from({ length: size }, (): string | null => null)
    cells.source[at] = source
  }
}

const isStatus = (status: string | null | undefined): boolean =>
  status === 'O' || status === 'M' || status === 'Q' || status === 'X'

function stateOfRow(row: CubeRow, value: number | null): number {
  if (row.status === 'M') return STATE.notApplicable
  if (row.status === 'Q') return STATE.suppressed
  if (row.status === 'X') return STATE.notReported
  if (row.status === 'O') return row.text === 'not_yet_due' ? STATE.notYetDue : STATE.notReported
  if (value !== null) return Number.isFinite(value) ? STATE.ok : STATE.domain
  if (row.denominator === 0 && row.numerator != null) return STATE.zeroDenominator
  return row.text == null ? STATE.notReported : STATE.ok
}

function arrangeUnits(known: ReadonlyMap<string, UnitRow>): CubeUnit[] {
  const codes = [...known.keys()].sort(compareCodePoints)
  const at = new Map(codes.map((code, i) => [code, i]))
  return codes.map((code) => {
    const { parent, level, opens, closes } = known.get(code) as UnitRow
    return {
      code,
      parent: parent == null ? -1 : (at.get(parent) ?? -1),
      level: level ?? null,
      opens: opens ?? null,
      closes: closes ?? null,
    }
  })
}

function arrangePeriods(texts: readonly string[]): { periods: string[]; kind: TilingKind | null } {
  const distinct = [...new Set(texts)]
  const dated = distinct.filter((text) => text !== '').map((text) => periodOf(text))
  if (dated.length === 0) return { periods: [''], kind: null }
  const kinds = new Set(dated.map((period) => period.kind))
  const kind = dated[0]!.kind
  if (kinds.size > 1 || kind === 'interval')
    throw new RangeError(`invalid periods: one kind is wanted, found ${[...kinds].join(', ')}`)
  const starts = dated.map((period) => period.start).sort()
  const first = containing(starts[0]!, kind)
  const last = containing(starts.at(-1)!, kind)
  return { periods: [...periodsFrom(first, last)].map((period) => period.text), kind }
}
