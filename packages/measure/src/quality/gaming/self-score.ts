import { MAD_TO_SD, medianOf } from '../robust.ts'

/** What a unit says of itself now, and what verification found before. */
export interface SelfScore {
  unit: string
  self: number
  /** Verified results of earlier rounds, oldest first; the last counts most. */
  verified: readonly number[]
  /** Its own earlier self-scores, beside `verified` from the end; absent = not known. */
  earlierSelf?: readonly number[]
}

export interface SelfScoreFlag {
  unit: string
  /** What its history and everybody's progress let expect. */
  expected: number
  /** Above the expected, in robust standard deviations over units. NaN without history. */
  z: number
}

/**
 * How far each self-score stands above the unit's verified history, compared with how far all units' do: general progress and a general habit of
 * scoring oneself up are taken out, and the unit's own past gap between the two adds to its doubt.
 */
export function selfScoreFlags(scores: readonly SelfScore[]): SelfScoreFlag[] {
  const gaps = scores.map(({ self, verified }) => {
    if (verified.length === 0) return Number.NaN
    // Weights halve with each round back.
    let weight = 1
    let sum = 0
    let weights = 0
    for (let i = verified.length - 1; i >= 0; i--) {
      sum += weight * verified[i]!
      weights += weight
      weight /= 2
    }
    return self - sum / weights
  })
  const known = Float64Array.from(gaps.filter((gap) => !Number.isNaN(gap)))
  const middle = medianOf(known.slice())
  const spread = MAD_TO_SD * medianOf(known.map((gap) => Math.abs(gap - middle)))
  return scores.map(({ unit, self, verified, earlierSelf = [] }, u) => {
    let habit = 0
    const rounds = Math.min(verified.length, earlierSelf.length)
    for (let i = 1; i <= rounds; i++)
      habit += Math.max(0, earlierSelf[earlierSelf.length - i]! - verified[verified.length - i]!) / rounds
    const gap = gaps[u]!
    return {
      unit,
      expected: self - gap + middle,
      z:
        spread === 0
          ? Math.sign(gap - middle) * (gap === middle ? 0 : Infinity)
          : (gap - middle + 0.5 * habit) / spread,
    }
  })
}
