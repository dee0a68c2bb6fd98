import type { Problem } from '@nhip/canonical/problem'
import { AGE_CELLS, AGE_GROUPS } from './age-groups.ts'
import type { SynthSpec } from './spec.ts'
import type { ProvinceTable } from './tables.ts'

/** Projected persons of each sex, over all provinces. */
export function projected(tables: readonly ProvinceTable[]): { male: number; female: number } {
  const sum = (from: number): number =>
    tables.reduce(
      (total, { age }) => total + age.subarray(from, from + AGE_GROUPS).reduce((a, b) => a + b, 0),
      0,
    )
  return { male: sum(0), female: sum(AGE_GROUPS) }
}

/** Persons of each province by age group and sex, brought to the counted persons of each sex. */
export function countedAges({ totals }: SynthSpec, tables: readonly ProvinceTable[]): Float64Array[] {
  const { male, female } = projected(tables)
  const [men, women] = [totals.male / male, totals.female / female]
  return tables.map(({ age }) =>
    Float64Array.from({ length: AGE_CELLS }, (_, c) => (age[c] as number) * (c < AGE_GROUPS ? men : women)),
  )
}

/**
 * By how much incomes without a published mean of the target year must have grown, so that the mean of all is the published one. Null
 * where every mean is published: then the provinces say what the mean of all is.
 */
export function growthOfRest(
  { income }: SynthSpec,
  tables: readonly ProvinceTable[],
  persons: readonly number[],
): number | null {
  const total = persons.reduce((a, b) => a + b, 0)
  let known = 0
  let unknown = 0
  for (const [p, { incomeMean, knownShare, knownGrowth }] of tables.entries()) {
    known += (persons[p] as number) * incomeMean * knownShare * knownGrowth
    unknown += (persons[p] as number) * incomeMean * (1 - knownShare)
  }
  return unknown === 0 ? null : (income.mean * total - known) / unknown
}

/** Margins from which no population can be made, as few provinces may have them. */
export function marginProblems(spec: SynthSpec, tables: readonly ProvinceTable[]): Problem[] {
  const { male, female } = projected(tables)
  const sum = (area: 'urban' | 'rural'): number => tables.reduce((total, p) => total + p[area], 0)
  const empty = [
    ['male', male, spec.tables.age],
    ['female', female, spec.tables.age],
    ['urban', sum('urban'), spec.tables.residence],
    ['rural', sum('rural'), spec.tables.residence],
  ] as const
  const problems = empty.flatMap(([margin, persons, file]): Problem[] =>
    persons > 0
      ? []
      : [
          {
            severity: 'error',
            code: 'population.margin-empty',
            file,
            value: margin,
            message: {
              vi: `cột "${margin}" của mọi tỉnh cộng lại bằng 0, nhưng totals.${margin} là ${spec.totals[margin]}`,
              en: `the column "${margin}" of all provinces adds up to 0, but totals.${margin} is ${spec.totals[margin]}`,
            },
          },
        ],
  )
  if (problems.length > 0) return problems
  const persons = countedAges(spec, tables).map((cells) => cells.reduce((a, b) => a + b, 0))
  const growth = growthOfRest(spec, tables, persons)
  if (growth === null || growth > 0) return []
  return [
    {
      severity: 'error',
      code: 'population.income-contradiction',
      file: spec.tables.income,
      value: String(spec.income.mean),
      message: {
        vi: `các tỉnh có known_share đã nhiều thu nhập hơn income.mean = ${spec.income.mean} cho phép: phần còn lại phải tăng ${growth.toFixed(3)} lần`,
        en: `the provinces with a known_share already have more income than income.mean = ${spec.income.mean} allows: the rest would have to grow by a factor of ${growth.toFixed(3)}`,
      },
      hint: {
        vi: 'đặt income.mean là bình quân của đúng các tỉnh trong bảng',
        en: 'give as income.mean the mean of just the provinces in the tables',
      },
    },
  ]
}
