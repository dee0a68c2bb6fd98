import type { CivilDate } from '@nhip/calendar/civil-date'
import { compareDates } from '@nhip/calendar/civil-date'
import * as number from '@nhip/feel/number'
import { Num } from '@nhip/feel/number'
import { type BundleModel, type DatedValue, isComputed } from '../bundle/model.ts'
import { entryAt } from '../interpret/parameters.ts'

/** A number of a parameter or of a line of a scale, as patches name it, with the step by which it is tried. */
export interface Adjustable {
  readonly path: string
  readonly value: string
  /** One for whole numbers from 10 to 199 (ages, days, multiples), else a hundredth, whole for larger whole amounts. */
  readonly step: string
}

/** Every number in force on a day among the parameters named. Values computed from others are left to those. */
export function adjustables(
  model: BundleModel,
  paths: Iterable<string>,
  day: CivilDate,
  asKnown: CivilDate | null,
): Adjustable[] {
  const out: Adjustable[] = []
  const line = (path: string, values: readonly DatedValue[]): void => {
    const entry = entryAt(values, day, asKnown)
    if (entry === undefined || entry.value === null || isComputed(entry.value)) return
    const { value } = entry
    if (!(value instanceof Num)) return
    const step = stepOf(value)
    if (step !== null) out.push({ path, value: number.toText(value), step })
  }
  for (const path of [...paths].sort()) {
    const parameter = model.parameters.get(path)
    if (parameter === undefined) continue
    if (parameter.kind === 'value') {
      line(path, parameter.values)
      continue
    }
    const amount =
      parameter.kind === 'marginal-rate'
        ? 'rate'
        : parameter.kind === 'average-rate'
          ? 'average_rate'
          : 'amount'
    for (const [i, bracket] of parameter.brackets.entries()) {
      const at = `${path}.brackets[${i + 1}]`
      // A bracket without a threshold on this day is not there; the lowest threshold stays where it is.
      const threshold = entryAt(bracket.threshold, day, asKnown)?.value
      if (!(threshold instanceof Num)) continue
      if (number.compare(threshold, number.ZERO) !== 0) line(`${at}.threshold`, bracket.threshold)
      line(`${at}.${amount}`, bracket.amount)
    }
  }
  return out
}

function stepOf(value: Num): string | null {
  const size = number.abs(value)
  const hundredth = number.divide(size, number.int(100))
  if (hundredth === null || number.compare(size, number.ZERO) === 0) return null
  if (!value.isInteger || number.compare(size, number.int(10)) < 0) return number.toText(hundredth)
  if (number.compare(size, number.int(200)) < 0) return '1'
  const whole = number.toScale(hundredth, 0, 'half up')
  return whole === null ? null : number.toText(whole)
}

/** Days on which one of the parameters or formulas changes, nearest to a day first, within two years of it. */
export function changeDates(
  model: BundleModel,
  parameters: Iterable<string>,
  variables: Iterable<string>,
  from: CivilDate,
  to: CivilDate,
): CivilDate[] {
  const days = new Set<CivilDate>()
  const add = (values: readonly { readonly from: CivilDate | null }[]): void => {
    for (const { from: day } of values)
      if (day !== null && compareDates(day, from) >= 0 && compareDates(day, to) <= 0) days.add(day)
  }
  for (const path of parameters) {
    const parameter = model.parameters.get(path)
    add(parameter?.values ?? [])
    for (const bracket of parameter?.brackets ?? []) {
      add(bracket.threshold)
      add(bracket.amount)
    }
  }
  for (const name of variables) add(model.variables.get(name)?.formulas ?? [])
  return [...days].sort()
}
