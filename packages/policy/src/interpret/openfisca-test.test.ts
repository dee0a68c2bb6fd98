import { toText } from '@nhip/feel/values'
import { describe, expect, it } from 'vitest'
import { readYaml } from '../bundle/yaml-file.ts'
import { caseOf, loadedSample, sample } from '../sample.fixture.ts'
import { openFiscaPeriod, runOpenFiscaFile } from './openfisca-test.ts'

const MAP = {
  variables: { revenue: 'salary', income_tax: 'tax' },
  entities: { family: 'household', families: 'households', parents: 'heads' },
}

function run(text: string) {
  const { yaml, problems } = readYaml(text, 'test.yaml')
  if (!yaml) throw new Error(JSON.stringify(problems))
  const outcomes = runOpenFiscaFile(loadedSample(), yaml, MAP)
  return outcomes.map(({ ok, differences, problems: unfit }) =>
    ok
      ? 'ok'
      : [
          ...differences.map((d) => `${d.variable} ${d.period} ${toText(d.actual)}`),
          ...unfit.map((p) => `${p.code} ${p.value}`),
        ].join('; '),
  )
}

describe('tests written for OpenFisca', () => {
  it('one person, flat; arithmetic in text; months and years', () => {
    expect(
      run(`
- name: flat
  period: 2026-08
  input: {revenue: 4000000}
  output: {income_tax: "4000000 * 5 / 100"}
- name: a year is shared out and summed
  period: 2026
  input: {revenue: 48000000}
  output: {income_tax: 2400000}
- name: values by period
  period: 2026-08
  input: {revenue: {2026-07: 1000000, 2026-08: 2000000}}
  output: {income_tax: {2026-07: 50000, 2026-08: 100000}}
`),
    ).toEqual(['ok', 'ok', 'ok'])
  })

  it('persons and a group, singular and plural, with roles by plural', () => {
    expect(
      run(`
- period: 2026-08
  input:
    persons: {a: {revenue: 4000000}, b: {birth: 2022-03-04}}
    family: {parents: [a], children: [b], area: rural}
  output:
    family: {allowance: 500000}
- period: 2026-08
  input:
    persons: {a: {revenue: 4000000}, b: {birth: 2022-03-04}}
    families: {f: {parents: [a], children: [b]}}
  output:
    persons: {a: {income_tax: 200000}}
    families: {f: {allowance: 500000, poor: true}}
`),
    ).toEqual(['ok', 'ok'])
  })

  it('margins, absolute and relative, one for all or one a variable; else 32-bit floats', () => {
    const of = (more: string, expected: string) =>
      run(`{period: 2026-08, input: {revenue: 4000000}, output: {income_tax: ${expected}}${more}}`)
    expect(of('', '200000.001')).toEqual(['ok'])
    expect(of('', '200001')).toEqual(['tax 2026-08 200000'])
    expect(of(', absolute_error_margin: 1', '200001')).toEqual(['ok'])
    expect(of(', relative_error_margin: 0.01', '201000')).toEqual(['ok'])
    expect(of(', absolute_error_margin: {default: 0, income_tax: 5}', '200005')).toEqual(['ok'])
  })

  it('says what it does not know', () => {
    expect(run('{period: 2026-08, inputs: {}, output: {}}')).toEqual(['schema.additionalProperties inputs'])
    expect(run('{period: 2026-08, input: {wage: 1}, output: {}}')).toEqual(['name.unknown wage'])
  })

  it('reads periods', () => {
    expect(
      ['2017-01', '2017', 'month:2017-01:3', 'year:2017', 'ETERNITY', 'month:2017'].map(openFiscaPeriod),
    ).toEqual(['2017-01', '2017', '2017-Q1', '2017', 'eternity', '2017-01'])
  })
})

describe("parameters in OpenFisca's form", () => {
  const bundle = loadedSample(
    sample(
      [
        'parameters/base.yaml',
        '',
        'description: Base\nreference: https://example.org/law\nvalues:\n  2020-01-01:\n    value: 1_000\n  2026-01-01: {value: 300000}\n'.replace(
          '1_000',
          '1000',
        ),
      ],
      [
        'parameters/tax.yaml',
        '',
        'brackets:\n  - rate: {2020-01-01: {value: 0.05}}\n    threshold: {2020-01-01: {value: 0}}\n  - rate: {2020-01-01: 0.1}\n    threshold: {2020-01-01: 10000000, 2027-01-01: null}\n',
      ],
      ['parameters/tree.yaml', '', 'a:\n  values: {2020-01-01: 7}\nb:\n  c: {2020-01-01: true}\n'],
    ),
  )
  it('values, scales and trees', () => {
    const at = (path: string, day: string) => toText(bundle.at().parameters.at(path, day).value)
    expect(at('base', '2021-05-05')).toBe('1000')
    expect([at('tree.a', '2026-01-01'), at('tree.b.c', '2026-01-01')]).toEqual(['7', 'true'])
    const tax = (period: string) =>
      toText(
        caseOf(bundle, period, { persons: { an: { salary: 20_000_000 } } }).value('tax', 'an', period).value,
      )
    expect([tax('2026-08'), tax('2027-08')]).toEqual(['1500000', '1000000'])
  })
})
