import { type Box, boxContains, boxesShared, isEmptyBox, roughVolume, volume } from './box.ts'
import { type Budget, MAX_PIECES } from './budget.ts'
import { contains, type IndexSet, intersect, run, subtract } from './index-set.ts'

/** What a set of boxes leaves uncovered of another. */
export interface Uncovered {
  /** Disjoint pieces that no box covers. */
  readonly pieces: readonly Box[]
  /** False when the budget ended first: then there may be more. */
  readonly complete: boolean
}

/** A box clipped to a region: only the columns in which it does not cover the whole region. */
interface Clipped {
  readonly columns: readonly number[]
  readonly sets: readonly IndexSet[]
}

/**
 * Subtracts boxes from a region. Deciding whether anything is left is as hard as satisfiability, so this goes the way
 * such solvers go: a box that covers the region in all columns but one is cut off at once, then the region is split where the
 * cut crosses the fewest boxes (Chan, Klee's measure problem made easy, 2013). `most` ends the search after
 * so many pieces. Boxes known to be disjoint are counted: equal volumes need no search.
 */
export function uncovered(
  region: Box,
  boxes: readonly Box[],
  budget: Budget,
  { disjoint = false, most = MAX_PIECES }: { disjoint?: boolean; most?: number } = {},
): Uncovered {
  const pieces: Box[] = []
  if (isEmptyBox(region)) return { pieces, complete: true }
  const stack: { region: Box; boxes: readonly Box[] }[] = [{ region, boxes }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const left = reduce(next.region, next.boxes, budget, disjoint)
    if (left === 'spent') return { pieces, complete: false }
    if (left === 'covered') continue
    if (left.boxes.length === 0) {
      pieces.push(left.region)
      if (pieces.length >= most) return { pieces, complete: stack.length === 0 }
      continue
    }
    const { column, at } = chooseCut(left.region, left.clipped)
    if (!budget.spend(left.boxes.length * left.region.length)) return { pieces, complete: false }
    const set = left.region[column] as IndexSet
    const end = set.at(-1) as number
    for (const part of [intersect(set, run(at, end)), intersect(set, run(0, at))])
      stack.push({ region: left.region.with(column, part), boxes: left.boxes })
  }
  return { pieces, complete: true }
}

interface Reduced {
  readonly region: Box
  readonly boxes: readonly Box[]
  readonly clipped: readonly Clipped[]
}

/** Drops boxes that miss the region and cuts off slabs, as long as there are any. */
function reduce(
  whole: Box,
  all: readonly Box[],
  budget: Budget,
  disjoint: boolean,
): Reduced | 'covered' | 'spent' {
  let region = whole
  let boxes = all
  for (;;) {
    const kept: Box[] = []
    const clipped: Clipped[] = []
    let cut = false
    if (!budget.spend(boxes.length * (1 + region.length / 3) + 1)) return 'spent'
    for (const box of boxes) {
      const columns: number[] = []
      const sets: IndexSet[] = []
      let meets = true
      for (let d = 0; d < region.length; d++) {
        const own = region[d] as IndexSet
        const set = box[d] as IndexSet
        if (contains(set, own)) continue
        const shared = intersect(set, own)
        if (shared.length === 0) {
          meets = false
          break
        }
        columns.push(d)
        sets.push(shared)
      }
      if (!meets) continue
      const [only] = columns
      if (only === undefined) return 'covered'
      if (columns.length === 1) {
        region = region.with(only, subtract(region[only] as IndexSet, sets[0] as IndexSet))
        cut = true
        continue
      }
      kept.push(box)
      clipped.push({ columns, sets })
    }
    boxes = kept
    if (cut) continue
    if (disjoint && boxes.length > 0 && sameVolume(region, boxes)) return 'covered'
    return { region, boxes, clipped }
  }
}

function sameVolume(region: Box, boxes: readonly Box[]): boolean {
  let sum = 0n
  for (const box of boxes) {
    const shared = boxesShared(region, box)
    if (shared) sum += volume(shared)
  }
  return sum === volume(region)
}

/** The cut after which both sides together have the fewest boxes left. */
function chooseCut(region: Box, clipped: readonly Clipped[]): { column: number; at: number } {
  let best = { column: -1, at: 0, cost: Number.POSITIVE_INFINITY }
  for (let d = 0; d < region.length; d++) {
    const starts: number[] = []
    const ends: number[] = []
    for (const { columns, sets } of clipped) {
      const k = columns.indexOf(d)
      if (k < 0) continue
      const set = sets[k] as IndexSet
      starts.push(set[0] as number)
      ends.push(set.at(-1) as number)
    }
    if (starts.length === 0) continue
    const free = clipped.length - starts.length
    starts.sort((a, b) => a - b)
    ends.sort((a, b) => a - b)
    const set = region[d] as IndexSet
    const [low, high] = [set[0] as number, set.at(-1) as number]
    const consider = (at: number): void => {
      if (at <= low || at >= high) return
      const left = free + countBelow(starts, at)
      const right = free + (ends.length - countUpTo(ends, at))
      const cost = left * left + right * right
      if (cost < best.cost) best = { column: d, at, cost }
    }
    for (let i = 0; i < starts.length; i++) {
      if (starts[i] !== starts[i - 1]) consider(starts[i] as number)
      if (ends[i] !== ends[i - 1]) consider(ends[i] as number)
    }
  }
  return best.column < 0 ? anyCut(region, clipped) : best
}

/** Sets with holes that all reach from end to end: cut at the first hole. */
function anyCut(region: Box, clipped: readonly Clipped[]): { column: number; at: number } {
  const [first] = clipped
  const column = first?.columns[0] ?? 0
  const own = region[column] as IndexSet
  const holes = subtract(own, first?.sets[0] ?? [])
  const at = holes[0] as number
  return { column, at: at > (own[0] as number) ? at : (holes[1] as number) }
}

function countBelow(sorted: readonly number[], at: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) < at) low = middle + 1
    else high = middle
  }
  return low
}

const countUpTo = (sorted: readonly number[], at: number) => countBelow(sorted, at + 1)

/**
 * Regions for reading, made from pieces: each is widened column by column as far as no box is met, and what then lies
 * inside another is left out. Regions may overlap; together they are what the pieces are. Where the budget ends, pieces stay as they are.
 */
export function regionsOf(
  pieces: readonly Box[],
  domain: Box,
  boxes: readonly Box[],
  most: number,
  budget: Budget,
): Box[] {
  const sorted = [...pieces].sort((a, b) => roughVolume(b) - roughVolume(a))
  const regions: Box[] = []
  for (const piece of sorted) {
    if (regions.length >= most) break
    if (regions.some((region) => boxContains(region, piece))) continue
    regions.push(widened(piece, domain, boxes, budget))
  }
  return regions.filter(
    (region, i) =>
      !regions.some(
        (other, j) => j !== i && boxContains(other, region) && (j < i || !boxContains(region, other)),
      ),
  )
}

function widened(piece: Box, domain: Box, boxes: readonly Box[], budget: Budget): Box {
  let region = piece
  for (let d = 0; d < domain.length; d++) {
    if (!budget.spend(boxes.length * 4)) return region
    let free = domain[d] as IndexSet
    const wide = region.with(d, free)
    for (const box of boxes) {
      const shared = boxesShared(wide, box)
      if (shared) free = subtract(free, shared[d] as IndexSet)
    }
    region = region.with(d, free)
  }
  return region
}
