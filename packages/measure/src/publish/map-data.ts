import { periodOf } from '@nhip/calendar/period'
import {
  type MapOptions,
  type MappedValue,
  mapSeries,
  missingReasons,
  type Semantics,
  type SeriesValue,
  semanticsOf,
} from '@nhip/territory/map-series'
import type { Territory } from '@nhip/territory/territory'
import { parseUnitId } from '@nhip/territory/unit'
import type { DataRow } from '../data/measure-data.ts'
import type { MeasureProblem } from '../problem.ts'
import { asPublished } from './as-published.ts'
import type { DataFile, FileRow } from './data-file.ts'

export interface MapDataOptions {
  view: MapOptions['view']
  shares: MapOptions['shares']
  /** How numbers without numerator and denominator behave when units join or part (the catalogue's `overUnits`); default sum. */
  agg?: string
  /** Writes bare codes instead of entity ids. A bare code says nothing about the map it is on. */
  codes?: boolean
  /** Adds columns `lo` and `hi`: every uncertain part whole, or not at all. */
  interval?: boolean
  file?: string
}

/**
 * Carries data to one map of units. Of each cell the newest vintage goes; ratios go by numerator and denominator, texts only where one unit
 * became exactly one other. Bare codes are resolved on the first day of their period, without a period on the day of the last change.
 *
 * @returns `file` null when a unit is unknown, closed or ambiguous on its day
 */
export function mapData(
  territory: Territory,
  rows: readonly DataRow[],
  options: MapDataOptions,
): { file: DataFile | null; problems: MeasureProblem[] } {
  const problems: MeasureProblem[] = []
  const known = new Map<string, string | null>()
  const idOf = (row: DataRow): string | null => {
    if (parseUnitId(row.unit)) return row.unit
    const day =
      row.period === null ? (territory.changes().at(-1) ?? '9999-12-31') : periodOf(row.period).start
    const key = `${row.unit}@${day}`
    const seen = known.get(key)
    if (seen !== undefined) return seen
    const { unit, problem } = territory.resolve(row.unit, day)
    if (problem)
      problems.push({
        ...problem,
        severity: unit ? problem.severity : 'error',
        ...(options.file === undefined ? {} : { file: options.file }),
        line: row.line,
        unit: row.unit,
        ...(row.period === null ? {} : { period: row.period }),
      })
    known.set(key, unit?.id ?? null)
    return unit?.id ?? null
  }
  const newest = asPublished(rows)
  const byItem = new Map<string, DataRow[]>()
  for (const row of newest) {
    const list = byItem.get(row.item)
    if (list) list.push(row)
    else byItem.set(row.item, [row])
  }
  const out: FileRow[] = []
  for (const [item, own] of byItem) {
    const semantics = semanticsOfItem(own, options.agg ?? 'sum')
    const values: SeriesValue[] = []
    for (const row of own) {
      const unit = idOf(row)
      if (unit === null) continue
      values.push({
        unit,
        key: JSON.stringify([row.breakdown, row.period]),
        value: row.value,
        num: row.numerator,
        den: row.denominator,
        text: row.text,
        ...(row.status === null ? {} : { status: row.status }),
      })
    }
    const mapped = mapSeries(territory, values, {
      view: options.view,
      shares: options.shares,
      semantics,
      interval: options.interval ?? false,
    })
    for (const problem of mapped.problems) problems.push({ ...problem, item })
    for (const value of mapped.values) out.push(rowOf(item, value, semantics, territory, options))
  }
  if (problems.some((p) => p.severity === 'error')) return { file: null, problems }
  return { file: { rows: out }, problems }
}

function semanticsOfItem(rows: readonly DataRow[], agg: string): Semantics {
  if (rows.some((row) => row.text !== null)) return 'text'
  return rows.some((row) => row.numerator !== null && row.denominator !== null) ? 'ratio' : semanticsOf(agg)
}

function rowOf(
  item: string,
  mapped: MappedValue,
  semantics: Semantics,
  territory: Territory,
  options: MapDataOptions,
): FileRow {
  const [breakdown, period] = JSON.parse(mapped.key) as (string | null)[]
  const extra: Record<string, string> = {}
  if (mapped.methods.length > 0) extra.method = mapped.methods.join('+')
  if (mapped.reason) extra.note = missingReasons[mapped.reason].vi
  if (mapped.interval) {
    extra.lo = String(mapped.interval.lo)
    extra.hi = String(mapped.interval.hi)
  }
  const isThere = semantics === 'text' ? mapped.text !== undefined : mapped.value !== null
  return {
    unit: options.codes ? (territory.unit(mapped.unit)?.code ?? mapped.unit) : mapped.unit,
    item,
    period: period ?? '',
    breakdown: breakdown ?? '',
    published: '',
    value: !isThere
      ? ''
      : semantics === 'text'
        ? (mapped.text as string)
        : (mapped.exact ?? String(mapped.value)),
    numerator: mapped.num === undefined ? '' : String(mapped.num),
    denominator: mapped.den === undefined ? '' : String(mapped.den),
    se: '',
    status: mapped.status,
    action: 'I',
    extra,
  }
}
