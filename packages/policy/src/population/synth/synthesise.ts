import { dateOf, dayNumber, parseDate } from '@nhip/calendar/civil-date'
import { normal } from '@nhip/random/normal'
import { shuffle } from '@nhip/random/sampling'
import { RandomStream } from '@nhip/random/stream'
import type { Cells, Population, PopulationManifest } from '../population.ts'
import { AGE_GROUPS } from './age-groups.ts'
import { AttributeWriter } from './attributes.ts'
import { cellsFor, columnsOf } from './columns.ts'
import { FitReport, type FitSummary } from './fit.ts'
import { integerise, roundTogether } from './integerise.ts'
import { incidenceOf, reweight } from './reweight.ts'
import { type SeedHouseholds, seedHouseholds } from './seed-households.ts'
import type { SynthSpec } from './spec.ts'
import type { ProvinceTable } from './tables.ts'
import { type ProvinceTarget, targetsOf } from './targets.ts'

export interface SynthOptions {
  readonly seed: number
  /** The share of the population to make: 0.01 gives one household for a hundred. Default 1. */
  readonly share?: number
  readonly specSha256: string
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, of: number) => void
}

/** Ids of households are the province's code and a number in it. */
const ID_BASE = 100_000_000

/**
 * A synthetic population from published margins. The same spec, tables, seed and share give the same population, whoever makes it:
 * each household's random numbers are keyed by the seed, its id and their purpose.
 * @throws the signal's reason when cancelled
 */
export function synthesise(
  spec: SynthSpec,
  tables: readonly ProvinceTable[],
  { seed, share = 1, specSha256, signal, onProgress = () => {} }: SynthOptions,
): Population {
  if (!(share > 0 && share <= 1)) throw new RangeError(`invalid share: ${share} is not in (0, 1]`)
  const targets = targetsOf(spec, tables)
  const seeds = seedHouseholds(spec)
  const incidence = incidenceOf(seeds)
  const weight = Math.max(1, Math.round(1 / share))
  const wanted = roundTogether(targets.provinces.flatMap((p) => householdsByArea(p, weight)))
  const fit = new FitReport(spec, targets, weight)
  const blocks: Block[] = []
  for (const [p, target] of targets.provinces.entries()) {
    signal?.throwIfAborted()
    const fitted = reweight(seeds, incidence, target)
    fit.margins(target.code, fitted)
    const chosen = [0, 1].map((area) =>
      integerise(
        fitted.weights.subarray(area * seeds.count, (area + 1) * seeds.count),
        wanted[2 * p + area] as number,
        seeds.order,
        new RandomStream(seed, [target.code, area, 'integerise']),
      ),
    )
    blocks.push(blockOf(target, seeds, chosen, seed))
    onProgress(p + 1, 2 * targets.provinces.length)
  }
  const households = blocks.reduce((n, block) => n + block.seed.length, 0)
  const persons = blocks.reduce((n, block) => n + block.persons, 0)
  const declared = columnsOf(targets.provinces.map(({ code }) => code))
  const cells: Record<string, Cells> = Object.fromEntries(
    declared.map((c) => [c.name, cellsFor(c, c.entity === 'person' ? persons : households)]),
  )
  const first = new Int32Array(households + 1)
  const ids = new Float64Array(households)
  const writer = new AttributeWriter(spec, seed, cells)
  const births = new Births(seed, spec.reference_date)
  const day = dayNumber(spec.reference_date)
  let household = 0
  let person = 0
  for (const [p, block] of blocks.entries()) {
    signal?.throwIfAborted()
    const target = targets.provinces[p] as ProvinceTarget
    const ranks = ranksOf(block, seeds, target, seed, targets.urbanShift)
    for (let i = 0; i < block.seed.length; i++, household++) {
      const s = block.seed[i] as number
      const id = Number(target.code) * ID_BASE + i + 1
      ids[household] = id
      first[household] = person
      set(cells, 'province', household, p)
      set(cells, 'area', household, block.area[i] as number)
      set(cells, 'weight', household, weight)
      births.start(id)
      let position = 0
      let before = -1
      const begin = person
      for (let m = seeds.first[s] as number; m < (seeds.first[s + 1] as number); m++, person++) {
        const role = seeds.role[m] as number
        position = role === before ? position + 1 : 1
        before = role
        const cell = seeds.cell[m] as number
        set(cells, 'role', person, role)
        set(cells, 'position', person, position)
        set(cells, 'sex', person, cell < AGE_GROUPS ? 0 : 1)
        set(cells, 'birth', person, births.next(seeds.age[m] as number))
      }
      writer.household(
        { household, id, begin, end: person, day, urban: block.area[i] === 0, target },
        ranks.low[i] as number,
        ranks.high[i] as number,
      )
    }
    onProgress(targets.provinces.length + p + 1, 2 * targets.provinces.length)
  }
  first[household] = person
  const summary: FitSummary = fit.of(first, cells)
  const manifest: PopulationManifest = {
    nhip: 'population/1',
    id: spec.id,
    title: spec.title,
    synthetic: true,
    seed,
    spec_sha256: specSha256,
    reference_date: spec.reference_date,
    persons,
    households,
    weight: { column: 'weight', scale: 0 },
    sources: spec.sources,
    assumptions: spec.assumptions,
    columns: declared,
    files: {},
    fit: { ...summary },
  }
  const columns = Object.fromEntries(Object.entries(cells).map(([name, data]) => [name, { data }]))
  return { manifest, households, persons, first, ids, columns }
}

