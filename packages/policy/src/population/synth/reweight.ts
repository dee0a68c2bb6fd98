import { AGE_CELLS } from './age-groups.ts'
import type { SeedHouseholds } from './seed-households.ts'
import type { ProvinceTarget } from './targets.ts'

/** Weights of the seeds in one province, urban ones first, and how well they fit. */
export interface Reweighted {
  readonly weights: Float64Array
  readonly rounds: number
  /** Largest relative misfit of a margin that is left. */
  readonly worst: number
}

/** Which seeds have members of which cell, and how many: the same for all provinces. */
export interface Incidence {
  readonly first: Int32Array
  readonly seed: Int32Array
  readonly count: Uint8Array
}

export function incidenceOf(seeds: SeedHouseholds): Incidence {
  const cells: Map<number, number>[] = Array.from({ length: AGE_CELLS }, () => new Map())
  for (let s = 0; s < seeds.count; s++) {
    for (let m = seeds.first[s] as number; m < (seeds.first[s + 1] as number); m++) {
      const cell = cells[seeds.cell[m] as number] as Map<number, number>
      cell.set(s, (cell.get(s) ?? 0) + 1)
    }
  }
  const first = new Int32Array(AGE_CELLS + 1)
  for (const [c, cell] of cells.entries()) first[c + 1] = (first[c] as number) + cell.size
  return {
    first,
    seed: Int32Array.from(cells.flatMap((cell) => [...cell.keys()])),
    count: Uint8Array.from(cells.flatMap((cell) => [...cell.values()])),
  }
}

/**
 * Iterative proportional updating (Ye, Konduri, Pendyala, Sana & Waddell 2009): the weights of the seed households are scaled margin by
 * margin, for persons and households together, until all hold. Margins: persons by age group and sex; persons living urban and
 * rural; households.
 */
export function reweight(
  seeds: SeedHouseholds,
  incidence: Incidence,
  target: ProvinceTarget,
  { rounds = 400, tolerance = 1e-4 } = {},
): Reweighted {
  const { count } = seeds
  const sizes = Float64Array.from(
    { length: count },
    (_, s) => (seeds.first[s + 1] as number) - (seeds.first[s] as number),
  )
  const urbanShare = target.urban / (target.urban + target.rural)
  const weights = new Float64Array(2 * count)
  for (let s = 0; s < count; s++) {
    weights[s] = (seeds.weight[s] as number) * target.households * urbanShare
    weights[count + s] = (seeds.weight[s] as number) * target.households * (1 - urbanShare)
  }
  let worst = Number.POSITIVE_INFINITY
  let round = 0
  while (round < rounds && worst > tolerance) {
    worst = 0
    round++
    for (let c = 0; c < AGE_CELLS; c++) {
      const wanted = target.age[c] as number
      const begin = incidence.first[c] as number
      const end = incidence.first[c + 1] as number
      let sum = 0
      for (let i = begin; i < end; i++) {
        const s = incidence.seed[i] as number
        sum += ((weights[s] as number) + (weights[count + s] as number)) * (incidence.count[i] as number)
      }
      if (sum <= 0) continue
      const fit = wanted / sum
      worst = Math.max(worst, Math.abs(fit - 1))
      for (let i = begin; i < end; i++) {
        const s = incidence.seed[i] as number
        weights[s] = (weights[s] as number) * fit
        weights[count + s] = (weights[count + s] as number) * fit
      }
    }
    for (const [offset, wanted] of [
      [0, target.urban],
      [count, target.rural],
    ] as const) {
      let sum = 0
      for (let s = 0; s < count; s++) sum += (weights[offset + s] as number) * (sizes[s] as number)
      const fit = wanted / sum
      worst = Math.max(worst, Math.abs(fit - 1))
      for (let s = 0; s < count; s++) weights[offset + s] = (weights[offset + s] as number) * fit
    }
    let households = 0
    for (let i = 0; i < 2 * count; i++) households += weights[i] as number
    const fit = target.households / households
    worst = Math.max(worst, Math.abs(fit - 1))
    for (let i = 0; i < 2 * count; i++) weights[i] = (weights[i] as number) * fit
  }
  return { weights, rounds: round, worst }
}
