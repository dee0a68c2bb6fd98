/** What the series page shows, read from its address. */
export interface SeriesView {
  property: string | null
  entity: string | null
  dataset: string | null
  breakdown: string | null
  /** `1d`, `7d`, `30d`, `90d` back from the newest value, `all`, or `days` between `from` and `to`. */
  range: Range
  from: string | null
  to: string | null
  resolution: Resolution
  asKnown: string | null
  asPublished: string | null
  /** Start of the fact whose versions are shown. */
  fact: string | null
}

export const ranges = ['all', '90d', '30d', '7d', '1d', 'days'] as const
export type Range = (typeof ranges)[number]
export const resolutions = ['auto', 'raw', 'hour', 'day'] as const
export type Resolution = (typeof resolutions)[number]

const civil = /^\d{4}-\d{2}-\d{2}$/

/** Reads the view from the address; what it does not know falls back to the usual view. */
export function seriesView(address: URLSearchParams): SeriesView {
  const day = (name: string) => {
    const value = address.get(name)
    return value !== null && civil.test(value) ? value : null
  }
  const from = day('from')
  const to = day('to')
  const named = ranges.find((range) => range === address.get('range'))
  const asKnown = day('as_known')
  return {
    property: address.get('property'),
    entity: address.get('entity'),
    dataset: address.get('dataset'),
    breakdown: address.get('breakdown'),
    range: named ?? (from || to ? 'days' : 'all'),
    from,
    to,
    resolution: resolutions.find((r) => r === address.get('resolution')) ?? 'auto',
    asKnown,
    // The two questions exclude one another; the first asked holds.
    asPublished: asKnown ? null : day('as_published'),
    fact: address.get('fact'),
  }
}

/** The half-open range of instants to ask for. Days are civil days at +07:00, the last one included. */
export function spanOf(
  view: Pick<SeriesView, 'range' | 'from' | 'to'>,
  newest: string | null,
): { from?: string; to?: string } {
  if (view.range === 'all') return {}
  if (view.range === 'days') {
    return {
      ...(view.from ? { from: `${view.from}T00:00:00+07:00` } : {}),
      ...(view.to ? { to: `${dayAfter(view.to)}T00:00:00+07:00` } : {}),
    }
  }
  if (newest === null) return {}
  const back = Number.parseInt(view.range, 10) * 86_400_000
  return { from: new Date(Date.parse(newest) - back).toISOString() }
}

/** The civil day after a civil day. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}

/** The last instant of a civil day at +07:00: "as known on D" includes D. */
export function endOfDay(day: string): string {
  return `${day}T23:59:59.999+07:00`
}
