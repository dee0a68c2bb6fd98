/** Units in which a length of time is written down, the longest first. */
export const durationUnits = [
  { code: 'day', seconds: 86_400 },
  { code: 'hour', seconds: 3600 },
  { code: 'minute', seconds: 60 },
  { code: 'second', seconds: 1 },
] as const
export type DurationUnit = (typeof durationUnits)[number]['code']

/** Seconds as a whole number of the longest unit that fits: 5400 → 90 minutes, 86400 → 1 day. */
export function inUnits(seconds: number): { amount: number; unit: DurationUnit } {
  const fitting =
    durationUnits.find((unit) => seconds >= unit.seconds && seconds % unit.seconds === 0) ??
    durationUnits[durationUnits.length - 1]!
  return { amount: seconds / fitting.seconds, unit: fitting.code }
}

/** How many seconds an amount of a unit is. */
export function inSeconds(amount: number, unit: DurationUnit): number {
  return amount * (durationUnits.find(({ code }) => code === unit)?.seconds ?? 1)
}
