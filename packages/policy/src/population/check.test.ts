import { describe, expect, test } from 'vitest'
import { checkPopulation, type RawPopulation } from './check.ts'
import type { PopulationColumn } from './population.ts'

const columns: PopulationColumn[] = [
  { entity: 'household', name: 'area', type: 'area', enum: ['urban', 'rural'] },
  { entity: 'person', name: 'role', type: 'role', enum: ['head', 'child'] },
  { entity: 'person', name: 'position', type: 'number', min: 1, max: 20 },
  { entity: 'person', name: 'salary', type: 'number', scale: 0, min: 0, max: 1_000 },
]

/** Three households of 2, 1 and 2 persons, in order. */
function sound(
  change: (raw: {
    ids: number[]
    of: number[]
    role: number[]
    position: number[]
    salary: (number | null)[]
    area: number[]
  }) => unknown = () => {},
): RawPopulation {
  const raw = {
    ids: [1, 2, 3],
    of: [1, 1, 2, 3, 3],
    role: [0, 1, 0, 0, 1],
    position: [1, 1, 1, 1, 1],
    salary: [5, 0, 7, 9, 0] as (number | null)[],
    area: [0, 1, 1],
  }
  change(raw)
  return {
    manifest: {
      nhip: 'population/1',
      id: 'x',
      title: { vi: 'x', en: 'x' },
      synthetic: true,
      reference_date: '2025-07-01',
      persons: raw.of.length,
      households: raw.ids.length,
      columns,
      files: {},
    },
    householdIds: Float64Array.from(raw.ids),
    personHouseholds: Float64Array.from(raw.of),
    columns: {
      area: { data: Uint8Array.from(raw.area) },
      role: { data: Uint8Array.from(raw.role) },
      position: { data: Uint8Array.from(raw.position) },
      salary: {
        data: Float64Array.from(raw.salary, (s) => s ?? 0),
        valid: Uint8Array.from(raw.salary, (s) => (s === null ? 0 : 1)),
      },
    },
  }
}

const found = (raw: RawPopulation): string[] =>
  checkPopulation(raw).map(({ code, path, value }) =>
    `${code.replace('population.', '')} ${path ?? ''} ${value ?? ''}`.trim(),
  )

describe('what is wrong with a population', () => {
  test('nothing', () => expect(found(sound())).toEqual([]))

  test.each<[string, Parameters<typeof sound>[0], string[]]>([
    ['households out of order', (r) => r.ids.splice(0, 3, 2, 1, 3), ['unsorted households 1']],
    ['an id twice', (r) => r.ids.splice(1, 1, 1), ['unsorted households 1', 'orphan persons 2']],
    ['a person of no household', (r) => r.of.splice(4, 1, 9), ['orphan persons 9']],
    [
      'a household with nobody',
      (r) => {
        r.of[2] = 1
        r.position[2] = 2
        r.role[2] = 1
      },
      ['empty-household households 2'],
    ],
    [
      'two heads',
      (r) => {
        r.role[1] = 0
        r.position[1] = 2
      },
      ['role-count persons.role.head 1'],
    ],
    ['members out of order', (r) => r.role.splice(3, 2, 1, 0), ['member-order persons 3']],
    ['a value out of range', (r) => r.salary.splice(2, 1, 1_001), ['out-of-range persons.salary 2']],
    ['a fraction of the smallest unit', (r) => r.salary.splice(0, 1, 1.5), ['out-of-range persons.salary 1']],
    ['null in a column without', (r) => r.salary.splice(3, 1, null), ['null persons.salary 3']],
    ['a word that is none', (r) => r.area.splice(1, 1, 255), ['out-of-range households.area 2']],
  ])('%s', (_, change, expected) => {
    expect(found(sound(change))).toEqual(expected)
  })

  test('the first ten ids and how many there are', () => {
    const raw = sound((r) => {
      r.ids = Array.from({ length: 30 }, (_, i) => i + 1)
      r.area = r.ids.map(() => 0)
    })
    const [problem] = checkPopulation(raw)
    expect(problem).toMatchObject({
      code: 'population.empty-household',
      value: '4, 5, 6, 7, 8, 9, 10, 11, 12, 13, …',
    })
    expect(problem?.message.en).toBe('27 households have nobody')
  })

  test('fewer rows than declared, a column that is not there, a file whose bytes have changed', () => {
    const raw = sound()
    const { area, ...others } = raw.columns
    expect(area).toBeDefined()
    expect(
      found({
        ...raw,
        manifest: { ...raw.manifest, persons: 6 },
        columns: others,
        changed: ['persons.parquet'],
      }),
    ).toEqual(['file-changed', 'count persons 5', 'column-missing households.area'])
  })
})
