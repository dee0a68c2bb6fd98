import type { CivilDate } from '@nhip/calendar/civil-date'
import { compareDates } from '@nhip/calendar/civil-date'
import { Num } from '@nhip/feel/number'
import { Context, type FeelValue } from '@nhip/feel/values'
import type { BundleModel, Certainty, DatedValue, Parameter, Reference } from '../bundle/model.ts'
import { isComputed } from '../bundle/model.ts'
import { type Scale, scaleValue } from '../bundle/scale.ts'

/** The text in force: one entry of a parameter, or of a bracket of a scale. */
export interface InForce {
  readonly from: CivilDate
  readonly enacted: CivilDate | null
  readonly certainty: Certainty | null
  readonly reference: Reference | null
}

/** A parameter on a day. */
export interface ParameterValue {
  readonly path: string
  readonly value: FeelValue
  /** Where the value comes from; a scale has one entry for each of its thresholds and amounts. */
  readonly entries: readonly InForce[]
  readonly scale: Scale | null
  /** Paths of other parameters from which the value was computed. */
  readonly read: readonly string[]
  /** Paths (own and read ones) whose figures rest on secondary or no sources. */
  readonly unverified: readonly string[]
}

const UNVERIFIED: ReadonlySet<Certainty | null> = new Set<Certainty | null>(['secondary', 'unsourced'])

export function isUnverified(certainty: Certainty | null): boolean {
  return UNVERIFIED.has(certainty)
}

/**
 * Of the entries enacted by `asKnown` the one with the latest `from` on or before the day; of several the one enacted
 * last. Undefined when there is none.
 */
export function entryAt(
  entries: readonly DatedValue[],
  day: CivilDate,
  asKnown: CivilDate | null,
): DatedValue | undefined {
  let best: DatedValue | undefined
  for (const entry of entries) {
    if (compareDates(entry.from, day) > 0) continue
    if (asKnown !== null && entry.enacted !== null && compareDates(entry.enacted, asKnown) > 0) continue
    if (best === undefined) {
      best = entry
      continue
    }
    const order = compareDates(entry.from, best.from) || compareNullable(entry.enacted, best.enacted)
    if (order > 0) best = entry
  }
  return best
}

const compareNullable = (a: CivilDate | null, b: CivilDate | null) =>
  a === null || b === null ? Number(a !== null) - Number(b !== null) : compareDates(a, b)

/** How a value written in FEEL is worked out; given by whoever has compiled it. */
export type Compute = (entry: DatedValue, day: CivilDate, read: (path: string) => FeelValue) => FeelValue

/** The parameters of a bundle on any day, as they were known on one day. Values are worked out once a day asked. */
export class ParametersAt {
  readonly #model: BundleModel
  readonly #asKnown: CivilDate | null
  readonly #compute: Compute
  readonly #overrides: ReadonlyMap<string, FeelValue>
  readonly #byDay = new Map<CivilDate, Map<string, ParameterValue>>()

  constructor(
    model: BundleModel,
    asKnown: CivilDate | null,
    compute: Compute,
    overrides: ReadonlyMap<string, FeelValue> = new Map(),
  ) {
    this.#model = model
    this.#asKnown = asKnown
    this.#compute = compute
    this.#overrides = overrides
  }

  at(path: string, day: CivilDate): ParameterValue {
    let values = this.#byDay.get(day)
    if (values === undefined) {
      values = new Map()
      this.#byDay.set(day, values)
    }
    const known = values.get(path)
    if (known !== undefined) return known
    const parameter = this.#model.parameters.get(path)
    if (parameter === undefined) throw new RangeError(`there is no parameter "${path}"`)
    const value = this.#valueOf(parameter, day)
    values.set(path, value)
    return value
  }

  /** Every parameter that has been asked for so far, or read by one that was. */
  used(): Set<string> {
    return new Set([...this.#byDay.values()].flatMap((values) => [...values.keys()]))
  }

  #valueOf(parameter: Parameter, day: CivilDate): ParameterValue {
    const { path } = parameter
    const override = this.#overrides.get(path)
    if (override !== undefined)
      return { path, value: override, entries: [], scale: null, read: [], unverified: [] }
    const entries: InForce[] = []
    const read: string[] = []
    const unverified = new Set<string>()
    const resolve = (list: readonly DatedValue[]): FeelValue => {
      const entry = entryAt(list, day, this.#asKnown)
      if (entry === undefined || entry.value === null) return null
      entries.push({
        from: entry.from,
        enacted: entry.enacted,
        certainty: entry.certainty,
        reference: entry.reference,
      })
      if (isUnverified(entry.certainty)) unverified.add(path)
      if (!isComputed(entry.value)) return entry.value
      return this.#compute(entry, day, (other) => {
        const found = this.at(other, day)
        if (!read.includes(other)) read.push(other)
        for (const name of found.unverified) unverified.add(name)
        return found.value
      })
    }
    if (parameter.kind === 'value') {
      const value = resolve(parameter.values)
      return { path, value, entries, scale: null, read, unverified: [...unverified] }
    }
    const thresholds: Num[] = []
    const amounts: Num[] = []
    for (const bracket of parameter.brackets) {
      const threshold = resolve(bracket.threshold)
      // A bracket without a threshold on this day is not there.
      if (!(threshold instanceof Num)) continue
      const amount = resolve(bracket.amount)
      if (!(amount instanceof Num)) continue
      thresholds.push(threshold)
      amounts.push(amount)
    }
    const scale: Scale | null = thresholds.length === 0 ? null : { kind: parameter.kind, thresholds, amounts }
    return { path, value: scale && scaleValue(scale), entries, scale, read, unverified: [...unverified] }
  }

  /** A folder as a context of the values of its parameters that exist on the day. */
  folder(children: ReadonlyMap<string, string>, day: CivilDate): Context {
    const entries = [...children].map(([name, path]) => [name, this.at(path, day).value] as const)
    return new Context(new Map(entries.filter(([, value]) => value !== null)))
  }
}
