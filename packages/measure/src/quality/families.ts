import type { Grid } from './grid.ts'

/** A unit with the units that add up to it; numbers are places in `grid.units`. */
export interface Family {
  total: number
  parts: readonly number[]
}

/** Where the tree of units comes from: given pairs, a text item that holds the parent's code, or the codes themselves. */
export type Hierarchy = { parents: ReadonlyMap<string, string> } | { attribute: string } | 'codes' | 'none'

/**
 * The tree of the units. By codes, the parent of a unit is the unit whose code is its longest proper beginning; a code without such a
 * beginning belongs to the only unit whose code has no digit, if there is one (`VN`).
 */
export function familiesOf(grid: Grid, hierarchy: Hierarchy): Family[] {
  const at = new Map(grid.units.map((code, u) => [code, u]))
  const parent = new Int32Array(grid.units.length).fill(-1)
  if (hierarchy === 'none') return []
  if (hierarchy === 'codes') byCodes(grid.units, at, parent)
  else {
    const given =
      'parents' in hierarchy
        ? hierarchy.parents
        : (grid.texts.get(hierarchy.attribute) ?? new Map<string, string>())
    for (const [unit, above] of given) {
      const u = at.get(unit)
      const p = at.get(above)
      if (u !== undefined && p !== undefined && u !== p) parent[u] = p
    }
  }
  const parts = new Map<number, number[]>()
  for (let u = 0; u < parent.length; u++) {
    const p = parent[u]!
    if (p < 0) continue
    const list = parts.get(p)
    if (list) list.push(u)
    else parts.set(p, [u])
  }
  // One part is a renaming, not a sum, but its total must be equal all the same.
  return [...parts].map(([total, members]) => ({ total, parts: members }))
}

function byCodes(units: readonly string[], at: Map<string, number>, parent: Int32Array): void {
  const roots = units.filter((code) => !/\d/.test(code))
  const root = roots.length === 1 ? at.get(roots[0]!)! : -1
  const places = new Map<string, number>()
  for (const [code, u] of at) places.set(numbersIn(code).join('.'), u)
  for (let u = 0; u < units.length; u++) {
    const code = units[u]!
    // Where codes have separators they are cut there only: 10-1 is no part of the name 10-12.
    const cuts = /[-_./:]/.test(code) ? /[-_./:]/ : /./
    for (let n = code.length - 1; n > 0 && parent[u]! < 0; n--) {
      if (!cuts.test(code[n]!)) continue
      const p = at.get(code.slice(0, n).replace(/[-_./:]+$/, ''))
      if (p !== undefined && p !== u) parent[u] = p
    }
    // P01 and C01-007, tỉnh 1 and xã 1.7: the words name the level, the numbers the place.
    const own = numbersIn(code)
    for (let n = own.length - 1; n > 0 && parent[u]! < 0; n--) {
      const p = places.get(own.slice(0, n).join('.'))
      if (p !== undefined && p !== u) parent[u] = p
    }
    const digits = own.length === 1 ? own[0]! : ''
    for (let n = digits.length - 1; n > 0 && parent[u]! < 0; n--) {
      const p = places.get(digits.slice(0, n))
      if (p !== undefined && p !== u) parent[u] = p
    }
    if (parent[u]! < 0 && root >= 0 && u !== root) parent[u] = root
  }
}

const numbersIn = (code: string): string[] => code.match(/\d+/g) ?? []

/** The hierarchy to use when a rules file names none: the text item `parent`, else the codes. */
export function hierarchyFrom(grid: Grid): Hierarchy {
  return grid.texts.has('parent') ? { attribute: 'parent' } : 'codes'
}
