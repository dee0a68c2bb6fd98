import { type Box, narrowColumns, roughVolume } from './box.ts'
import type { Budget } from './budget.ts'
import { type IndexSet, intersects } from './index-set.ts'

export interface Pairs {
  /** Pairs of numbers of boxes that share something, the smaller number first. */
  readonly pairs: readonly (readonly [number, number])[]
  readonly complete: boolean
}

/** Above so many boxes they are sorted along one column first. */
const PAIRWISE = 5_000

/** All pairs of boxes of a domain that meet, at most `most`. Empty boxes meet nothing. */
export function meetingPairs(boxes: readonly Box[], domain: Box, budget: Budget, most: number): Pairs {
  const usable = boxes.flatMap((box, i) => (roughVolume(box) > 0 ? [i] : []))
  const width = domain.length
  const narrow = narrowColumns(boxes, domain)
  const pairs: (readonly [number, number])[] = []
  // The first and last atom of every column side by side: most pairs are told apart by them alone.
  const low = new Int32Array(boxes.length * width)
  const high = new Int32Array(boxes.length * width)
  for (const i of usable) {
    for (let d = 0; d < width; d++) {
      const set = (boxes[i] as Box)[d] as IndexSet
      low[i * width + d] = set[0] as number
      high[i * width + d] = set.at(-1) as number
    }
  }
  const meet = (i: number, j: number): boolean => {
    const columns = narrow[i] as number[]
    for (const d of columns) {
      if ((low[i * width + d] as number) >= (high[j * width + d] as number)) return false
      if ((low[j * width + d] as number) >= (high[i * width + d] as number)) return false
    }
    const [a, b] = [boxes[i] as Box, boxes[j] as Box]
    return columns.every((d) => intersects(a[d] as IndexSet, b[d] as IndexSet))
  }
  const sweep = usable.length > PAIRWISE
  const along = sweep ? narrowest(boxes, usable, width) : 0
  const order = sweep
    ? [...usable].sort((i, j) => (low[i * width + along] as number) - (low[j * width + along] as number))
    : usable
  for (let a = 0; a < order.length; a++) {
    const i = order[a] as number
    const end = high[i * width + along] as number
    let seen = 0
    for (let b = a + 1; b < order.length; b++) {
      const j = order[b] as number
      if (sweep && (low[j * width + along] as number) >= end) break
      seen++
      if (!meet(i, j)) continue
      pairs.push(i < j ? [i, j] : [j, i])
      if (pairs.length >= most) return { pairs, complete: false }
    }
    if (!budget.spend((seen >> 3) + 1)) return { pairs, complete: a === order.length - 1 }
  }
  return { pairs, complete: true }
}

/** The column along which boxes are shortest: there a sweep meets the fewest. */
function narrowest(boxes: readonly Box[], usable: readonly number[], width: number): number {
  let best = { column: 0, length: Number.POSITIVE_INFINITY }
  for (let d = 0; d < width; d++) {
    let total = 0
    let reach = 1
    for (const i of usable) {
      const set = (boxes[i] as Box)[d] as IndexSet
      total += (set.at(-1) as number) - (set[0] as number)
      reach = Math.max(reach, set.at(-1) as number)
    }
    if (total / reach < best.length) best = { column: d, length: total / reach }
  }
  return best.column
}
