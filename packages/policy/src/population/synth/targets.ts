import { normalQuantile } from '@nhip/random/normal'
import { IncomeCurve } from './income-curve.ts'
import { countedAges, growthOfRest, projected } from './margins.ts'
import type { SynthSpec } from './spec.ts'
import type { ProvinceTable } from './tables.ts'

/** What the synthetic population of one province is fitted to. */
export interface ProvinceTarget {
  readonly code: string
  /** Persons by age group and sex, male groups first. */
  readonly age: Float64Array
  readonly urban: number
  readonly rural: number
  readonly persons: number
  readonly households: number
  readonly incomeMean: number
  readonly quintiles: readonly number[]
  readonly curve: IncomeCurve
  readonly poverty: number
}

/** Two published figures that cannot both hold, and what was done. */
export interface Contradiction {
  readonly margin: string
  readonly published: number
  readonly against: string
  readonly other: number
  readonly ratio: number
}

export interface Targets {
  readonly provinces: readonly ProvinceTarget[]
  /** How much higher an urban household's rank score is, in standard deviations. */
  readonly urbanShift: number
  readonly contradictions: readonly Contradiction[]
}

/**
 * Brings the published margins, of different years and definitions, to one year and one total: ages to the counted persons of each
 * sex, urban and rural by raking (Deming & Stephan 1940), provincial quintile means to the published means of the nation.
 */
export function targetsOf(spec: SynthSpec, tables: readonly ProvinceTable[]): Targets {
  const contradictions: Contradiction[] = []
  const differ = (margin: string, published: number, against: string, other: number): void => {
    contradictions.push({
      margin,
      published,
      against,
      other,
      ratio: Math.round((published / other) * 1e6) / 1e6,
    })
  }
  const sum = (of: (p: ProvinceTable) => number): number => tables.reduce((total, p) => total + of(p), 0)
  const { male, female } = projected(tables)
  differ('census.persons.male', spec.totals.male, 'age-projection.male', male)
  differ('census.persons.female', spec.totals.female, 'age-projection.female', female)
  const ages = countedAges(spec, tables)
  const persons = ages.map((cells) => cells.reduce((a, b) => a + b, 0))
  const national = persons.reduce((a, b) => a + b, 0)
  differ('census.persons.urban+rural', spec.totals.urban + spec.totals.rural, 'census.persons', national)

  const residence = rakeResidence(spec, tables, persons)
  const before = sum((p) => p.urban) / sum((p) => p.urban + p.rural)
  differ(
    'census.urban-share',
    spec.totals.urban / (spec.totals.urban + spec.totals.rural),
    'residence-2016.urban-share',
    before,
  )

  const size = national / spec.totals.households
  const { quintiles, means } = uprateIncomes(spec, tables, persons, differ)
  const provinces = tables.map((table, p): ProvinceTarget => {
    const own = quintiles[p] as number[]
    return {
      code: table.code,
      age: ages[p] as Float64Array,
      urban: residence.urban[p] as number,
      rural: residence.rural[p] as number,
      persons: persons[p] as number,
      households: (persons[p] as number) / size,
      incomeMean: means[p] as number,
      quintiles: own,
      curve: new IncomeCurve(own, spec.income.lowest),
      poverty: table.poverty,
    }
  })
  return { provinces, urbanShift: urbanShiftOf(spec, provinces), contradictions }
}

/** Urban and rural persons of each province: 2016's split raked to today's persons of the province and split of the nation. */
function rakeResidence(
  { totals }: SynthSpec,
  tables: readonly ProvinceTable[],
  persons: readonly number[],
): { urban: number[]; rural: number[] } {
  const urban = tables.map((p) => p.urban)
  const rural = tables.map((p) => p.rural)
  const all = persons.reduce((a, b) => a + b, 0)
  const wanted = [totals.urban, totals.rural].map((n) => (n * all) / (totals.urban + totals.rural))
  for (let round = 0; round < 200; round++) {
    const u = (wanted[0] as number) / urban.reduce((a, b) => a + b, 0)
    const r = (wanted[1] as number) / rural.reduce((a, b) => a + b, 0)
    for (let p = 0; p < tables.length; p++) {
      const scaled = [(urban[p] as number) * u, (rural[p] as number) * r] as const
      const fit = (persons[p] as number) / (scaled[0] + scaled[1])
      urban[p] = scaled[0] * fit
      rural[p] = scaled[1] * fit
    }
    if (Math.abs(u - 1) < 1e-12 && Math.abs(r - 1) < 1e-12) break
  }
  return { urban, rural }
}

/**
 * Quintile means of the target year: each province's mean grows as published, or as the rest of the nation must; then the lowest and
 * the highest fifths are stretched alike everywhere until the fifths of the nation have the published means.
 */
