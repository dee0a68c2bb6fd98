import { normal } from '@nhip/random/normal'
import { choose, shuffle } from '@nhip/random/sampling'
import { RandomStream, type Seed } from '@nhip/random/stream'
import type { Grid } from './grid.ts'

/** The six kinds of damage of the benchmark, each a sixth of the damaged cells. */
export const plantedKinds = ['scale', 'swap', 'shift', 'copy', 'uom', 'total'] as const
export type PlantedKind = (typeof plantedKinds)[number]

export interface PlantOptions {
  provinces?: number
  communes?: number
  /** Months. */
  periods?: number
  /** Standard deviation of the noise of a middle-sized commune, as a share of the value. Default: drawn, 0.02 to 0.06. */
  noise?: number
  /** Share of all cells that are damaged; default 0.1. */
  damaged?: number
}

/** A damaged panel and the truth about it. */
export interface Planted {
  grid: Grid
  /** Place in {@link plantedKinds} of each cell's damage, −1 for a sound cell. */
  truth: Int8Array
  clean: Float64Array
  uoms: ReadonlyMap<string, string>
  /** What was drawn for this seed, to be printed beside the figures. */
  noise: number
  world: {
    season: number
    sharedSeason: boolean
    trend: number
    memory: number
    heavyTails: boolean
    shocks: number
    rounded: boolean
  }
}

type Nature = 'amount' | 'share'
const catalogue: readonly { item: string; nature: Nature; uom: string; level: number; slip: number }[] = [
  { item: 'thu_ngan_sach', nature: 'amount', uom: 'triệu đồng', level: 2_000, slip: 1e6 },
  { item: 'chi_ngan_sach', nature: 'amount', uom: 'triệu đồng', level: 3_500, slip: 1e6 },
  { item: 'ho_so_tiep_nhan', nature: 'amount', uom: 'hồ sơ', level: 900, slip: 0 },
  { item: 'luot_kham', nature: 'amount', uom: 'lượt', level: 2_400, slip: 0 },
  { item: 'dien_tich_gieo', nature: 'amount', uom: 'ha', level: 800, slip: 100 },
  { item: 'ty_le_dung_han', nature: 'share', uom: '1', level: 0.85, slip: 100 },
  { item: 'ty_le_truc_tuyen', nature: 'share', uom: '1', level: 0.55, slip: 100 },
]

/**
 * A clean panel of nation, provinces and communes by months, whose totals are the sums of their parts, with a tenth of its cells damaged in
 * six kinds of fixed size: × or ÷ 10, 100, 1000 · numerator and denominator swapped · ± 30 % of the cell's own level · the month before
 * copied · a slip of the unit of measure · a total ± 5 % against its parts. How the world behaves (noise, season, trend, memory, tails,
 * shocks, rounding) is drawn by the seed, so that nothing can be fitted to one world.
 */
