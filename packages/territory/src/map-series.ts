import type { CivilDate } from '@nhip/calendar/civil-date'
import type { Message, Problem } from '@nhip/canonical/problem'
import { type Arithmetic, bigArithmetic, Finest, smallArithmetic } from './arithmetic.ts'
import { Coverage } from './coverage.ts'
import type { Territory } from './territory.ts'
import { type Part, type ShareMethod, type Shares, Transition } from './transition.ts'
import type { UnitId } from './unit.ts'

/** One observation of a series (one property and breakdown) about a unit. */
export interface SeriesValue {
  /** Entity id; it says by itself which map the value is on. */
  unit: UnitId
  /** What is mapped together, usually the period. Default: all values are of one period. */
  key?: string
  /** A number, or a decimal text where a double is not exact enough. Absent or null = missing. */
  value?: number | string | null
  num?: number | string | null
  den?: number | string | null
  text?: string | null
  /** SDMX observation status; default A. O and Q are missing values, M is not applicable, X is ignored. */
  status?: string
}

/**
 * How values behave when units join or part. `additive`: amounts. `ratio`: numerator and denominator are amounts, the value is
 * their quotient. `last`: numbers that do not add up (scores, ranks, rates without a denominator). `text`: likewise.
 */
export type Semantics = 'additive' | 'ratio' | 'last' | 'text'

export interface MapOptions {
  /** `as_then` leaves values where they are; `as_now` is the map of today; a day is the map of that day. */
  view: 'as_then' | 'as_now' | CivilDate
  shares: Shares
  semantics: Semantics
  /** The day that `as_now` means. Default: the last day on which units changed. */
  today?: CivilDate
  /** Decimals of an amount: estimated parts are whole multiples of 10^−decimals. Default: whole if all values are, else six more than the finest value has. */
  decimals?: number
  /** Also give the bounds of estimated values: every uncertain part whole, or not at all. */
  interval?: boolean
  /** Share of contributing units that must have reported; below it the value is missing, with `partial` beside it. Default 1. */
  minCoverage?: number
}

export type MissingReason = 'incomplete' | 'missing' | 'not-additive' | 'zero-denominator'

export interface MappedValue {
  unit: UnitId
  key: string
  /** null = missing, see `status` and `reason`. */
  value: number | null
  /** The decimal that `value` rounds, where a double cannot carry it. These add up exactly. */
  exact?: string
  num?: number
  den?: number
  text?: string
  /** E as soon as any part of the value is estimated; else the most doubtful status among its contributors. */
  status: string
  /** What the estimate rests on; empty when nothing is estimated. */
  methods: readonly ShareMethod[]
  coverage: { reported: number; expected: number }
  /** The sum over those that reported, when too few did. */
  partial?: number
  reason?: MissingReason
  interval?: { lo: number; hi: number }
  /** Bounds of numerator and denominator of a ratio. */
  numInterval?: { lo: number; hi: number }
  denInterval?: { lo: number; hi: number }
  /** The units whose values went into this one. */
  from: readonly UnitId[]
}

/** What stands in `reason`, for people. */
export const missingReasons: Record<MissingReason, Message> = {
  incomplete: {
    vi: 'chưa đủ số liệu của các đơn vị hợp thành',
    en: 'some of the units it is made of have not reported',
  },
  missing: { vi: 'đơn vị không có số liệu', en: 'the unit has no value' },
  'not-additive': {
    vi: 'chỉ tiêu không cộng được khi đơn vị sáp nhập hoặc chia tách',
    en: 'the property does not add up when units merge or split',
  },
  'zero-denominator': { vi: 'mẫu số bằng 0', en: 'the denominator is 0' },
}

/** Which semantics an aggregation over units (the catalogue's `overUnits`) asks for. */
export function semanticsOf(overUnits: string): Semantics {
  return overUnits === 'sum' || overUnits === 'count' ? 'additive' : overUnits === 'ratio' ? 'ratio' : 'last'
}

/**
 * Carries values from the maps they were observed on to one map.
 *
 * Amounts are conserved exactly: over each key, the decimals before and after have the same sum, unless a problem says that
 * a unit has no place on the target map. Values that had to be divided are estimates (status E) and name their method; so are values
 * taken back to an older map across a merger. Taken back across a mere rename, or where parts come together again, nothing is
 * estimated.
 */
