/**
 * A set of small whole numbers as disjoint runs in rising order: `[from, end, from, end …]`, each end excluded. Runs do
 * not touch. The columns of a decision table are such sets of the atoms of their domain.
 */
export type IndexSet = readonly number[]

export const EMPTY: IndexSet = []

/** All numbers from `from` up to and without `end`. */
export function run(from: number, end: number): IndexSet {
  return from < end ? [from, end] : EMPTY
}

/** How many numbers are in the set. */
export function size(set: IndexSet): number {
  let total = 0
  for (let i = 0; i < set.length; i += 2) total += (set[i + 1] as number) - (set[i] as number)
  return total
}

export function has(set: IndexSet, index: number): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if (index < (set[i] as number)) return false
    if (index < (set[i + 1] as number)) return true
  }
  return false
}

export function intersects(a: IndexSet, b: IndexSet): boolean {
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if ((a[i + 1] as number) <= (b[j] as number)) i += 2
    else if ((b[j + 1] as number) <= (a[i] as number)) j += 2
    else return true
  }
  return false
}

export function intersect(a: IndexSet, b: IndexSet): IndexSet {
  const out: number[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    const from = Math.max(a[i] as number, b[j] as number)
    const end = Math.min(a[i + 1] as number, b[j + 1] as number)
    if (from < end) out.push(from, end)
    if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2
    else j += 2
  }
  return out
}

/** The numbers of `a` that are not in `b`. */
export function subtract(a: IndexSet, b: IndexSet): IndexSet {
  const out: number[] = []
  let j = 0
  for (let i = 0; i < a.length; i += 2) {
    let from = a[i] as number
    const end = a[i + 1] as number
    while (j < b.length && (b[j + 1] as number) <= from) j += 2
    let k = j
    while (k < b.length && (b[k] as number) < end) {
      if ((b[k] as number) > from) out.push(from, b[k] as number)
      from = Math.max(from, b[k + 1] as number)
      k += 2
    }
    if (from < end) out.push(from, end)
  }
  return out
}

export function union(a: IndexSet, b: IndexSet): IndexSet {
  const out: number[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const takeA = j >= b.length || (i < a.length && (a[i] as number) <= (b[j] as number))
    const from = (takeA ? a[i] : b[j]) as number
    const end = (takeA ? a[i + 1] : b[j + 1]) as number
    if (takeA) i += 2
    else j += 2
    const last = out.length - 1
    if (last > 0 && from <= (out[last] as number)) out[last] = Math.max(out[last] as number, end)
    else out.push(from, end)
  }
  return out
}

/** Whether every number of `inner` is in `outer`. */
export function contains(outer: IndexSet, inner: IndexSet): boolean {
  let i = 0
  for (let j = 0; j < inner.length; j += 2) {
    while (i < outer.length && (outer[i + 1] as number) <= (inner[j] as number)) i += 2
    if (i >= outer.length) return false
    if ((outer[i] as number) > (inner[j] as number)) return false
    if ((outer[i + 1] as number) < (inner[j + 1] as number)) return false
  }
  return true
}

export function same(a: IndexSet, b: IndexSet): boolean {
  return a === b || (a.length === b.length && a.every((value, i) => value === b[i]))
}