export function plantErrors(seed: Seed, options: PlantOptions = {}): Planted {
  const worldStream = new RandomStream(seed, 'world')
  const between = (low: number, high: number): number => low + (high - low) * worldStream.uniform()
  const noise = options.noise ?? between(0.02, 0.06)
  const world = {
    season: between(0.02, 0.35),
    sharedSeason: worldStream.chance(0.5),
    trend: between(-0.05, 0.12),
    memory: worldStream.chance(0.5) ? 0 : between(0, 0.5),
    heavyTails: worldStream.chance(0.3),
    shocks: worldStream.chance(0.5) ? 0 : between(0, 0.05),
    rounded: worldStream.chance(0.6),
  }
  const provinces = options.provinces ?? 8
  const communes = options.communes ?? 12
  const T = options.periods ?? 60
  const units = ['VN']
  const parent = [-1]
  for (let p = 0; p < provinces; p++) {
    const code = String(p + 10)
    const at = units.push(code) - 1
    parent.push(0)
    for (let c = 0; c < communes; c++) {
      units.push(`${code}${String(c).padStart(3, '0')}`)
      parent.push(at)
    }
  }
  const U = units.length
  const periods = Array.from(
    { length: T },
    (_, t) => `${2021 + Math.floor(t / 12)}-${String((t % 12) + 1).padStart(2, '0')}`,
  )
  const items = catalogue.map((c) => c.item)
  const size = items.length * U * T
  const value = new Float64Array(size)
  const numerator = new Float64Array(size).fill(Number.NaN)
  const denominator = new Float64Array(size).fill(Number.NaN)

  catalogue.forEach(({ item, nature, level }, i) => {
    const base = i * U * T
    const amounts = nature === 'amount' ? value : denominator
    const common = new RandomStream(seed, ['common', item])
    const shared = seasonFrom(common, world.season)
    const shocks = Array.from({ length: T }, () => normal(common, 0, world.shocks))
    for (let u = 0; u < U; u++) {
      if (units.some((_, v) => parent[v] === u)) continue
      const own = new RandomStream(seed, ['unit', item, u])
      const unitSize = Math.exp(normal(own, 0, 0.8))
      const sd = noise * unitSize ** -0.25 // smaller places are more restless
      const season = world.sharedSeason ? shared : seasonFrom(own, world.season)
      const trend = world.trend + normal(own, 0, 0.03)
      const share = Math.min(0.98, Math.max(0.1, level + normal(own, 0, 0.07)))
      let state = 0
      for (let t = 0; t < T; t++) {
        const tail = world.heavyTails && own.chance(0.04) ? 2 : 1
        state = world.memory * state + Math.sqrt(1 - world.memory ** 2) * normal(own, 0, sd * tail)
        const size = nature === 'amount' ? level : 900
        const x = size * unitSize * Math.exp((trend * t) / 12 + season[t % 12]! + shocks[t]! + state)
        const c = base + u * T + t
        amounts[c] = nature === 'share' || world.rounded ? Math.max(1, Math.round(x)) : x
        if (nature === 'share') {
          const logit = Math.log(share / (1 - share)) + normal(own, 0, 2 * sd)
          const q = 1 / (1 + Math.exp(-logit))
          numerator[c] = Math.min(denominator[c]!, Math.max(1, Math.round(denominator[c]! * q)))
        }
      }
    }
    // Children stand after their parent, so going backwards every total is complete before it is added up itself.
    const columns = nature === 'amount' ? [value] : [numerator, denominator]
    for (const column of columns)
      for (let u = U - 1; u > 0; u--)
        for (let t = 0; t < T; t++) {
          const p = base + parent[u]! * T + t
          column[p] = (Number.isNaN(column[p]!) ? 0 : column[p]!) + column[base + u * T + t]!
        }
    if (nature === 'share')
      for (let c = base; c < base + U * T; c++) value[c] = numerator[c]! / denominator[c]!
  })

  const clean = value.slice()
  const truth = new Int8Array(size).fill(-1)
  const stream = new RandomStream(seed, 'damage')
  const wanted = Math.round((size * (options.damaged ?? 0.1)) / plantedKinds.length)
  const isTotal = (c: number): boolean => units[Math.floor(c / T) % U]!.length < 5
  const natureOf = (c: number) => catalogue[Math.floor(c / (U * T))]!
  // The kinds with the fewest places to go come first.
  const places: [PlantedKind, (c: number) => boolean][] = [
    ['total', (c) => isTotal(c) && natureOf(c).nature === 'amount'],
    ['swap', (c) => natureOf(c).nature === 'share' && numerator[c] !== denominator[c]],
    ['uom', (c) => natureOf(c).slip > 0],
    ['copy', (c) => c % T > 0 && clean[c] !== clean[c - 1]],
    ['scale', () => true],
    ['shift', () => true],
  ]
  const order = shuffle(
    stream,
    Int32Array.from({ length: size }, (_, c) => c),
  ) as Int32Array
  const chosen: [PlantedKind, number][] = []
  for (const [kind, fits] of places) {
    let n = 0
    for (const c of order) {
      if (n === wanted) break
      if (truth[c] !== -1 || !fits(c)) continue
      truth[c] = plantedKinds.indexOf(kind)
      chosen.push([kind, c])
      n++
    }
  }
  const [sound, soundN, soundD] = [clean, numerator.slice(), denominator.slice()]
  for (const [kind, c] of chosen) {
    const { nature, slip } = natureOf(c)
    let factor = 1
    if (kind === 'scale') factor = choose(stream, [10, 100, 1000, 0.1, 0.01, 0.001])
    else if (kind === 'shift') factor = choose(stream, [1.3, 0.7])
    else if (kind === 'uom') factor = stream.chance(0.5) ? slip : 1 / slip
    else if (kind === 'total') factor = choose(stream, [1.05, 0.95])
    else if (kind === 'copy') {
      value[c] = sound[c - 1]!
      numerator[c] = soundN[c - 1]!
      denominator[c] = soundD[c - 1]!
      continue
    } else if (kind === 'swap') {
      numerator[c] = soundD[c]!
      denominator[c] = soundN[c]!
      value[c] = soundD[c]! / soundN[c]!
      continue
    }
    value[c] = value[c]! * factor
    if (world.rounded && nature === 'amount' && factor >= 0.5) value[c] = Math.round(value[c]!)
    // A source that reports a wrong share has usually worked it out from a wrong numerator.
    if (nature === 'share') numerator[c] = value[c]! * denominator[c]!
  }
  return {
    grid: {
      units,
      items,
      periods,
      value,
      numerator,
      denominator,
      texts: new Map([
        ['parent', new Map(units.flatMap((u, i) => (i === 0 ? [] : [[u, units[parent[i]!]!] as const])))],
      ]),
    },
    truth,
    clean,
    uoms: new Map(catalogue.map((c) => [c.item, c.uom])),
    noise,
    world,
  }
}

function seasonFrom(stream: RandomStream, amplitude: number): number[] {
  const phase = stream.uniform() * 12
  const months = Array.from(
    { length: 12 },
    (_, m) => amplitude * Math.cos(((m - phase) / 6) * Math.PI) + normal(stream, 0, amplitude / 4),
  )
  const mean = months.reduce((a, b) => a + b, 0) / 12
  return months.map((x) => x - mean)
}

/** Caught and falsely alarmed shares at one strictness. */
export interface CurvePoint {
  /** Cells count as found from this multiple of their threshold. */
  strictness: number
  caught: Record<PlantedKind | 'all', number>
  falseAlarms: number
}

/** Both curves: what share of each kind is caught, and of the sound cells alarmed, as the detector is made stricter. */
export function curve(ratio: Float64Array, truth: Int8Array, strictness: readonly number[]): CurvePoint[] {
  return strictness.map((limit) => {
    const hit = new Float64Array(plantedKinds.length)
    const all = new Float64Array(plantedKinds.length)
    let alarms = 0
    let sound = 0
    for (let c = 0; c < truth.length; c++) {
      const kind = truth[c]!
      const found = ratio[c]! >= limit
      if (kind < 0) {
        sound++
        if (found) alarms++
      } else {
        all[kind] = all[kind]! + 1
        if (found) hit[kind] = hit[kind]! + 1
      }
    }
    const caught = Object.fromEntries(
      plantedKinds.map((kind, k) => [kind, hit[k]! / all[k]!]),
    ) as CurvePoint['caught']
    const total = (v: Float64Array): number => v.reduce((a, b) => a + b, 0)
    caught.all = total(hit) / total(all)
    return { strictness: limit, caught, falseAlarms: alarms / sound }
  })
}
