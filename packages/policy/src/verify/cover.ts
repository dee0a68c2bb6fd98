import { type Box, boxContains, boxesShared, isEmptyBox, roughVolume, volume } from './box.ts'
import { type Budget, MAX_PIECES } from './budget.ts'
import { contains, type IndexSet, intersect, run, size, subtract } from './index-set.ts'

/** What a set of boxes leaves uncovered of another. */
export interface Uncovered {
  /** Disjoint pieces that no box covers. */
  readonly pieces: readonly Box[]
  /** False when the budget ended first: then there may be more. */
  readonly complete: boolean
}

/** A box as a region sees it: only the columns in which it does not cover the whole region, with what they share. */
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
  if (!budget.spend(boxes.length * region.length)) return { pieces, complete: false }
  const columns = region.map((_, d) => d)
  const stack: Part[] = [
    { region: [...region], boxes: boxes.map((sets) => ({ columns, sets })), changed: columns },
  ]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const left = reduce(next, budget, disjoint)
    if (left === 'spent') return { pieces, complete: false }
    if (left === 'covered') continue
    const { region: rest, boxes: crossing } = next
    if (crossing.length === 0) {
      pieces.push(rest)
      if (pieces.length >= most) return { pieces, complete: stack.length === 0 }
      continue
    }
    const { column, at } = chooseCut(rest, crossing)
    if (!budget.spend(sides(crossing))) return { pieces, complete: false }
    const set = rest[column] as IndexSet
    const end = set.at(-1) as number
    for (const part of [intersect(set, run(at, end)), intersect(set, run(0, at))])
      stack.push({ region: rest.with(column, part), boxes: crossing, changed: [column] })
  }
  return { pieces, complete: true }
}

/** Sets that boxes are made of, for counting work. */
function sides(boxes: readonly Clipped[]): number {
  let total = 0
  for (const { columns } of boxes) total += columns.length
  return total
}

/** A part of the region that is still to be looked at, and the boxes that may meet it. */
interface Part {
  readonly region: IndexSet[]
  boxes: readonly Clipped[]
  /** Columns in which the region is smaller than when the boxes were clipped to it. */
  readonly changed: readonly number[]
}

/**
 * Drops boxes that miss the part and cuts off slabs, as long as there are any. Where a box covers a region it covers each
 * part of it too: only the columns that were left of it are looked at again, and only where the region has changed.
 */
function reduce(part: Part, budget: Budget, disjoint: boolean): 'covered' | 'spent' | 'left' {
  const { region } = part
  const changed = new Uint8Array(region.length)
  for (const d of part.changed) changed[d] = 1
  for (;;) {
    const kept: Clipped[] = []
    const cut: number[] = []
    if (!budget.spend(sides(part.boxes) + 1)) return 'spent'
    for (const box of part.boxes) {
      const clipped = isTouched(box, changed) ? clip(box, region) : box
      if (clipped === undefined) continue
      const [only] = clipped.columns
      if (only === undefined) return 'covered'
      if (clipped.columns.length === 1) {
        const rest = subtract(region[only] as IndexSet, clipped.sets[0] as IndexSet)
        if (rest.length === 0) return 'covered'
        region[only] = rest
        cut.push(only)
      } else kept.push(clipped)
    }
    part.boxes = kept
    if (cut.length === 0) return disjoint && kept.length > 0 && sameVolume(region, kept) ? 'covered' : 'left'
    changed.fill(0)
    for (const d of cut) changed[d] = 1
  }
}

function isTouched({ columns }: Clipped, changed: Uint8Array): boolean {
  for (const d of columns) if (changed[d] === 1) return true
  return false
}

/** Undefined when the box misses the region. */
function clip(box: Clipped, region: Box): Clipped | undefined {
  const columns: number[] = []
  const sets: IndexSet[] = []
  for (let k = 0; k < box.columns.length; k++) {
    const d = box.columns[k] as number
    const own = region[d] as IndexSet
    const set = box.sets[k] as IndexSet
    if (contains(set, own)) continue
    const shared = intersect(set, own)
    if (shared.length === 0) return undefined
    columns.push(d)
    sets.push(shared)
  }
  return { columns, sets }
}

function sameVolume(region: Box, boxes: readonly Clipped[]): boolean {
  const whole = volume(region)
  let sum = 0n
  for (const { columns, sets } of boxes) {
    const covered = columns.reduce((product, d) => product * BigInt(size(region[d] as IndexSet)), 1n)
    sum += (whole / covered) * volume(sets)
  }
  return sum === whole
}

/** The cut after which both sides together have the fewest boxes left. */
function chooseCut(region: Box, boxes: readonly Clipped[]): { column: number; at: number } {
  const ends = new Map<number, { from: number[]; to: number[] }>()
  for (const { columns, sets } of boxes) {
    for (let k = 0; k < columns.length; k++) {
      const d = columns[k] as number
      const set = sets[k] as IndexSet
      let own = ends.get(d)
      if (own === undefined) {
        own = { from: [], to: [] }
        ends.set(d, own)
      }
      own.from.push(set[0] as number)
      own.to.push(set.at(-1) as number)
    }
  }
  let best = { column: -1, at: 0, cost: Number.POSITIVE_INFINITY }
  // In the order of the columns, so that equal costs are settled the same way every time.
  for (const [d, { from, to }] of [...ends].sort(([a], [b]) => a - b)) {
    const free = boxes.length - from.length
    const set = region[d] as IndexSet
    const [low, high] = [set[0] as number, set.at(-1) as number]
    const consider = (at: number, below: number, above: number): void => {
      if (at <= low || at >= high) return
      const cost = (free + below) ** 2 + (free + above) ** 2
      if (cost < best.cost) best = { column: d, at, cost }
    }
    if (high - low === 2) {
      const at = low + 1
      consider(
        at,
        count(from, (start) => start < at),
        count(to, (end) => end > at),
      )
      continue
    }
    from.sort((a, b) => a - b)
    to.sort((a, b) => a - b)
    const considerSorted = (at: number): void =>
      consider(at, countBelow(from, at), to.length - countUpTo(to, at))
    for (let i = 0; i < from.length; i++) {
      if (from[i] !== from[i - 1]) considerSorted(from[i] as number)
      if (to[i] !== to[i - 1]) considerSorted(to[i] as number)
    }
  }
  return best.column < 0 ? anyCut(region, boxes) : best
}

function count(values: readonly number[], holds: (value: number) => boolean): number {
  let total = 0
  for (const value of values) if (holds(value)) total++
  return total
}

/** Sets with holes that all reach from end to end: cut at the first hole. */
function anyCut(region: Box, boxes: readonly Clipped[]): { column: number; at: number } {
  const [first] = boxes
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
