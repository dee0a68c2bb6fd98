import type { Scale } from './expected.ts'
import type { Family } from './families.ts'
import { medianOf } from './robust.ts'

/** One item's values beside what they should be; cells at `unit * periods + period`. */
export interface Judged {
  scale: Scale
  periods: number
  value: Float64Array
  /** Expected value and its standard deviation, on the scale. */
  centre: Float64Array
  sd: Float64Array
  /** Deviation from the expected in standard deviations; 0 where it is unknown. */
  z: Float64Array
  /** 1 where the value repeats the one before and such a repetition is not natural. */
  copied: Uint8Array
  /** By unit: is it odd when a value repeats the one before to the last digit? */
  repeatsAreOdd: readonly boolean[]
}

/** What comparing totals with the sums of their parts says about single cells. */
export interface TotalCheck {
  /** How sure it is that a cell is wrong, on the scale of z; 0 = nothing said. */
  against: Float64Array
  /** 1 where total and parts agree, which clears weak doubts of every cell of the family. */
  cleared: Uint8Array
  /** The value that would put the sum right; NaN where it cannot be told. */
  repaired: Float64Array
  /** Variance of `repaired`. */
  variance: Float64Array
  /** 1 for a total that does not fit its parts, as against a part that does not fit the total. */
  isTotal: Uint8Array
  /** Families in which the item adds up at all. */
  families: number
}

const plausible = 3.5

/**
 * Compares each total with its parts and says which cell is wrong when they differ: the one whose own history likes the value that would
 * put the sum right. Parts that are plainly off by a power of ten are put right first; where several parts are in doubt, their expected
 * values stand in for them with their uncertainty.
 */
export function checkTotals(judged: Judged, families: readonly Family[]): TotalCheck {
  const size = judged.value.length
  const check: TotalCheck = {
    against: new Float64Array(size),
    cleared: new Uint8Array(size),
    repaired: new Float64Array(size).fill(Number.NaN),
    variance: new Float64Array(size),
    isTotal: new Uint8Array(size),
    families: 0,
  }
  // Families of the lowest units first: what they say of a total helps where it is a part itself.
  const adding = lowestFirst(families).filter((family) => addsUp(judged, family))
  check.families = adding.length
  if (adding.length === 0) return check
  for (const family of adding) expectFromParts(judged, family)
  const tolerance = toleranceOf(judged, adding)
  if (tolerance > 0.05) return { ...check, families: 0 }
  const follow = totalsFollow(judged, adding, tolerance)
  for (const family of adding)
    for (let t = 0; t < judged.periods; t++) judge(judged, family, t, tolerance, follow, check)
  return check
}

function lowestFirst(families: readonly Family[]): Family[] {
  const above = new Map<number, number>()
  for (const { total, parts } of families) for (const u of parts) above.set(u, total)
  const depth = (u: number): number => {
    let n = 0
    for (let p = above.get(u); p !== undefined && n < 20; p = above.get(p)) n++
    return n
  }
  return [...families].sort((a, b) => depth(b.total) - depth(a.total))
}

/** Do the expected values of the parts add up to that of the total? Damage to single cells does not reach them. */
function addsUp(judged: Judged, { total, parts }: Family): boolean {
  const T = judged.periods
  const ratios = new Float64Array(T)
  let n = 0
  for (let t = 0; t < T; t++) {
    let sum = 0
    for (const u of parts) sum += judged.scale.from(judged.centre[u * T + t]!)
    const whole = judged.scale.from(judged.centre[total * T + t]!)
    const ratio = whole / sum
    if (Number.isFinite(ratio)) ratios[n++] = Math.abs(ratio - 1)
  }
  return n > 0 && medianOf(ratios, n) < 0.03
}

/**
 * What the parts are expected to be, added up, is a better expectation of the total than its own history when many totals are wrong.
 * Writes it, its spread and the deviation from it over those of the total.
 */
function expectFromParts(
  { scale, value, centre, sd, z, periods: T }: Judged,
  { total, parts }: Family,
): void {
  const gaps = new Float64Array(T)
  let n = 0
  for (let t = 0; t < T; t++) {
    const top = total * T + t
    let sum = 0
    let variance = 0
    for (const u of parts) {
      const c = u * T + t
      const spread = (scale.from(centre[c]! + sd[c]!) - scale.from(centre[c]! - sd[c]!)) / 2
      sum += scale.from(centre[c]!)
      variance += spread * spread
    }
    if (!Number.isFinite(sum) || Number.isNaN(scale.to(sum))) continue
    centre[top] = scale.to(sum)
    sd[top] =
      (scale.to(sum + Math.sqrt(variance)) - scale.to(Math.max(sum - Math.sqrt(variance), sum / 2))) / 2
    const gap = Math.abs(scale.to(value[top]!) - centre[top]!)
    if (!Number.isNaN(gap)) gaps[n++] = gap
  }
  // Shocks that parts share do not average out. Two fifths of normal deviations lie within 0.5244 standard deviations.
  const seen = n === 0 ? 0 : gaps.subarray(0, n).sort()[Math.floor(n * 0.4)]! / 0.5244
  for (let t = 0; t < T; t++) {
    const top = total * T + t
    sd[top] = Math.max(sd[top]!, seen)
    const d = (scale.to(value[top]!) - centre[top]!) / sd[top]!
    z[top] = Number.isFinite(d) ? d : 0
  }
}