export function mapSeries(
  territory: Territory,
  values: readonly SeriesValue[],
  options: MapOptions,
): { values: MappedValue[]; problems: Problem[] } {
  const problems: Problem[] = []
  const groups = new Map<string, Map<UnitId, SeriesValue>>()
  for (const v of values) {
    if (v.status === 'X') continue
    const key = v.key ?? ''
    const unreadable = options.semantics === 'text' ? undefined : unreadableIn(v)
    if (!territory.unit(v.unit)) problems.push(unknownUnit(v.unit))
    else if (unreadable !== undefined) problems.push(notANumber(v.unit, key, String(unreadable)))
    else {
      let group = groups.get(key)
      if (!group) {
        group = new Map()
        groups.set(key, group)
      }
      if (group.has(v.unit)) problems.push(duplicate(v.unit, key))
      else group.set(v.unit, v)
    }
  }
  if (options.view === 'as_then') {
    return {
      values: [...groups].flatMap(([key, group]) =>
        [...group.values()].map((v) => unmoved(v, key, options.semantics)),
      ),
      problems,
    }
  }
  const day =
    options.view === 'as_now' ? (options.today ?? territory.changes().at(-1) ?? '9999-12-31') : options.view
  const transition = new Transition(territory, day, options.shares)
  const amounts = options.semantics === 'additive' || options.semantics === 'ratio'
  const grids = amounts ? gridsOf(groups, options) : []
  const mapped: MappedValue[] = []
  for (const [key, group] of groups) {
    const targets = targetsOf(group, transition, key, problems)
    const coverage = new Coverage(territory, (id) => {
      const v = group.get(id)
      return v === undefined
        ? null
        : v.status === 'M'
          ? 'not-applicable'
          : hasValue(v, options.semantics)
            ? 'reported'
            : 'missing'
    })
    const sums = grids.map((g) => sumsOf(g.field, g.scale, group, targets, transition, options))
    for (const [unit, sources] of targets) {
      const base = baseOf(unit, key, sources, coverage, options)
      if (options.semantics === 'additive') mapped.push(asAmount(base, sums[0]?.get(unit), options))
      else if (options.semantics === 'ratio')
        mapped.push(asRatio(base, sums[0]?.get(unit), sums[1]?.get(unit), options))
      else mapped.push(asWhole(base, sources, options.semantics))
    }
  }
  return { values: mapped, problems: [...problems, ...transition.problems] }
}

interface Source {
  value: SeriesValue
  /** Index among the parts of the source. */
  part: number
  certain: boolean
  methods: readonly ShareMethod[]
}

/** For each unit of the target map the values that reach it. */
function targetsOf(
  group: Map<UnitId, SeriesValue>,
  transition: Transition,
  key: string,
  problems: Problem[],
): Map<UnitId, Source[]> {
  const targets = new Map<UnitId, Source[]>()
  let doubled: UnitId | null = null
  for (const value of group.values()) {
    const parts = transition.parts(value.unit)
    for (let part = 0; part < parts.length; part++) {
      const { to, methods } = parts[part] as Part
      if (to !== value.unit && group.has(to)) {
        doubled ??= to // the target has a value of its own for this period: adding would count twice
        continue
      }
      const source: Source = { value, part, certain: methods.length === 0, methods }
      const list = targets.get(to)
      if (list) list.push(source)
      else targets.set(to, [source])
    }
  }
  if (doubled !== null) problems.push(twoMaps(doubled, key))
  return targets
}

function baseOf(
  unit: UnitId,
  key: string,
  sources: readonly Source[],
  coverage: Coverage,
  options: MapOptions,
): MappedValue {
  let methods: readonly ShareMethod[] = []
  let status = 'A'
  for (const { value, methods: used } of sources) {
    if (!hasValue(value, options.semantics)) continue
    if (used.length > 0) methods = methods.length === 0 ? used : [...new Set([...methods, ...used])]
    if (value.status !== undefined && doubt.indexOf(value.status) > doubt.indexOf(status))
      status = value.status
  }
  return {
    unit,
    key,
    value: null,
    status: methods.length > 0 ? 'E' : status,
    methods,
    coverage: coverage.of(unit),
    from: sources.map((s) => s.value.unit),
  }
}

