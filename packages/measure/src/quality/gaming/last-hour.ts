/** One change of an answer. */
export interface AnswerChange {
  unit: string
  /** ISO instant with offset. */
  at: string
  /** Points gained by it; negative when it lowers the score. */
  gain: number
}

export interface LastHour {
  unit: string
  /** Changes in the last hour before closing that raise the score, and all changes. */
  late: number
  all: number
  gained: number
  /** More such changes than the other units' habits give, in standard deviations. */
  z: number
}

/**
 * Units that raise their answers in the last hour before the campaign closes, compared with how often all units do: everybody works towards
 * a deadline. Changes after closing are not looked at.
 *
 * @param closes ISO instant with offset
 */
export function lastHourChanges(changes: readonly AnswerChange[], closes: string, hours = 1): LastHour[] {
  const end = Date.parse(closes)
  if (Number.isNaN(end)) throw new RangeError(`invalid instant: "${closes}"`)
  const units = new Map<string, LastHour>()
  let late = 0
  let all = 0
  for (const { unit, at, gain } of changes) {
    const time = Date.parse(at)
    if (!(time <= end)) continue
    const own = units.get(unit) ?? { unit, late: 0, all: 0, gained: 0, z: 0 }
    units.set(unit, own)
    own.all++
    all++
    if (time < end - hours * 3_600_000 || gain <= 0) continue
    own.late++
    own.gained += gain
    late++
  }
  for (const own of units.values()) {
    // The others' share, with one success and one failure added so that it is never 0 or 1.
    const share = (late - own.late + 1) / (all - own.all + 2)
    own.z = (own.late - own.all * share) / Math.sqrt(own.all * share * (1 - share))
  }
  return [...units.values()].sort((a, b) => b.z - a.z || (a.unit < b.unit ? -1 : 1))
}