function uprateIncomes(
  spec: SynthSpec,
  tables: readonly ProvinceTable[],
  persons: readonly number[],
  differ: (margin: string, published: number, against: string, other: number) => void,
): { quintiles: number[][]; means: number[] } {
  const total = persons.reduce((a, b) => a + b, 0)
  const growth = growthOfRest(spec, tables, persons)
  const means = tables.map(
    ({ incomeMean, knownShare, knownGrowth }) =>
      incomeMean * (knownShare * knownGrowth + (1 - knownShare) * (growth ?? 0)),
  )
  if (growth === null)
    differ(
      'income-2024.mean',
      spec.income.mean,
      'income-2024.mean-of-provinces',
      means.reduce((sum, mean, p) => sum + mean * (persons[p] as number), 0) / total,
    )
  const stretched = (low: number, high: number): number[][] =>
    tables.map((table, p) => {
      const raw = table.quintiles.map((q, k) => (k === 0 ? q * low : k === 4 ? q * high : q))
      // The middle three may not be passed: a stretch that strong is cut off.
      raw[0] = Math.min(raw[0] as number, 0.95 * (raw[1] as number))
      raw[4] = Math.max(raw[4] as number, 1.05 * (raw[3] as number))
      const fit = ((means[p] as number) * 5) / raw.reduce((a, b) => a + b, 0)
      return raw.map((q) => q * fit)
    })
  let low = 1
  let high = 1
  const plain = nationalFifths(spec, stretched(1, 1), persons)
  differ('income-2024.q1', spec.income.q1, 'income-2016-uprated.q1', plain[0] as number)
  differ('income-2024.q5', spec.income.q5, 'income-2016-uprated.q5', plain[4] as number)
  for (let round = 0; round < 60; round++) {
    const fifths = nationalFifths(spec, stretched(low, high), persons)
    const q1 = spec.income.q1 / (fifths[0] as number)
    const q5 = spec.income.q5 / (fifths[4] as number)
    if (Math.abs(q1 - 1) < 1e-5 && Math.abs(q5 - 1) < 1e-5) break
    low *= q1
    high *= q5
  }
  return { quintiles: stretched(low, high), means }
}

/** Means of the fifths of the nation when each province follows its curve, by 400 equal steps of each. */
function nationalFifths(
  spec: SynthSpec,
  quintiles: readonly (readonly number[])[],
  persons: readonly number[],
): number[] {
  const steps = 400
  const cells: { income: number; persons: number }[] = []
  for (const [p, means] of quintiles.entries()) {
    const curve = new IncomeCurve(means, spec.income.lowest)
    const each = (persons[p] as number) / steps
    for (let i = 0; i < steps; i++)
      cells.push({ income: curve.mean(i / steps, (i + 1) / steps), persons: each })
  }
  return fifthMeans(cells)
}

/** Mean income of each fifth of persons, a cell that lies across a border being parted. */
export function fifthMeans(cells: { income: number; persons: number }[]): number[] {
  cells.sort((a, b) => a.income - b.income)
  const fifth = cells.reduce((total, cell) => total + cell.persons, 0) / 5
  const sums = [0, 0, 0, 0, 0]
  let k = 0
  let room = fifth
  for (const { income, persons } of cells) {
    let rest = persons
    while (rest > 0) {
      const part = k === 4 ? rest : Math.min(rest, room)
      sums[k] = (sums[k] as number) + part * income
      rest -= part
      room -= part
      if (k < 4 && room <= 0) {
        k++
        room = fifth
      }
    }
  }
  return sums.map((total) => total / fifth)
}

/**
 * A household's rank is that of `shift·urban + ε`, ε standard normal: the shift for which urban and rural means of the nation stand in
 * the published ratio, by bisection over 200 quantiles of ε.
 */
function urbanShiftOf(spec: SynthSpec, provinces: readonly ProvinceTarget[]): number {
  const wanted = spec.income.urban / spec.income.rural
  const steps = 200
  const draws = Array.from({ length: steps }, (_, i) => normalQuantile((i + 0.5) / steps))
  const ratio = (shift: number): number => {
    let urban = 0
    let rural = 0
    let urbanPersons = 0
    let ruralPersons = 0
    for (const { urban: u, rural: r, curve } of provinces) {
      const share = u / (u + r)
      const rank = (score: number): number =>
        Math.min(1 - 1e-9, (1 - share) * normalCdf(score) + share * normalCdf(score - shift))
      let inUrban = 0
      let inRural = 0
      for (const draw of draws) {
        inUrban += curve.at(rank(draw + shift))
        inRural += curve.at(rank(draw))
      }
      urban += (inUrban / steps) * u
      rural += (inRural / steps) * r
      urbanPersons += u
      ruralPersons += r
    }
    return urban / urbanPersons / (rural / ruralPersons)
  }
  let low = -3
  let high = 3
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    if (ratio(middle) < wanted) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Abramowitz & Stegun 26.2.17, error below 7.5e-8: it only serves to choose the shift. */
function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const tail =
    Math.exp((-x * x) / 2) *
    0.3989422804014327 *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return x >= 0 ? 1 - tail : tail
}