interface Sum {
  value: number
  exact: string | undefined
  lo: number
  hi: number
}

function gridsOf(
  groups: Map<string, Map<UnitId, SeriesValue>>,
  options: MapOptions,
): { field: 'value' | 'num' | 'den'; scale: number }[] {
  const fields = options.semantics === 'additive' ? (['value'] as const) : (['num', 'den'] as const)
  return fields.map((field) => {
    const finest = new Finest()
    for (const group of groups.values()) for (const v of group.values()) finest.see(v[field])
    return { field, scale: finest.grid(options.decimals) }
  })
}

function sumsOf(
  field: 'value' | 'num' | 'den',
  scale: number,
  group: Map<UnitId, SeriesValue>,
  targets: Map<UnitId, Source[]>,
  transition: Transition,
  options: MapOptions,
): Map<UnitId, Sum> {
  const amounts = new Map<UnitId, number | string>()
  let size = 0
  for (const v of group.values()) {
    const x = v[field]
    if (!hasValue(v, options.semantics) || x === undefined || x === null) continue
    amounts.set(v.unit, x)
    size += Math.abs(Number(x))
  }
  return size * 10 ** scale < 1e15
    ? total(smallArithmetic, scale, amounts, targets, transition)
    : total(bigArithmetic, scale, amounts, targets, transition)
}

function total<T>(
  math: Arithmetic<T>,
  scale: number,
  amounts: Map<UnitId, number | string>,
  targets: Map<UnitId, Source[]>,
  transition: Transition,
): Map<UnitId, Sum> {
  const divided = new Map<UnitId, T[]>()
  const sums = new Map<UnitId, Sum>()
  for (const [unit, sources] of targets) {
    let sum = math.zero
    let lo = math.zero
    let hi = math.zero
    for (const { value, part, certain } of sources) {
      const amount = amounts.get(value.unit)
      if (amount === undefined) continue
      const whole = math.read(amount, scale)
      if (certain) {
        sum = math.add(sum, whole)
        lo = math.add(lo, whole)
        hi = math.add(hi, whole)
        continue
      }
      let parts = divided.get(value.unit)
      if (!parts) {
        parts = math.split(whole, transition.split(value.unit))
        divided.set(value.unit, parts)
      }
      sum = math.add(sum, parts[part] as T)
      if (math.negative(whole)) lo = math.add(lo, whole)
      else hi = math.add(hi, whole)
    }
    sums.set(unit, {
      value: math.value(sum, scale),
      exact: math.exact(sum, scale),
      lo: math.value(lo, scale),
      hi: math.value(hi, scale),
    })
  }
  return sums
}

/** Fills in the row it is given: maps of a whole nation make millions of them. */
function asAmount(row: MappedValue, sum: Sum | undefined, options: MapOptions): MappedValue {
  const reason = shortfall(row, options)
  if (reason || !sum) {
    if (row.coverage.reported > 0 && sum) row.partial = sum.value
    return missing(row, reason ?? 'missing')
  }
  row.value = sum.value
  if (sum.exact !== undefined) row.exact = sum.exact
  if (options.interval) row.interval = { lo: sum.lo, hi: sum.hi }
  return row
}

function asRatio(
  base: MappedValue,
  num: Sum | undefined,
  den: Sum | undefined,
  options: MapOptions,
): MappedValue {
  const reason = shortfall(base, options)
  if (reason || !num || !den) return missing(base, reason ?? 'missing')
  const mapped: MappedValue = { ...base, num: num.value, den: den.value }
  if (options.interval) {
    mapped.numInterval = { lo: num.lo, hi: num.hi }
    mapped.denInterval = { lo: den.lo, hi: den.hi }
  }
  return den.value === 0 ? missing(mapped, 'zero-denominator') : { ...mapped, value: num.value / den.value }
}

/** Numbers that do not add up, and text, move only where one unit became exactly one other. */
function asWhole(base: MappedValue, sources: readonly Source[], semantics: Semantics): MappedValue {
  const [only] = sources
  if (!only || sources.length > 1 || base.coverage.expected > 1 || !only.certain)
    return missing(base, 'not-additive')
  if (!hasValue(only.value, semantics))
    return only.value.status === 'M' ? { ...base, status: 'M' } : missing(base, 'missing')
  return withOwnValue(base, only.value, semantics)
}

