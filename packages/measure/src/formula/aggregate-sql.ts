import type { Agg } from './definition.ts'

/** Neumaier's sum of a list of doubles in its order: bit for bit what JavaScript computes, whatever the threads do. */
function sumOf(list: string): string {
  const structs = `list_transform(${list}, lambda x: {s: x, c: 0::DOUBLE})`
  const t = '(a.s + b.s)'
  const lost = `CASE WHEN abs(a.s) >= abs(b.s) THEN a.s - ${t} + b.s ELSE b.s - ${t} + a.s END`
  const reduced = `list_reduce(list_prepend({s: 0::DOUBLE, c: 0::DOUBLE}, ${structs}), lambda a, b: {s: ${t}, c: a.c + ${lost}})`
  return `list_transform([${reduced}], lambda r: r.s + r.c)[1]`
}

/**
 * Columns of an aggregate over a column of lists of structs `{s, v}` (for `ratio` `{s, v, n, d}`, for `weighted_mean`
 * `{s, v, w}` with the state of both in `s`); null lists are empty.
 * @returns aliases and SQL in the order in which they read one another: kept, raw, state, value
 */
export function aggregateColumns(
  how: Agg,
  list: string,
  alias: (prefix: string) => string,
  minCoverage = 0,
): { columns: [alias: string, sql: string][]; s: string; v: string } {
  const [all, there, worst, raw, s, v] = [
    alias('l'),
    alias('k'),
    alias('w'),
    alias('x'),
    alias('s'),
    alias('v'),
  ]
  const values = (field: string): string => `list_transform(${there}, lambda m: ${field})`
  const top =
    how === 'ratio'
      ? sumOf(values('m.n'))
      : how === 'weighted_mean'
        ? sumOf(values('m.v * m.w'))
        : sumOf(values('m.v'))
  const bottom = how === 'ratio' ? sumOf(values('m.d')) : sumOf(values('m.w'))
  const combined: Record<string, string> = {
    sum: top,
    mean: `${top} / len(${there})`,
    ratio: `${top} / nullif(${bottom}, 0)`,
    weighted_mean: `${top} / nullif(${bottom}, 0)`,
    min: `list_min(${values('m.v')})`,
    max: `list_max(${values('m.v')})`,
    first: `${there}[1].v`,
    last: `${there}[-1].v`,
    count: `len(${there})::DOUBLE`,
    none: 'NULL::DOUBLE',
  }
  const short = `len(${there}) < ${minCoverage}::DOUBLE * (len(list_filter(${all}, lambda m: m.s < 6)))`
  const state = [
    `WHEN len(${there}) = 0 AND ${worst} IS NOT NULL THEN ${worst}`,
    `WHEN len(${there}) = 0 THEN CASE WHEN len(${all}) > 0 THEN 6 ELSE 2 END`,
    ...(minCoverage > 0 ? [`WHEN ${short} THEN ${worst}`] : []),
    `WHEN ${raw} IS NULL THEN 3 WHEN isfinite(${raw}) THEN 0 ELSE 4`,
  ]
  return {
    columns: [
      [all, `coalesce(${list}, [])`],
      [there, `list_filter(${all}, lambda m: m.s = 0)`],
      [worst, `list_max(list_transform(list_filter(${all}, lambda m: m.s > 0 AND m.s < 6), lambda m: m.s))`],
      [
        raw,
        how === 'count'
          ? (combined.count as string)
          : `CASE WHEN len(${there}) > 0 THEN ${combined[how]} END`,
      ],
      [s, how === 'count' ? '0' : `CASE ${state.join(' ')} END`],
      [v, `CASE WHEN ${s} = 0 THEN ${raw} END`],
    ],
    s,
    v,
  }
}
