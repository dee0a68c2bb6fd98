import { containing, partsOf, periodOf, periodsFrom, type TilingKind } from '@nhip/calendar/period'
import { aggregate } from './aggregate.ts'
import type { Cells, Cube } from './cube.ts'
import type { Agg, ItemDefinition } from './definition.ts'
import { STATE } from './value.ts'

/** A cube of longer periods, with how complete each of its cells is. */
export interface Coarser {
  readonly cube: Cube
  /** Reporting ÷ expected periods of each cell (as in `Cells`), by item and breakdown; NaN where none is expected. */
  readonly coverage: ReadonlyMap<string, ReadonlyMap<string, Float64Array>>
}

/**
 * Puts the values of each unit together over periods, by the rule of each item (`overPeriods`; `sum` when not said),
 * before anything is put together over units. Every period inside the longer one is expected, whether the data reach it
 * or not; below `minCoverage` the result is missing. `last` and `first` look for the latest and earliest value there;
 * `last` not further back than `maxAge` periods. `ratio` sums numerators and denominators, and keeps them.
 * @throws {RangeError} when the periods of the cube do not lie inside periods of that kind
 */
export function overPeriods(
  cube: Cube,
  items: ReadonlyMap<string, ItemDefinition>,
  kind: TilingKind,
): Coarser {
  if (cube.kind === null) throw new RangeError('invalid periods: the data have none')
  const periods = [
    ...periodsFrom(
      containing(periodOf(cube.periods[0]!).start, kind),
      containing(periodOf(cube.periods.at(-1)!).start, kind),
    ),
  ].map((period) => period.text)
  const inside = periods.map((period) =>
    partsOf(period, cube.kind!).map(({ text }) => cube.periods.indexOf(text)),
  )
  const result = new Map<string, Map<string, Cells>>()
  const coverage = new Map<string, Map<string, Float64Array>>()
  for (const [code, byBreakdown] of cube.items) {
    const definition = items.get(code) ?? { code }
    const cells = new Map<string, Cells>()
    const shares = new Map<string, Float64Array>()
    for (const [breakdown, of] of byBreakdown) {
      const made = coarserCells(of, definition, cube, inside)
      cells.set(breakdown, made.cells)
      shares.set(breakdown, made.coverage)
    }
    result.set(code, cells)
    coverage.set(code, shares)
  }
  return { cube: { units: cube.units, periods, kind, items: result }, coverage }
}

function coarserCells(
  of: Cells,
  definition: ItemDefinition,
  cube: Cube,
  inside: readonly (readonly number[])[],
): { cells: Cells; coverage: Float64Array } {
  const how: Agg = definition.overPeriods ?? 'sum'
  const rows = cube.units.length
  const size = inside.length * rows
  const cells = {
    state: new Uint8Array(size),
    value: new Float64Array(size),
    text: null,
    numerator: how === 'ratio' ? new Float64Array(size).fill(Number.NaN) : null,
    denominator: how === 'ratio' ? new Float64Array(size).fill(Number.NaN) : null,
    source: null,
  }
  const coverage = new Float64Array(size)
  const weights = definition.weight === undefined ? undefined : cube.items.get(definition.weight)?.get('*')
  inside.forEach((periods, p) => {
    for (let u = 0; u < rows; u++) {
      const take = (from: ArrayLike<number> | null | undefined, absent: number): number[] =>
        periods.map((q) => (q < 0 ? absent : (from?.[q * rows + u] ?? absent)))
      const state = take(of.state, STATE.notReported)
      if (how === 'last' && definition.maxAge !== undefined) {
        // What is older than the limit is as good as not reported.
        for (let q = 0; q < state.length - 1 - definition.maxAge; q++) {
          if (state[q] === STATE.ok) state[q] = STATE.notReported
        }
      }
      const members = {
        state,
        value: take(of.value, 0),
        numerator: take(of.numerator, Number.NaN),
        denominator: take(of.denominator, Number.NaN),
        weight: weights && { state: take(weights.state, STATE.notReported), value: take(weights.value, 0) },
      }
      const order = state.map((_, i) => i)
      const made = aggregate(
        how,
        { ...members, weight: members.weight ?? null },
        order,
        definition.minCoverage,
      )
      const at = p * rows + u
      cells.state[at] = made.state
      cells.value[at] = made.value
      coverage[at] = made.coverage
      if (how === 'ratio' && made.reporting > 0) {
        const both = order.filter(
          (i) => !Number.isNaN(members.numerator[i]) && !Number.isNaN(members.denominator[i]),
        )
        const sum = (values: number[]): number =>
          aggregate('sum', { state: values.map(() => STATE.ok), value: values }, both).value
        cells.numerator![at] = sum(members.numerator)
        cells.denominator![at] = sum(members.denominator)
      }
    }
  })
  return { cells, coverage }
}
