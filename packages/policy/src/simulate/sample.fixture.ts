import type { Cells, Population, PopulationColumn } from '../population/population.ts'

/**
 * An invented law with a planted cliff: a household whose income per head is at most 3,000,000 gets 500,000 a child; one đồng more and it gets
 * nothing. A tax takes 10 % above 5,000,000 and 20 % above 20,000,000.
 */
export const CLIFF_LAW: ReadonlyMap<string, string> = new Map([
  [
    'policy.yaml',
    `nhip: policy/1
id: vach-da
title: {vi: Luật mẫu có vách đá, en: Sample law with a cliff}
version: "1"
currency: {code: VND, scale: 0}
sources:
  luat-mau: {vi: Luật mẫu, en: Sample law, number: 01/2026/QH16, enacted: 2026-05-01}
entities:
  person: {plural: persons}
  household: {plural: households, group: person, roles: {head: {plural: heads, max: 1}, spouse: {plural: spouses}, child: {plural: children}, other: {plural: others}}}
enums:
  area: [urban, rural]
variables:
  birth: {entity: person, type: date, period: eternity, default: null}
  salary: {entity: person, type: number, uom: VND, scale: 0, min: 0, max: 10000000000, period: month, default: 0}
  area: {entity: household, type: area, period: month, default: rural}
  tax:
    entity: person
    type: number
    scale: 0
    period: month
    formulas: [{feel: "round half up(scale(parameters.tax, salary), 0)", reference: {source: luat-mau, article: Điều 8}}]
  earned:
    entity: household
    type: number
    scale: 0
    period: month
    formulas: [{feel: sum(members.salary), basis: identity}]
  allowance:
    entity: household
    type: number
    scale: 0
    period: month
    formulas:
      - feel: if earned <= parameters.line * count(members) then count(members[role = "child"]) * parameters.allowance else 0
        reference: {source: luat-mau, article: Điều 5}
  cash:
    entity: household
    type: number
    scale: 0
    period: month
    formulas: [{feel: earned - sum(members.tax) + allowance, basis: identity}]
outcomes:
  income: cash
  budget: [{variable: tax, sign: revenue}, {variable: allowance, sign: expenditure}]
  poverty_lines: [{id: chuan, feel: parameters.poverty}]
  relevant: [salary]
invariants: [{id: luong-tang, increasing: [salary, cash], severity: warning}]
`,
  ],
  [
    'parameters/tax.yaml',
    `nhip: parameter/1
title: {vi: Biểu thuế, en: Tax scale}
kind: marginal-rate
brackets:
  - {threshold: [{from: 2020-01-01, value: 5000000, certainty: verbatim, reference: {source: luat-mau, article: Điều 8}}], rate: [{from: 2020-01-01, value: 0.1, certainty: verbatim, reference: {source: luat-mau, article: Điều 8}}]}
  - {threshold: [{from: 2020-01-01, value: 20000000, certainty: verbatim, reference: {source: luat-mau, article: Điều 8}}], rate: [{from: 2020-01-01, value: 0.2, certainty: verbatim, reference: {source: luat-mau, article: Điều 8}}]}
`,
  ],
  ['parameters/line.yaml', parameter('Mức xét', 3_000_000)],
  ['parameters/allowance.yaml', parameter('Trợ cấp một trẻ', 500_000)],
  ['parameters/poverty.yaml', parameter('Chuẩn nghèo', 2_500_000)],
  ['parameters/unused.yaml', parameter('Không ai đọc', 1)],
  [
    'reforms/bo-tro-cap.yaml',
    `nhip: reform/1
id: bo-tro-cap
title: {vi: Tăng trợ cấp, en: Higher allowance}
from: 2026-01-01
patches:
  - set-parameter: {path: allowance, values: [{from: 2026-01-01, value: 800000, certainty: verbatim, reference: {source: luat-mau, article: Điều 5}}]}
`,
  ],
])

function parameter(title: string, value: number): string {
  return `nhip: parameter/1
title: {vi: ${title}, en: ${title}}
values: [{from: 2020-01-01, value: ${value}, certainty: verbatim, reference: {source: luat-mau, article: Điều 5}}]
`
}

export interface SampleHousehold {
  readonly salaries: readonly number[]
  readonly children: number
  readonly area?: 'urban' | 'rural'
  readonly province?: number
  readonly weight?: number
}

const COLUMNS: readonly PopulationColumn[] = [
  { entity: 'household', name: 'province', type: 'province', enum: ['01', '79'] },
  { entity: 'household', name: 'area', type: 'area', enum: ['urban', 'rural'] },
  { entity: 'household', name: 'weight', type: 'number', scale: 0, min: 1, max: 1000 },
  { entity: 'person', name: 'role', type: 'role', enum: ['head', 'spouse', 'child', 'other'] },
  { entity: 'person', name: 'position', type: 'number', scale: 0, min: 1, max: 20 },
  { entity: 'person', name: 'salary', type: 'number', scale: 0, min: 0, max: 10_000_000_000 },
]

/** A population written out household by household: the first earner is the head, the others are others. */
export function populationOf(list: readonly SampleHousehold[]): Population {
  const people = list.map(({ salaries, children }) => [
    { role: 0, position: 1, salary: salaries[0] ?? 0 },
    ...Array.from({ length: children }, (_, i) => ({ role: 2, position: i + 1, salary: 0 })),
    ...salaries.slice(1).map((salary, i) => ({ role: 3, position: i + 1, salary })),
  ])
  const first = new Int32Array(list.length + 1)
  for (const [h, members] of people.entries()) first[h + 1] = (first[h] as number) + members.length
  const flat = people.flat()
  const bytes = (values: number[]): { data: Cells } => ({ data: Uint8Array.from(values) })
  return {
    manifest: {
      nhip: 'population/1',
      id: 'mau',
      title: { vi: 'Dân số mẫu', en: 'Sample population' },
      synthetic: true,
      seed: 1,
      reference_date: '2026-01-01',
      persons: flat.length,
      households: list.length,
      weight: { column: 'weight', scale: 0 },
      columns: COLUMNS,
      files: {},
    },
    households: list.length,
    persons: flat.length,
    first,
    ids: Float64Array.from(list, (_, h) => 100 + h),
    columns: {
      province: bytes(list.map(({ province = 0 }) => province)),
      area: bytes(list.map(({ area = 'rural' }) => (area === 'urban' ? 0 : 1))),
      weight: { data: Float64Array.from(list, ({ weight = 1 }) => weight) },
      role: bytes(flat.map(({ role }) => role)),
      position: bytes(flat.map(({ position }) => position)),
      salary: { data: Float64Array.from(flat, ({ salary }) => salary) },
    },
  }
}
