import { type Grid, seasonOf } from './grid.ts'
import { judge } from './judge.ts'
import { checkTotals } from './total-check.ts'

/** A cell that does not fit the sum of an item over one of its breakdown dimensions; places in the grid. */
export interface BreakdownDoubt {
  /** Place in `grid.value`. */
  cell: number
  isTotal: boolean
  score: number
  /** The value that would put the sum right. */
  expected: number
}

/** Compares each item's stored total with the sum of its parts over each dimension it is broken down by. */
export function breakdownTotals(grid: Grid): BreakdownDoubt[] {
  const U = grid.units.length
  const T = grid.periods.length
  const found: BreakdownDoubt[] = []
  grid.items.forEach((item, whole) => {
    for (const parts of partsOf(grid.items, item)) {
      const items = [whole, ...parts]
      const value = new Float64Array(items.length * U * T)
      items.forEach((i, k) => {
        value.set(grid.value.subarray(i * U * T, (i + 1) * U * T), k * U * T)
      })
      const judged = judge(value, T, seasonOf(grid.periods), new Int32Array(items.length * U).fill(-1))
      const families = grid.units.map((_, u) => ({
        total: u,
        parts: parts.map((_part, k) => (k + 1) * U + u),
      }))
      const check = checkTotals(judged, families)
      items.forEach((i, k) => {
        for (let c = 0; c < U * T; c++) {
          const at = k * U * T + c
          if (check.against[at] === 0) continue
          found.push({
            cell: i * U * T + c,
            isTotal: check.isTotal[at] === 1,
            score: check.against[at]!,
            expected: check.repaired[at]!,
          })
        }
      })
    }
  })
  return found
}

/** For each dimension of an item the places of the series `item [dimension=value]`; cells of two dimensions at once are no parts of one. */
function partsOf(items: readonly string[], item: string): number[][] {
  const dimensions = new Map<string, number[]>()
  items.forEach((name, i) => {
    if (!name.startsWith(`${item} [`) || !name.endsWith(']')) return
    const breakdown = name.slice(item.length + 2, -1)
    if (breakdown.includes(';')) return
    const [dimension = ''] = breakdown.split('=', 1)
    dimensions.set(dimension, [...(dimensions.get(dimension) ?? []), i])
  })
  return [...dimensions.values()].filter((parts) => parts.length > 1)
}
