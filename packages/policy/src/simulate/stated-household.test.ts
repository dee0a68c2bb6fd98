import { expect, test } from 'vitest'
import { loadBundle } from '../bundle/load.ts'
import type { Population } from '../population/population.ts'
import { type Situation, statedHousehold } from './stated-household.ts'
import { witnessOf } from './witness.ts'

const files = new Map([
  [
    'policy.yaml',
    `nhip: policy/1
id: mau
title: {vi: Luật mẫu, en: Sample law}
version: "1"
currency: {code: VND, scale: 0}
sources: {}
entities:
  person: {plural: persons}
  household: {plural: households, group: person, roles: {head: {plural: heads, max: 1}, child: {plural: children}}}
enums:
  region: [I, II]
variables:
  birth: {entity: person, type: date, period: eternity, default: null}
  salary: {entity: person, type: number, scale: 1, min: 0, max: 1000000, period: month, default: 0}
  region: {entity: person, type: region, period: month, default: I}
  alone: {entity: person, type: boolean, period: month, default: false}
  rent: {entity: household, type: number, scale: 0, min: 0, max: 1000000, period: month, default: 0}
`,
  ],
])

/** Two households: the second has a head born on 1 January 1970 and a child whose day of birth is not known. */
const population: Population = {
  manifest: {
    nhip: 'population/1',
    id: 'mau',
    title: { vi: 'Mẫu', en: 'Sample' },
    synthetic: true,
    reference_date: '2026-01-01',
    persons: 3,
    households: 2,
    weight: { column: 'weight', scale: 0 },
    columns: [
      { entity: 'household', name: 'weight', type: 'number' },
      { entity: 'household', name: 'rent', type: 'number' },
      { entity: 'person', name: 'role', type: 'role', enum: ['head', 'child'] },
      { entity: 'person', name: 'birth', type: 'date', nullable: true },
      { entity: 'person', name: 'salary', type: 'number', scale: 1 },
      { entity: 'person', name: 'region', type: 'region', enum: ['I', 'II'] },
      { entity: 'person', name: 'alone', type: 'boolean' },
    ],
    files: {},
  },
  households: 2,
  persons: 3,
  first: Int32Array.of(0, 1, 3),
  ids: Float64Array.of(11, 12),
  columns: {
    weight: { data: Float64Array.of(3, 7) },
    rent: { data: Float64Array.of(100, 250) },
    role: { data: Uint8Array.of(0, 0, 1) },
    birth: { data: Int32Array.of(-400, 0, 0), valid: Uint8Array.of(1, 1, 0) },
    salary: { data: Float64Array.of(5, 123, 0) },
    region: { data: Uint8Array.of(0, 1, 0) },
    alone: { data: Uint8Array.of(1, 0, 1) },
  },
}

test('a household that a finding states has the values of the one that it was taken from', () => {
  const { bundle, problems } = loadBundle(files)
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  const model = bundle?.model
  if (model === undefined) throw new Error('no model')
  const { household, situation } = witnessOf(population, model, 1, 0)
  const alone = statedHousehold(situation as Situation, household, model, population)
  expect([...alone.ids]).toEqual([12])
  expect([...alone.first]).toEqual([0, 2])
  for (const name of ['role', 'birth', 'salary', 'region', 'alone'])
    expect([name, ...(alone.columns[name]?.data ?? [])]).toEqual([
      name,
      ...(population.columns[name]?.data.slice(1) ?? []),
    ])
  expect([...(alone.columns.birth?.valid ?? [])]).toEqual([1, 0])
  expect(alone.columns.salary?.valid).toBeUndefined()
  expect([...(alone.columns.rent?.data ?? [])]).toEqual([250])
  expect([...(alone.columns.weight?.data ?? [])]).toEqual([1])
})
