import { contains, type IndexSet, intersect, intersects, same, size } from './index-set.ts'

/** A product of sets, one a column: the values for which a rule holds, or a region of a table. */
export type Box = readonly IndexSet[]

export function boxesMeet(a: Box, b: Box): boolean {
  for (let d = 0; d < a.length; d++) if (!intersects(a[d] as IndexSet, b[d] as IndexSet)) return false
  return true
}

/**
 * Of each box, the columns that it leaves narrower than the widest of them does: in all others it meets and covers what the rest say.
 * Wide tables are nearly empty, and most questions about two boxes are settled by these few.
 */
export function narrowColumns(boxes: readonly Box[], widest: Box): number[][] {
  return boxes.map((box) => box.flatMap((set, d) => (same(set, widest[d] as IndexSet) ? [] : [d])))
}

/** What two boxes share; undefined when that is nothing. */
export function boxesShared(a: Box, b: Box): Box | undefined {
  const out: IndexSet[] = []
  for (let d = 0; d < a.length; d++) {
    const set = intersect(a[d] as IndexSet, b[d] as IndexSet)
    if (set.length === 0) return undefined
    out.push(set)
  }
  return out
}

export function boxContains(outer: Box, inner: Box): boolean {
  for (let d = 0; d < outer.length; d++)
    if (!contains(outer[d] as IndexSet, inner[d] as IndexSet)) return false
  return true
}

export function isEmptyBox(box: Box): boolean {
  return box.some((set) => set.length === 0)
}

/** How many combinations of atoms a box holds. */
export function volume(box: Box): bigint {
  let product = 1n
  for (const set of box) product *= BigInt(size(set))
  return product
}

/** Volume as a double, for comparing sizes. */
export function roughVolume(box: Box): number {
  let product = 1
  for (const set of box) product *= size(set)
  return product
}
