import { addYears, dayNumber } from '@nhip/calendar/civil-date'
import type { Cells } from '../population.ts'
import { AGE_CELLS, AGE_GROUPS } from './age-groups.ts'
import type { Reweighted } from './reweight.ts'
import type { SynthSpec } from './spec.ts'
import { type Contradiction, fifthMeans, type ProvinceTarget, type Targets } from './targets.ts'

/** How far the population is from one margin: relative misfits over its cells. */
export interface MarginFit {
  readonly margin: string
  readonly cells: number
  readonly worst: number
  readonly worst_cell: string
  readonly mean: number
}

export interface FitSummary {
  readonly margins: readonly MarginFit[]
  /** Largest misfit that reweighting left, before households became whole. */
  readonly reweighting: { readonly worst: number; readonly province: string; readonly rounds: number }
  readonly contradictions: readonly Contradiction[]
}

/** Compares a synthetic population with what it was made from. */
export class FitReport {
  readonly #spec: SynthSpec
  readonly #targets: Targets
  readonly #weight: number
  #worst = { worst: 0, province: '', rounds: 0 }

  constructor(spec: SynthSpec, targets: Targets, weight: number) {
    this.#spec = spec
    this.#targets = targets
    this.#weight = weight
  }

  /** Notes how the reweighting of a province ended. */
  margins(province: string, { worst, rounds }: Reweighted): void {
    if (worst > this.#worst.worst) this.#worst = { worst, province, rounds }
  }

  /** Counts the finished population. */
  of(first: Int32Array, cells: Readonly<Record<string, Cells>>): FitSummary {
    const { provinces } = this.#targets
    const weight = this.#weight
    const [province, area, sex] = ['province', 'area', 'sex'].map((name) => cells[name]) as [
      Cells,
      Cells,
      Cells,
    ]
    const households = first.length - 1
    const byArea = provinces.map(() => [0, 0])
    const byHousehold = provinces.map(() => 0)
    const byCell = provinces.map(() => new Float64Array(AGE_CELLS))
    const incomes = provinces.map((): { income: number; persons: number }[] => [])
    const areaIncome = [0, 0]
    const groupOf = this.#groups(cells)
    for (let h = 0; h < households; h++) {
      const p = province[h] as number
      const [begin, end] = [first[h] as number, first[h + 1] as number]
      const counts = byArea[p] as number[]
      const a = area[h] as number
      counts[a] = (counts[a] as number) + (end - begin) * weight
      byHousehold[p] = (byHousehold[p] as number) + weight
      let income = (cells.other_income as Cells)[h] as number
      for (let m = begin; m < end; m++) {
        const own = byCell[p] as Float64Array
        const cell = (sex[m] as number) * AGE_GROUPS + groupOf(m)
        own[cell] = (own[cell] as number) + weight
        income += Math.round(((cells.gross_salary as Cells)[m] as number) * this.#spec.wages.net_of_gross)
      }
      ;(incomes[p] as { income: number; persons: number }[]).push({
        income: income / (end - begin),
        persons: end - begin,
      })
      areaIncome[a] = (areaIncome[a] as number) + income * weight
    }
    const persons = byArea.map(([u = 0, r = 0]) => u + r)
    const total = (list: readonly number[]): number => list.reduce((x, y) => x + y, 0)
    const urban = total(byArea.map(([u = 0]) => u))
    const rural = total(byArea.map(([, r = 0]) => r))
    const cellTotals = Array.from({ length: AGE_CELLS }, (_, c) =>
      total(byCell.map((own) => own[c] as number)),
    )
    const cellTargets = Array.from({ length: AGE_CELLS }, (_, c) =>
      total(provinces.map((p) => p.age[c] as number)),
    )
    const label = (p: ProvinceTarget, rest = ''): string => `${p.code}${rest}`
    const national = fifthMeans(incomes.flat())
    const wanted = this.#spec.income
    const ageName = (c: number): string => `${c < AGE_GROUPS ? 'male' : 'female'} ${(c % AGE_GROUPS) * 5}`
    return {
      margins: [
        margin('persons', [['VN', total(persons), total(provinces.map((p) => p.persons))]]),
        margin('households', [['VN', total(byHousehold), this.#spec.totals.households]]),
        margin('persons by area', [
          ['urban', urban, total(provinces.map((p) => p.urban))],
          ['rural', rural, total(provinces.map((p) => p.rural))],
        ]),
        margin(
          'persons by province',
          provinces.map((p, i) => [label(p), persons[i] as number, p.persons]),
        ),
        margin(
          'households by province',
          provinces.map((p, i) => [label(p), byHousehold[i] as number, p.households]),
        ),
        margin(
          'persons by age and sex',
          cellTotals.map((n, c) => [ageName(c), n, cellTargets[c] as number]),
        ),
        margin(
          'persons by province and area',
          provinces.flatMap((p, i): Cell[] => [
            [label(p, ' urban'), byArea[i]?.[0] ?? 0, p.urban],
            [label(p, ' rural'), byArea[i]?.[1] ?? 0, p.rural],
          ]),
        ),
        margin(
          'persons by province, age and sex',
          provinces.flatMap((p, i) =>
            Array.from(
              { length: AGE_CELLS },
              (_, c): Cell => [
                label(p, ` ${ageName(c)}`),
                (byCell[i] as Float64Array)[c] as number,
                p.age[c] as number,
              ],
            ),
          ),
        ),
        margin('income per head, mean', [
          [
            'VN',
            (areaIncome[0] as number) / (urban + rural) + (areaIncome[1] as number) / (urban + rural),
            wanted.mean,
          ],
        ]),
        margin('income per head by area', [
          ['urban', (areaIncome[0] as number) / urban, wanted.urban],
          ['rural', (areaIncome[1] as number) / rural, wanted.rural],
        ]),
        margin('income per head, lowest and highest fifth', [
          ['q1', national[0] as number, wanted.q1],
          ['q5', national[4] as number, wanted.q5],
        ]),
        margin(
          'income per head by province and fifth',
          provinces.flatMap((p, i) =>
            fifthMeans(incomes[i] as { income: number; persons: number }[]).map(
              (mean, k): Cell => [label(p, ` q${k + 1}`), mean, p.quintiles[k] as number],
            ),
          ),
        ),
      ],
      reweighting: this.#worst,
      contradictions: this.#targets.contradictions,
    }
  }

  /** Age groups from dates of birth. */
  #groups(cells: Readonly<Record<string, Cells>>): (person: number) => number {
    const birth = cells.birth as Cells
    const borders = this.#borders()
    return (person) => {
      const day = birth[person] as number
      let group = 0
      while (group < AGE_GROUPS - 1 && day <= (borders[group] as number)) group++
      return group
    }
  }

  /** Who was born on or before day k has outgrown age group k. */
  #borders(): number[] {
    const reference = this.#spec.reference_date
    return Array.from({ length: AGE_GROUPS - 1 }, (_, g) => dayNumber(addYears(reference, -5 * (g + 1))))
  }
}

type Cell = readonly [name: string, found: number, wanted: number]

function margin(name: string, cells: readonly Cell[]): MarginFit {
  let worst = 0
  let worstCell = ''
  let sum = 0
  for (const [cell, found, wanted] of cells) {
    const misfit = wanted === 0 ? Math.abs(found) : Math.abs(found / wanted - 1)
    sum += misfit
    if (misfit >= worst) {
      worst = misfit
      worstCell = cell
    }
  }
  const round = (x: number): number => Math.round(x * 1e6) / 1e6
  return {
    margin: name,
    cells: cells.length,
    worst: round(worst),
    worst_cell: worstCell,
    mean: round(sum / cells.length),
  }
}
