import { describe, expect, it } from 'vitest'
import { loadBundle } from '../bundle/load.ts'
import { CLIFF_LAW, populationOf } from '../simulate/sample.fixture.ts'
import { checkBundle } from './check-bundle.ts'
import { dmnText, type TableSpec } from './model.fixture.ts'
import { countPeople } from './people.ts'

/** The sample law with decision tables, asked once for each person, and once for the household. */
function law(tables: readonly TableSpec[], call: string) {
  const policy = CLIFF_LAW.get('policy.yaml') as string
  const files = new Map([
    ...CLIFF_LAW,
    ['decisions/bac.dmn', dmnText(tables)],
    ['policy.yaml', policy.replace('  earned:\n', `${call}  earned:\n`)],
  ])
  const { bundle, problems } = loadBundle(files)
  if (!bundle || problems.some(({ severity }) => severity === 'error'))
    throw new Error(JSON.stringify(problems))
  return bundle
}

const variable = (entity: string, decision: string, inputs: string) =>
  `  grade: {entity: ${entity}, type: number, scale: 0, period: month, formulas: [{decision: "decisions/bac.dmn#${decision}", inputs: {${inputs}}, reference: {source: luat-mau, article: Điều 9}}]}\n`

const Salary = { name: 'Salary', type: 'number' }
/** No rule from 5 to 7 million; two of them at 9 million. */
const grade: TableSpec = {
  name: 'Grade',
  inputs: [Salary],
  outputs: [{ name: 'out', type: 'number' }],
  rules: [
    ['< 5000000', '1'],
    ['[7000000..9000000]', '2'],
    ['>= 9000000', '3'],
  ],
}
const million = 1_000_000
const population = populationOf([
  { salaries: [6 * million], children: 2, weight: 10 },
  { salaries: [5 * million, 4 * million], children: 0, weight: 100 },
  { salaries: [9 * million], children: 1, weight: 1_000 },
  { salaries: [7 * million], children: 0, area: 'urban', weight: 7 },
])

const counted = (bundle: ReturnType<typeof law>, options = {}) => {
  const { findings, problems } = countPeople(bundle, checkBundle(bundle).findings, { population, ...options })
  expect(problems).toEqual([])
  return Object.fromEntries(
    findings
      .filter(({ severity }) => severity === 'error')
      .map(({ code, people, region }) => [`${code} ${Object.values(region ?? {}).join()}`, people]),
  )
}

describe('how many people a finding meets', () => {
  it('of a table asked for each person: those whose own values lie there, by weight', () => {
    const bundle = law([grade], variable('person', 'Grade', 'Salary: salary'))
    expect(counted(bundle)).toEqual({
      'table.gap [5000000..7000000)': 110,
      'table.overlap 9000000': 1_000,
    })
  })
  it('of a table asked for a household: all its members', () => {
    const bundle = law([grade], variable('household', 'Grade', 'Salary: earned'))
    // The second household earns 9 million together.
    expect(counted(bundle)).toEqual({
      'table.gap [5000000..7000000)': 30,
      'table.overlap 9000000': 2_200,
    })
  })
  it('of a table below another: through what the upper one gives', () => {
    const below: TableSpec = {
      name: 'Below',
      inputs: [{ name: 'Level', type: 'string' }],
      outputs: [{ name: 'out', type: 'number' }],
      rules: [['"high"', '1']],
    }
    const level: TableSpec = {
      name: 'Level',
      inputs: [Salary],
      rules: [
        ['<= 6000000', '"low"'],
        ['> 6000000', '"high"'],
      ],
    }
    const bundle = law([level, below], variable('person', 'Below', 'Salary: salary'))
    // All who earn at most 6 million, and the children, who earn nothing.
    expect(counted(bundle)).toEqual({ 'table.gap "low"': 3 * 10 + 2 * 100 + 1_000 })
  })
  it('of a period before there was a law about it: nobody', () => {
    const bundle = law(
      [grade],
      variable('person', 'Grade', 'Salary: salary').replace('[{', '[{from: 2026-07-01, '),
    )
    expect(counted(bundle, { period: '2026-06' })).toEqual({
      'table.gap [5000000..7000000)': 0,
      'table.overlap 9000000': 0,
    })
    expect(counted(bundle, { period: '2026-08' })['table.overlap 9000000']).toBe(1_000)
  })
  it('of what has no region, null', () => {
    const bundle = law(
      [{ ...grade, rules: [...grade.rules.slice(0, 2), ['[9..3]', '3'], ['> 9000000', '4']] }],
      variable('person', 'Grade', 'Salary: salary'),
    )
    expect(counted(bundle)).toMatchObject({ 'table.unsatisfiable ': null })
  })
})