/** How closely sound totals equal their sums: exactly, up to rounding, or only about. */
function toleranceOf(judged: Judged, families: readonly Family[]): number {
  const T = judged.periods
  const gaps: number[] = []
  const all: number[] = []
  for (const { total, parts } of families)
    for (let t = 0; t < T; t++) {
      let sum = 0
      let quiet = quietAt(judged, total * T + t)
      for (const u of parts) {
        sum += judged.value[u * T + t]!
        quiet &&= quietAt(judged, u * T + t)
      }
      const gap = Math.abs(judged.value[total * T + t]! / sum - 1)
      if (!Number.isFinite(gap)) continue
      all.push(gap)
      if (quiet) gaps.push(gap)
    }
  const used = gaps.length >= 8 ? gaps : all
  if (used.length === 0) return Infinity
  // Some quiet families still hold a wrong cell, so the lower half speaks for the sound ones.
  const sorted = Float64Array.from(used).sort()
  const middle = sorted[Math.floor(sorted.length * 0.4)]!
  return Math.max(1e-9, 5 * middle)
}

function quietAt(judged: Judged, c: number): boolean {
  return Math.abs(judged.z[c]!) < 2.2 && judged.copied[c] === 0
}

/** Whether the source adds its totals up from the damaged parts: then agreement proves nothing. */
function totalsFollow(judged: Judged, families: readonly Family[], tolerance: number): boolean {
  const T = judged.periods
  let wild = 0
  let agree = 0
  for (const { total, parts } of families)
    for (let t = 0; t < T; t++) {
      let sum = 0
      let worst = 0
      for (const u of parts) {
        const c = u * T + t
        sum += judged.value[c]!
        const moved = Math.abs(judged.value[c]! - judged.scale.from(judged.centre[c]!))
        if (Math.abs(judged.z[c]!) > 8 && moved > 4 * tolerance * Math.abs(judged.value[total * T + t]!))
          worst++
      }
      if (worst === 0 || Number.isNaN(sum)) continue
      wild++
      if (Math.abs(judged.value[total * T + t]! / sum - 1) <= tolerance) agree++
    }
  return wild > 4 && agree > wild / 2
}

/** A power of ten that takes the value to what is expected; 1 where none does. */
export function powerOfTen(value: number, expected: number, spread: number): number {
  const ratio = value / expected
  if (!(ratio > 0) || !Number.isFinite(ratio)) return 1
  const k = Math.round(Math.log10(ratio))
  if (k === 0 || Math.abs(k) > 9) return 1
  const rest = Math.abs(Math.log(ratio) - k * Math.LN10)
  return rest < Math.min(0.9, Math.max(0.25, 4 * spread)) ? 10 ** k : 1
}

/** One cell of a family while it is judged. */
interface Part {
  cell: number
  /** The value, put right where that is known. */
  now: number
  /** Variance of `now` where it was put right only about. */
  variance: number
  /** Its own parts vouch for it. */
  sure: boolean
}

function judge(
  judged: Judged,
  { total, parts }: Family,
  t: number,
  tolerance: number,
  follow: boolean,
  check: TotalCheck,
): void {
  const { value, periods: T } = judged
  const top = partAt(judged, total * T + t, check, follow)
  const below = parts.map((u) => partAt(judged, u * T + t, check, follow))
  const everyone = [top, ...below]
  let rawSum = 0
  for (const { cell } of below) rawSum += value[cell]!
  if (Number.isNaN(value[top.cell]!) || everyone.some(({ now }) => Number.isNaN(now))) return
  const rawTop = value[top.cell]!
  if (Math.abs(rawTop - rawSum) <= tolerance * Math.max(Math.abs(rawSum), Math.abs(rawTop))) {
    if (!follow) for (const { cell } of everyone) check.cleared[cell] = 1
    return
  }
  let sum = 0
  let variance = 0
  for (const part of below) {
    sum += part.now
    variance += part.variance
  }
  if (Math.abs(top.now - sum) <= tolerance * Math.abs(sum) + 3 * Math.sqrt(variance)) {
    for (const { cell, now } of everyone)
      if (now === value[cell]) check.cleared[cell] = variance === 0 && !follow ? 1 : check.cleared[cell]!
      else if (check.against[cell] === 0 && !Number.isNaN(value[cell]!)) blame(check, cell, 8, now, 0, false)
    return
  }
  const one = singleCause(judged, top, below, sum, variance)
  if (one) {
    const isTotal = one.part === top && powerOfTen(rawTop, one.value, 0.05) === 1
    // The gain is a log-likelihood ratio: √(2·gain) is on the scale of z.
    blame(
      check,
      one.part.cell,
      Math.max(3.6, Math.sqrt(2 * Math.max(0, one.gain))),
      one.value,
      variance,
      isTotal,
    )
    return
  }
  manyCauses(judged, top, below, tolerance, check)
}

