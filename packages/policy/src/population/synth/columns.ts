import { memoryOf } from '../memory.ts'
import type { Cells, PopulationColumn } from '../population.ts'
import { ROLES } from './seed-households.ts'
import type { SynthSpec } from './spec.ts'

/** Areas in the order of their codes. */
export const AREAS: readonly string[] = ['urban', 'rural']
export const SEXES: readonly string[] = ['male', 'female']
export const WAGE_REGIONS: readonly string[] = ['I', 'II', 'III', 'IV']
export const DISABILITIES: readonly string[] = ['none', 'severe', 'exceptional']
export const POVERTY: readonly string[] = ['none', 'near_poor', 'poor']

/** The columns of a synthetic population, in the order of its files. */
export function columnsOf(provinces: readonly string[]): PopulationColumn[] {
  const money = { type: 'number', uom: 'VND', scale: 0, min: 0 } as const
  return [
    { entity: 'household', name: 'province', type: 'province', enum: provinces },
    { entity: 'household', name: 'area', type: 'area', enum: AREAS },
    { entity: 'household', name: 'weight', type: 'number', scale: 0, min: 1, max: 1_000_000 },
    { entity: 'household', name: 'poverty_status', type: 'poverty', enum: POVERTY },
    { entity: 'household', name: 'other_income', ...money, max: 100_000_000_000 },
    { entity: 'person', name: 'role', type: 'role', enum: ROLES },
    { entity: 'person', name: 'position', type: 'number', scale: 0, min: 1, max: 100 },
    { entity: 'person', name: 'sex', type: 'sex', enum: SEXES },
    { entity: 'person', name: 'birth', type: 'date' },
    { entity: 'person', name: 'gross_salary', ...money, max: 100_000_000_000 },
    { entity: 'person', name: 'region', type: 'wage_region', enum: WAGE_REGIONS },
    { entity: 'person', name: 'dependants', type: 'number', scale: 0, min: 0, max: 50 },
    { entity: 'person', name: 'pension_income', ...money, max: 10_000_000_000 },
    { entity: 'person', name: 'disability_degree', type: 'disability', enum: DISABILITIES },
    { entity: 'person', name: 'child_without_support', type: 'boolean' },
    { entity: 'person', name: 'elder_without_support', type: 'boolean' },
    { entity: 'person', name: 'children_raised_alone', type: 'number', scale: 0, min: 0, max: 30 },
  ]
}

/** An array for a column: a byte for codes and small counts, a double for money. */
export function cellsFor(column: PopulationColumn, rows: number): Cells {
  if (column.type === 'date') return new Int32Array(memoryOf(4 * rows))
  const small = (column.min ?? -1) >= 0 && (column.max ?? 255) < 255
  return column.type !== 'number' || small
    ? new Uint8Array(memoryOf(rows))
    : new Float64Array(memoryOf(8 * rows))
}

/** The minimum-wage region of a place. */
export function wageRegion(spec: SynthSpec, province: string, urban: boolean): number {
  if (urban) return spec.wage_regions.first.includes(province) ? 0 : 1
  return spec.wage_regions.fourth.includes(province) ? 3 : 2
}