function unmoved(v: SeriesValue, key: string, semantics: Semantics): MappedValue {
  const has = hasValue(v, semantics)
  const base: MappedValue = {
    unit: v.unit,
    key,
    value: null,
    status: v.status ?? 'A',
    methods: [],
    coverage: { reported: has ? 1 : 0, expected: v.status === 'M' ? 0 : 1 },
    from: [v.unit],
  }
  if (!has) return v.status === 'M' || v.status === 'Q' ? base : missing(base, 'missing')
  if (semantics !== 'ratio') return withOwnValue(base, v, semantics)
  const ratio = { ...base, num: Number(v.num), den: Number(v.den) }
  return ratio.den === 0 ? missing(ratio, 'zero-denominator') : { ...ratio, value: ratio.num / ratio.den }
}

function withOwnValue(base: MappedValue, v: SeriesValue, semantics: Semantics): MappedValue {
  if (semantics === 'text') return { ...base, text: v.text as string }
  const mapped: MappedValue = { ...base, value: Number(v.value) }
  if (typeof v.value === 'string' && String(mapped.value) !== v.value) mapped.exact = v.value
  return mapped
}

function shortfall({ coverage, status }: MappedValue, { minCoverage = 1 }: MapOptions): MissingReason | null {
  if (coverage.reported === 0) return 'missing'
  return coverage.reported < coverage.expected * minCoverage && status !== 'M' ? 'incomplete' : null
}

function missing(base: MappedValue, reason: MissingReason): MappedValue {
  return base.coverage.expected === 0
    ? { ...base, status: 'M' }
    : { ...base, value: null, status: 'O', methods: [], reason }
}

function hasValue(v: SeriesValue, semantics: Semantics): boolean {
  if (v.status === 'O' || v.status === 'M' || v.status === 'Q') return false
  if (semantics === 'ratio') return present(v.num) && present(v.den)
  return semantics === 'text' ? present(v.text) : present(v.value)
}

const present = <T>(x: T | undefined | null | ''): x is T => x !== undefined && x !== null && x !== ''

function unreadableIn({ value, num, den }: SeriesValue): number | string | undefined {
  if (present(value) && !isDecimal(value)) return value
  if (present(num) && !isDecimal(num)) return num
  return present(den) && !isDecimal(den) ? den : undefined
}

function isDecimal(x: number | string | null | undefined): boolean {
  return typeof x === 'number' ? Number.isFinite(x) : /^[+-]?\d+(\.\d*)?$/.test((x ?? '').trim())
}

/** From the least to the most doubtful; a value put together from several is as doubtful as the worst of them. */
const doubt = ['A', 'P', 'V', 'U', 'B', 'I', 'F', 'E']

function unknownUnit(unit: string): Problem {
  return {
    severity: 'error',
    code: 'unit-unknown',
    value: unit,
    message: { vi: `không có đơn vị "${unit}"`, en: `there is no unit "${unit}"` },
  }
}

function notANumber(unit: string, key: string, value: string): Problem {
  return {
    severity: 'error',
    code: 'not-a-number',
    value,
    path: key === '' ? unit : `${unit} ${key}`,
    message: {
      vi: `giá trị của "${unit}" không phải là số: "${value}"`,
      en: `the value of "${unit}" is not a number: "${value}"`,
    },
  }
}

function duplicate(unit: string, key: string): Problem {
  return {
    severity: 'error',
    code: 'duplicate-value',
    value: unit,
    path: key,
    message: {
      vi: `đơn vị "${unit}" có hai giá trị cho kỳ "${key}"; giá trị sau bị bỏ`,
      en: `unit "${unit}" has two values for "${key}"; the later one is left out`,
    },
  }
}

function twoMaps(unit: string, key: string): Problem {
  return {
    severity: 'warning',
    code: 'two-maps',
    value: unit,
    path: key,
    message: {
      vi: `kỳ "${key}" có cả số liệu của "${unit}" lẫn của đơn vị trước hoặc sau nó; chỉ dùng số liệu của chính đơn vị`,
      en: `for "${key}" both "${unit}" and units before or after it have values; only its own is used`,
    },
  }
}