function partAt(judged: Judged, cell: number, check: TotalCheck, follow: boolean): Part {
  // A part that has not reported stands in with what it should be; nobody can blame it.
  if (Number.isNaN(judged.value[cell]!)) {
    const { scale, centre, sd } = judged
    const spread = (scale.from(centre[cell]! + sd[cell]!) - scale.from(centre[cell]! - sd[cell]!)) / 2
    return { cell, now: scale.from(centre[cell]!), variance: spread * spread, sure: true }
  }
  if (check.against[cell]! > 0)
    return { cell, now: check.repaired[cell]!, variance: check.variance[cell]!, sure: true }
  if (check.cleared[cell] === 1 && !follow) return { cell, now: judged.value[cell]!, variance: 0, sure: true }
  return { cell, now: mend(judged, cell), variance: 0, sure: false }
}

function zOf({ scale, centre, sd }: Judged, value: number, c: number): number {
  const z = Math.abs((scale.to(value) - centre[c]!) / sd[c]!)
  return Number.isNaN(z) ? 12 : Math.min(12, z)
}

/** The one cell whose change to what the sum asks for is by far the most believable. */
function singleCause(
  judged: Judged,
  top: Part,
  below: readonly Part[],
  sum: number,
  variance: number,
): { part: Part; value: number; gain: number } | null {
  const gap = top.now - sum
  const size = Math.abs(gap / sum)
  let best: { part: Part; value: number; gain: number } | null = null
  let second = -Infinity
  for (const part of [top, ...below]) {
    if (part.sure) continue
    const value = part === top ? sum : part.now + gap
    const blur = Math.sqrt(variance) / Math.max(Math.abs(value), 1e-300)
    const after = zOf(judged, value, part.cell) / Math.hypot(1, blur / judged.sd[part.cell]!)
    if (after > plausible) continue
    // A gap of a few per cent of the whole is how a wrong total looks; a copied cell is in doubt before anything is counted.
    const prior =
      part === top ? (size > 0.015 && size < 0.12 ? 2 : 0) : judged.copied[part.cell] === 1 ? 2 : 0
    const gain = (zOf(judged, part.now, part.cell) ** 2 - after ** 2) / 2 + prior
    if (!best || gain > best.gain) {
      second = best ? best.gain : second
      best = { part, value, gain }
    } else second = Math.max(second, gain)
  }
  if (!best || best.gain - second < 0.7) return null
  for (const part of below)
    if (
      part !== best.part &&
      !part.sure &&
      (zOf(judged, part.now, part.cell) > 4 || judged.copied[part.cell] === 1)
    )
      return null
  return best
}

/** Several parts in doubt: what they should be stands in for them, and the total is judged against that. */
function manyCauses(
  judged: Judged,
  top: Part,
  below: readonly Part[],
  tolerance: number,
  check: TotalCheck,
): void {
  const { scale, centre, sd, copied } = judged
  if (top.sure) return
  let sum = 0
  let variance = 0
  for (const part of below) {
    const c = part.cell
    const doubtful = !part.sure && (zOf(judged, part.now, c) > 2.5 || copied[c] === 1)
    sum += doubtful ? scale.from(centre[c]!) : part.now
    variance += doubtful
      ? ((scale.from(centre[c]! + sd[c]!) - scale.from(centre[c]! - sd[c]!)) / 2) ** 2
      : part.variance
  }
  const off = Math.abs(top.now - sum) / Math.hypot(Math.sqrt(variance), tolerance * sum)
  if (off <= 3 || Math.abs(top.now / sum - 1) < 0.02) return
  const gain = (zOf(judged, top.now, top.cell) ** 2 - zOf(judged, sum, top.cell) ** 2) / 2
  if (gain > -3) blame(check, top.cell, Math.min(off, 6), sum, variance, true)
}

function mend({ scale, value, centre, sd, z }: Judged, c: number): number {
  if (Math.abs(z[c]!) < 4) return value[c]!
  const expected = scale.from(centre[c]!)
  const spread = scale.name === 'log' ? sd[c]! : Math.abs(scale.from(centre[c]! + sd[c]!) / expected - 1)
  return value[c]! / powerOfTen(value[c]!, expected, spread)
}

function blame(
  check: TotalCheck,
  c: number,
  against: number,
  value: number,
  variance: number,
  isTotal: boolean,
): void {
  if (against <= check.against[c]!) return
  check.variance[c] = variance
  check.against[c] = against
  check.repaired[c] = value
  check.isTotal[c] = isTotal ? 1 : 0
}
