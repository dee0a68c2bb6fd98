import { CELL, type Panel } from '../panel.ts'
import { comparePeriods, lastDay } from './last-day.ts'
import type { DataRow } from './measure-data.ts'

/** Statuses whose row holds no number: missing, suppressed, withdrawn. */
const WITHOUT_NUMBER = new Set(['O', 'Q', 'X', 'L'])

/**
 * Lays the rows out as one panel a period. Of several vintages of a cell the newest counts (a year or month alone means
 * its last day; a row without a date is older than any); of two of the same day the later line.
 * Rows without a period, beside rows with one, hold in every period that says nothing itself.
 *
 * @param asPublished leaves out what was published after this day
 */
export function panelsOf(
  rows: readonly DataRow[],
  attributes: ReadonlySet<string>,
  asPublished?: string,
): Panel[] {
  const limit = asPublished === undefined ? null : lastDay(asPublished)
  const byPeriod = new Map<string | null, Map<string, Map<string, { row: DataRow; day: string }>>>()
  const parts = new Map<string, { row: DataRow; day: string }>()
  for (const row of rows) {
    const day = row.published === null ? '' : (lastDay(row.published) ?? '')
    if (limit !== null && day > limit) continue
    if (row.breakdown !== null) {
      const key = JSON.stringify([row.period, row.unit, row.item, row.breakdown])
      const known = parts.get(key)
      if (!known || day >= known.day) parts.set(key, { row, day })
      if (!byPeriod.has(row.period)) byPeriod.set(row.period, new Map())
      upsert(byPeriod.get(row.period)!, row.unit, () => new Map())
      continue
    }
    const units = upsert(byPeriod, row.period, () => new Map())
    const cells = upsert(units, row.unit, () => new Map())
    const known = cells.get(row.item)
    if (!known || day >= known.day) cells.set(row.item, { row, day })
  }
  const periods = [...byPeriod.keys()].sort(comparePeriods)
  const always = periods.length > 1 ? byPeriod.get(null) : undefined
  const shown = always ? periods.filter((p) => p !== null) : periods
  const hasSe = rows.some((r) => r.se !== null)
  const hasParts = rows.some((r) => r.numerator !== null || r.denominator !== null)
  const items = [...new Set(rows.map((r) => r.item))].filter((i) => !attributes.has(i)).sort()
  return shown.map((period) => {
    const own = byPeriod.get(period)!
    const units = [...new Set([...own.keys(), ...(always?.keys() ?? [])])].sort()
    const find = (unit: string, item: string) =>
      (own.get(unit)?.get(item) ?? always?.get(unit)?.get(item))?.row
    const size = units.length * items.length
    const panel: Panel = {
      period,
      units,
      items,
      value: new Float64Array(size),
      state: new Uint8Array(size).fill(CELL.missing),
      se: hasSe ? new Float64Array(size).fill(Number.NaN) : null,
      parts: hasParts
        ? {
            numerator: new Float64Array(size).fill(Number.NaN),
            denominator: new Float64Array(size).fill(Number.NaN),
          }
        : null,
      attributes: new Map(
        [...attributes].sort().map((item) => [item, units.map((unit) => textOf(find(unit, item)))]),
      ),
    }
    const broken = [...parts.values()].filter((p) => p.row.period === period || p.row.period === null)
    if (broken.length > 0) panel.breakdowns = broken.map((p) => ({ ...p.row, breakdown: p.row.breakdown! }))
    items.forEach((item, i) => {
      units.forEach((unit, u) => {
        const row = find(unit, item)
        if (row) fillCell(panel, i * units.length + u, row)
      })
    })
    return panel
  })
}

function textOf(row: DataRow | undefined): string | null {
  return row?.status === 'M' ? 'not_applicable' : (row?.text ?? null)
}

function fillCell(panel: Panel, at: number, row: DataRow): void {
  if (row.status === 'M') {
    panel.state[at] = CELL.notApplicable
    return
  }
  if (panel.parts) {
    panel.parts.numerator[at] = row.numerator ?? Number.NaN
    panel.parts.denominator[at] = row.denominator ?? Number.NaN
  }
  if (panel.se) panel.se[at] = row.se ?? Number.NaN
  if (row.status !== null && WITHOUT_NUMBER.has(row.status)) return
  const value = row.value ?? quotient(row.numerator, row.denominator)
  if (value === null) return
  panel.value[at] = value
  panel.state[at] = CELL.ok
}

function quotient(numerator: number | null, denominator: number | null): number | null {
  if (numerator === null || denominator === null || denominator === 0) return null
  const value = numerator / denominator
  return Number.isFinite(value) ? value : null
}

function upsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
