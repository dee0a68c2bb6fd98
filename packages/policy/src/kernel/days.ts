/** Days, months and ages as arithmetic of doubles; NaN, the null of kernels, goes through. */

/** The rest has the sign of the divisor; NaN for zero. */
export function modulo(a: number, b: number): number {
  const rest = a % b
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest
}

/** Months since the year 0 and the day of the month, in one number: `months · 32 + day` (Hinnant's civil from days). */
function monthsAndDay(days: number): number {
  const z = days + 719468
  const era = Math.floor(z / 146097)
  const doe = z - era * 146097
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365,
  )
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1
  // March is month 0 of a year that begins with it.
  return ((yoe + era * 400) * 12 + mp + 2) * 32 + day
}

function daysOf(months: number, day: number): number {
  const shifted = months - 2
  const year = Math.floor(shifted / 12)
  const mp = shifted - year * 12
  const era = Math.floor(year / 400)
  const yoe = year - era * 400
  const doy = Math.floor((153 * mp + 2) / 5) + day - 1
  const doe = yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy
  return era * 146097 + doe - 719468
}

export function year(days: number): number {
  return Math.floor(Math.floor(monthsAndDay(days) / 32) / 12)
}

export function month(days: number): number {
  const months = Math.floor(monthsAndDay(days) / 32)
  return months - Math.floor(months / 12) * 12 + 1
}

export function day(days: number): number {
  const packed = monthsAndDay(days)
  return packed - Math.floor(packed / 32) * 32
}

/** 1 Monday … 7 Sunday. */
export function weekday(days: number): number {
  return modulo(days + 3, 7) + 1
}

/** The same day some months on, or that month's last. */
export function addMonths(days: number, by: number): number {
  const packed = monthsAndDay(days)
  const months = Math.floor(packed / 32)
  const first = daysOf(months + by, 1)
  return Math.min(first + (packed - months * 32) - 1, daysOf(months + by + 1, 1) - 1)
}

/** Whole months from one day to another, toward zero; a month is full on the same day, or its month's last. */
export function monthsBetween(from: number, to: number): number {
  if (Number.isNaN(from) || Number.isNaN(to)) return Number.NaN
  const [early, late] = from <= to ? [from, to] : [to, from]
  const between = Math.floor(monthsAndDay(late) / 32) - Math.floor(monthsAndDay(early) / 32)
  const full = addMonths(early, between) > late ? between - 1 : between
  return early === from ? full : 0 - full
}

/** Age in whole years; `late`: a birthday of 29 February falls on 1 March in other years, else on 28 February. */
export function age(birth: number, on: number, late: boolean): number {
  const years = year(on) - year(birth)
  return on >= birthday(birth, years, late) ? years : years - 1
}

function birthday(birth: number, years: number, late: boolean): number {
  const moved = addMonths(birth, years * 12)
  return late && day(birth) === 29 && month(birth) === 2 && day(moved) === 28 ? moved + 1 : moved
}

/** The last day of birth of those who have reached an age on a day. */
export function lastBirth(on: number, years: number, late: boolean): number {
  let birth = addMonths(on, -12 * years) + 2
  while (age(birth, on, late) < years) birth--
  return birth
}

/** Ages of a human life, from a table: the last day of birth for each age. */
const LIFE = 130

/**
 * Ages on one day: as {@link age}, by a table instead of the calendar.
 * @public printed kernels call it
 */
export function ageOn(on: number, late: boolean): (birth: number) => number {
  // table[k]: born on that day or before, one is at least k years old.
  const table = Float64Array.from({ length: LIFE + 2 }, (_, years) => lastBirth(on, years, late))
  const [first, last] = [table[LIFE + 1] as number, table[0] as number]
  return (birth) => {
    if (!(birth > first && birth <= last)) return age(birth, on, late)
    let years = Math.floor((on - birth) / 365.2425)
    if (birth <= (table[years + 1] as number)) years++
    else if (birth > (table[years] as number)) years--
    return years
  }
}