function set(cells: Record<string, Cells>, name: string, row: number, value: number): void {
  ;(cells[name] as Cells)[row] = value
}

/** Households of a province in urban and rural areas: alike in size. */
function householdsByArea({ households, urban, rural }: ProvinceTarget, weight: number): [number, number] {
  const all = households / weight
  return [(all * urban) / (urban + rural), (all * rural) / (urban + rural)]
}

/** The households of one province in the order of their ids. */
interface Block {
  readonly code: string
  readonly seed: Int32Array
  readonly area: Uint8Array
  readonly persons: number
}

function blockOf(
  target: ProvinceTarget,
  seeds: SeedHouseholds,
  chosen: readonly Int32Array[],
  seed: number,
): Block {
  const list: number[] = []
  let persons = 0
  for (const [area, taken] of chosen.entries()) {
    for (let s = 0; s < taken.length; s++) {
      const size = (seeds.first[s + 1] as number) - (seeds.first[s] as number)
      for (let k = 0; k < (taken[s] as number); k++) list.push(2 * s + area)
      persons += size * (taken[s] as number)
    }
  }
  const mixed = shuffle(new RandomStream(seed, [target.code, 'order']), Int32Array.from(list))
  return {
    code: target.code,
    seed: mixed.map((code) => code >> 1),
    area: Uint8Array.from(mixed, (code) => code & 1),
    persons,
  }
}

/** The stretch of the province's ranks (by persons) that each household takes up, poorest first. */
function ranksOf(
  block: Block,
  seeds: SeedHouseholds,
  target: ProvinceTarget,
  seed: number,
  urbanShift: number,
): { low: Float64Array; high: Float64Array } {
  const n = block.seed.length
  const scores = new Float64Array(n)
  const stream = new RandomStream(`${seed}/income-rank`)
  for (let i = 0; i < n; i++) {
    stream.restart(Number(target.code) * ID_BASE + i + 1)
    scores[i] = normal(stream, block.area[i] === 0 ? urbanShift : 0, 1)
  }
  const order = Int32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => (scores[a] as number) - (scores[b] as number) || a - b,
  )
  const low = new Float64Array(n)
  const high = new Float64Array(n)
  let passed = 0
  for (const i of order) {
    const s = block.seed[i] as number
    const size = (seeds.first[s + 1] as number) - (seeds.first[s] as number)
    low[i] = passed / block.persons
    passed += size
    high[i] = passed / block.persons
  }
  return { low, high }
}

/** Dates of birth for ages on the reference date. */
class Births {
  readonly #stream: RandomStream
  readonly #reference: { year: number; month: number; day: number }
  readonly #days = new Map<number, number>()

  constructor(seed: number, reference: string) {
    this.#stream = new RandomStream(`${seed}/birth`)
    this.#reference = parseDate(reference)
  }

  /** Begins a household. */
  start(id: number): void {
    this.#stream.restart(id)
  }

  /**
   * A day on which somebody of so many whole years can be born. Of those of 80 and over, whose ages nobody publishes, about one in eight is
   * lost each year.
   */
  next(age: number): number {
    const u = this.#stream.uniform()
    const spread = this.#stream.uniform()
    const oldest = (AGE_GROUPS - 1) * 5
    const years = age < oldest ? age : oldest + Math.min(25, Math.floor(-Math.log(1 - u * 0.97) * 7))
    const latest = this.#before(years)
    const earliest = this.#before(years + 1) + 1
    return earliest + Math.floor((age < oldest ? u : spread) * (latest - earliest + 1))
  }

  #before(years: number): number {
    let known = this.#days.get(years)
    if (known === undefined) {
      const { year, month, day } = this.#reference
      known = dayNumber(dateOf(year - years, month, month === 2 ? Math.min(day, 28) : day))
      this.#days.set(years, known)
    }
    return known
  }
}
