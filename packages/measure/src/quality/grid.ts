import { lastDay } from '../data/last-day.ts'

/** What a grid needs of a row of data. */
export interface GridRow {
  unit: string
  item: string
  period: string | null
  breakdown: string | null
  published: string | null
  value: number | null
  numerator: number | null
  denominator: number | null
  status: string | null
  /** Of attribute items. */
  text: string | null
}

/**
 * Values of many series over the same periods: of item `i`, unit `u`, period `t` at `(i * units + u) * periods + t`, NaN where
 * there is none. An item with a breakdown is a series of its own, named `item [breakdown]`.
 */
export interface Grid {
  units: readonly string[]
  items: readonly string[]
  /** ISO periods, ascending; one empty text for data without periods. */
  periods: readonly string[]
  value: Float64Array
  numerator: Float64Array | null
  denominator: Float64Array | null
  /** Text of attribute items (names, groups, the parent's code): item → unit → text. */
  texts: ReadonlyMap<string, ReadonlyMap<string, string>>
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Name of the series of an item and a breakdown. */
function seriesName(item: string, breakdown: string | null): string {
  return breakdown === null || breakdown === '' || breakdown === '*' ? item : `${item} [${breakdown}]`
}

/**
 * Rows to series. Of several vintages of one cell the newest counts (an empty date is the oldest); withdrawn ones (status X) leave the cell
 * empty.
 */
export function gridOf(rows: readonly GridRow[]): Grid {
  const unitSet = new Set<string>()
  const itemSet = new Set<string>()
  const periodSet = new Set<string>()
  const texts = new Map<string, Map<string, string>>()
  let hasParts = false
  for (const row of rows) {
    unitSet.add(row.unit)
    if (row.text !== null) {
      const byUnit = texts.get(row.item) ?? new Map<string, string>()
      texts.set(row.item, byUnit.set(row.unit, row.text))
      continue
    }
    itemSet.add(seriesName(row.item, row.breakdown))
    periodSet.add(row.period ?? '')
    if (isNumber(row.numerator) || isNumber(row.denominator)) hasParts = true
  }
  const units = [...unitSet].sort(byCodePoint)
  const items = [...itemSet].sort(byCodePoint)
  const periods = [...periodSet].sort(byCodePoint)
  const unitAt = new Map(units.map((code, at) => [code, at]))
  const itemAt = new Map(items.map((code, at) => [code, at]))
  const periodAt = new Map(periods.map((code, at) => [code, at]))
  const size = units.length * items.length * periods.length
  const value = new Float64Array(size).fill(Number.NaN)
  const numerator = hasParts ? new Float64Array(size).fill(Number.NaN) : null
  const denominator = hasParts ? new Float64Array(size).fill(Number.NaN) : null
  const published = new Map<number, string>()
  for (const row of rows) {
    if (row.text !== null) continue
    const cell =
      (itemAt.get(seriesName(row.item, row.breakdown))! * units.length + unitAt.get(row.unit)!) *
        periods.length +
      periodAt.get(row.period ?? '')!
    const said = row.published === null ? '' : (lastDay(row.published) ?? '')
    if (said < (published.get(cell) ?? '')) continue
    published.set(cell, said)
    value[cell] = isNumber(row.value) && row.status !== 'X' ? row.value : Number.NaN
    if (numerator) numerator[cell] = isNumber(row.numerator) ? row.numerator : Number.NaN
    if (denominator) denominator[cell] = isNumber(row.denominator) ? row.denominator : Number.NaN
  }
  return { units, items, periods, value, numerator, denominator, texts }
}

function isNumber(x: number | null | undefined): x is number {
  return typeof x === 'number' && Number.isFinite(x)
}

/** Periods in a year by the form of an ISO period: 12 for `2026-07`, 4 for `2026-Q3`, 52 for weeks, 1 for years and what has no season. */
export function seasonOf(periods: readonly string[]): number {
  const first = periods[0] ?? ''
  if (/^\d{4}-Q[1-4]$/.test(first)) return 4
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(first)) return 12
  if (/^\d{4}-W\d\d$/.test(first)) return 52
  if (/^\d{4}-\d\d-\d\d$/.test(first)) return 7
  return 1
}
