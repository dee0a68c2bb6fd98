// Who stands where: tenths of persons by income per head, exactly, without sorting anybody. The order of positive doubles is that
// of their bits, so a cut is found sixteen bits at a time: count, go into the one class that holds it, count again.

export const CLASSES = 65_536
const TENTHS = 10

/** Cuts as they are known so far: for each of nine, the leading classes of its bits. */
export type Prefixes = readonly (readonly number[])[]

/** Persons by the next class of the bits of their income, for each distinct prefix in turn. */
export type Counts = readonly Float64Array[]

export interface TenthTally {
  readonly persons: Float64Array
  readonly gain: Float64Array
  readonly lose: Float64Array
  /** Sums of households' incomes, below 2^53. */
  readonly base: Float64Array
  readonly reform: Float64Array
}

/** The households of one worker: sizes, and incomes under both laws. */
export class Incomes {
  readonly sizes: Uint8Array
  readonly base: Float64Array
  readonly reform: Float64Array
  households = 0

  constructor(most: number) {
    this.sizes = new Uint8Array(most)
    this.base = new Float64Array(most)
    this.reform = new Float64Array(most)
  }

  /** Counts persons by the next sixteen bits, of those whose income begins with one of the prefixes. */
  count(prefixes: Prefixes): Float64Array[] {
    const level = prefixes[0]?.length ?? 0
    const wanted = distinct(prefixes)
    const counts = wanted.map(() => new Float64Array(CLASSES))
    const bits = new Float64Array(1)
    const words = new Uint16Array(bits.buffer)
    // Little-endian: the last of the four words leads.
    const first = new Int32Array(CLASSES).fill(-1)
    if (level > 0) for (const [k, prefix] of wanted.entries()) first[prefix[0] as number] = k
    const next = 3 - level
    for (let h = 0; h < this.households; h++) {
      const size = this.sizes[h] as number
      bits[0] = (this.base[h] as number) / size
      if (level === 0) {
        ;(counts[0] as Float64Array)[words[3] as number]! += size
        continue
      }
      if (first[words[3] as number] === -1) continue
      for (const [k, prefix] of wanted.entries()) {
        let d = 0
        while (d < level && words[3 - d] === prefix[d]) d++
        if (d === level) (counts[k] as Float64Array)[words[next] as number]! += size
      }
    }
    return counts
  }

  /** People and money by tenth; a household at a cut stands below it. */
  tally(cuts: readonly number[], threshold: number): TenthTally {
    const tally = emptyTally()
    const table = tenthsByClass(cuts)
    const bits = new Float64Array(1)
    const words = new Uint16Array(bits.buffer)
    for (let h = 0; h < this.households; h++) {
      const size = this.sizes[h] as number
      const [before, after] = [this.base[h] as number, this.reform[h] as number]
      bits[0] = before / size
      let tenth = table[words[3] as number] as number
      while (tenth < TENTHS - 1 && (bits[0] as number) > (cuts[tenth] as number)) tenth++
      tally.persons[tenth]! += size
      tally.base[tenth]! += before
      tally.reform[tenth]! += after
      if (after - before >= threshold) tally.gain[tenth]! += size
      else if (before - after >= threshold) tally.lose[tenth]! += size
    }
    return tally
  }
}

export function emptyTally(): TenthTally {
  const cells = (): Float64Array => new Float64Array(TENTHS)
  return { persons: cells(), gain: cells(), lose: cells(), base: cells(), reform: cells() }
}

/** For each class of leading bits, the first tenth that can hold it. */
function tenthsByClass(cuts: readonly number[]): Uint8Array {
  const bits = new Float64Array(1)
  const words = new Uint16Array(bits.buffer)
  const table = new Uint8Array(CLASSES)
  for (let c = 0; c < CLASSES; c++) {
    words.fill(0)
    words[3] = c
    let tenth = 0
    while (tenth < TENTHS - 1 && (bits[0] as number) > (cuts[tenth] as number)) tenth++
    table[c] = tenth
  }
  return table
}

function distinct(prefixes: Prefixes): (readonly number[])[] {
  return [...new Map(prefixes.map((prefix) => [prefix.join(), prefix])).values()]
}

/**
 * The nine cuts from workers that count: four rounds, each over sixteen bits.
 * @param ask gives the counts of all workers for the prefixes
 */
export async function cutsOf(ask: (prefixes: Prefixes) => Promise<readonly Counts[]>): Promise<number[]> {
  let prefixes: number[][] = [[]]
  let ranks: number[] = []
  for (let level = 0; level < 4; level++) {
    const answers = await ask(prefixes)
    const counts = distinct(prefixes).map((_, k) => summed(answers.map((one) => one[k] as Float64Array)))
    if (level === 0) {
      const total = (counts[0] as Float64Array).reduce((sum, n) => sum + n, 0)
      ranks = Array.from({ length: TENTHS - 1 }, (_, k) => ((k + 1) * total) / TENTHS)
      prefixes = ranks.map(() => [])
    }
    const keys = distinct(prefixes).map((prefix) => prefix.join())
    prefixes = prefixes.map((prefix, k) => {
      const own = counts[keys.indexOf(prefix.join())] as Float64Array
      let [passed, at] = [0, 0]
      while (at < CLASSES - 1 && passed + (own[at] as number) < (ranks[k] as number))
        passed += own[at++] as number
      ranks[k] = (ranks[k] as number) - passed
      return [...prefix, at]
    })
  }
  const bits = new Float64Array(1)
  const words = new Uint16Array(bits.buffer)
  return prefixes.map((prefix) => {
    for (const [d, word] of prefix.entries()) words[3 - d] = word
    return bits[0] as number
  })
}

function summed(all: readonly Float64Array[]): Float64Array {
  const [first = new Float64Array(CLASSES), ...others] = all
  for (const other of others) for (let c = 0; c < first.length; c++) first[c]! += other[c] as number
  return first
}
