import { toText } from '@nhip/feel/values'
import { describe, expect, it } from 'vitest'
import { caseOf, loadedSample, sample } from '../sample.fixture.ts'
import { loadBundle } from './load.ts'

const HOME = {
  persons: { an: { salary: 4_000_000 }, bi: { birth: '2022-03-04' } },
  households: { h: { heads: ['an'], children: ['bi'] } },
}
const HEAD =
  'nhip: reform/1\nid: r\ntitle: {vi: Thử, en: Trial}\nfrom: 2026-09-01\nbase: tro-cap-tre-em\npatches:\n'

/** The value of a household's or person's variable under a reform of one patch. */
function under(patch: string, variable: string, id = 'h', period = '2026-10') {
  const bundle = loadedSample(sample(['reforms/r.yaml', '', `${HEAD}  - ${patch}\n`]))
  const { bundle: reformed, problems } = bundle.withReforms(['r'])
  expect(problems).toEqual([])
  return toText(caseOf(reformed, period, HOME).value(variable, id, period).value)
}
const REFERENCE = 'certainty: verbatim, reference: {source: luat-mau, article: Điều 99}'

describe('a number that is none', () => {
  const problemsOf = (patch: string) =>
    loadBundle(sample(['reforms/r.yaml', '', `${HEAD}  - ${patch}\n`])).problems.filter(
      ({ code }) => code === 'value.type',
    )
  const value = (text: string) => `[{from: 2026-09-01, value: ${text}, ${REFERENCE}}]`

  it.each([
    [
      'a parameter with a unit',
      `set-parameter: {path: allowance, values: ${value('700.000 đồng')}}`,
      '700.000 đồng',
    ],
    ['a line of a scale', `set-parameter: {path: "tax.brackets[1].rate", values: ${value('5%')}}`, '5%'],
    [
      'a new bracket',
      `add-bracket: {path: tax, bracket: {threshold: ${value('18 triệu')}, rate: ${value('0.5')}}}`,
      '18 triệu',
    ],
  ])('in %s is said where it stands, when the bundle is loaded', (_, patch, text) => {
    const [problem, ...others] = problemsOf(patch)
    expect(others).toEqual([])
    expect(problem).toMatchObject({ severity: 'error', value: text, file: 'reforms/r.yaml', line: 7 })
    expect(problem?.column).toBe(patch.indexOf(text) + 5)
  })
  it('is a hint away from being one', () => {
    const [problem] = problemsOf(`set-parameter: {path: allowance, values: ${value('700.000 đồng')}}`)
    expect(problem?.message.vi).toBe('"700.000 đồng" không phải là một số, mà giá trị này có đơn vị VND')
    expect(problem?.hint?.vi).toBe('viết liền: 700000')
  })
  it('may be an expression or nothing', () => {
    expect(problemsOf(`set-parameter: {path: allowance, values: ${value('{feel: "2 * 350000"}')}}`)).toEqual(
      [],
    )
    expect(problemsOf(`set-parameter: {path: allowance, values: ${value('null')}}`)).toEqual([])
  })
})

describe('a reform', () => {
  it('sets a parameter from a date on and keeps what was before', () => {
    const patch = `set-parameter: {path: allowance, values: [{from: 2026-09-01, value: 700000, ${REFERENCE}}]}`
    expect(under(patch, 'allowance')).toBe('700000')
    expect(under(patch, 'allowance', 'h', '2026-08')).toBe('500000')
  })
  it('raises or multiplies a parameter', () => {
    expect(under('adjust-parameter: {path: allowance, add: 50000}', 'allowance')).toBe('550000')
    expect(under('adjust-parameter: {path: allowance, multiply: 1.5}', 'allowance', 'h', '2027-02')).toBe(
      '900000',
    )
    expect(under('adjust-parameter: {path: allowance, add: 50000}', 'allowance', 'h', '2026-08')).toBe(
      '500000',
    )
  })
  it('changes one line of a scale', () => {
    expect(under('adjust-parameter: {path: "tax.brackets[1].rate", add: 0.01}', 'tax', 'an')).toBe('240000')
  })
  it('adds a bracket where its threshold belongs, and removes one', () => {
    const bracket = `{threshold: [{from: 2026-09-01, value: 1000000, ${REFERENCE}}], rate: [{from: 2026-09-01, value: 0.5, ${REFERENCE}}]}`
    // 1 triệu x 5% + 3 triệu x 50%
    expect(under(`add-bracket: {path: tax, bracket: ${bracket}}`, 'tax', 'an')).toBe('1550000')
    expect(under('remove-bracket: {path: tax, bracket: 1}', 'tax', 'an')).toBe('0')
  })
  it('adds a variable', () => {
    const variable =
      '{entity: household, type: number, scale: 0, period: month, formulas: [{feel: allowance * 2, basis: identity}]}'
    expect(under(`add-variable: {name: twice, variable: ${variable}}`, 'twice')).toBe('1000000')
  })
  it('replaces a formula from its day on', () => {
    const patch =
      'replace-formula: {variable: allowance, formula: {feel: "100", reference: {source: luat-mau, article: Điều 5}}}'
    expect(under(patch, 'allowance')).toBe('100')
    expect(under(patch, 'allowance', 'h', '2026-08')).toBe('500000')
  })
  it('neutralises a variable', () => expect(under('neutralise: {variable: tax}', 'cash')).toBe('4500000'))
  it('replaces a decision, and changes, adds and removes rules of its table', () => {
    expect(under('replace-decision: {decision: decisions/poverty.dmn#Poor, with: "false"}', 'poor')).toBe(
      'false',
    )
    const table = 'table: decisions/poverty.dmn#Poor'
    expect(under(`replace-rule: {${table}, rule: 1, cells: ["< 1000000", "-", true]}`, 'poor')).toBe('false')
    expect(under(`add-rule: {${table}, at: 1, cells: ["-", "-", false]}`, 'poor')).toBe('false')
    expect(under(`remove-rule: {${table}, rule: 1}`, 'poor')).toBe('false')
  })
  it('stacks: the second works on what the first has left', () => {
    const file = (id: string, add: number) =>
      `${HEAD.replace('id: r', `id: ${id}`)}  - adjust-parameter: {path: allowance, add: ${add}}\n`
    const bundle = loadedSample(
      sample(['reforms/a.yaml', '', file('a', 1)], ['reforms/b.yaml', '', file('b', 20)]),
    )
    const { bundle: reformed } = bundle.withReforms(['a', 'b'])
    expect(toText(caseOf(reformed, '2026-10', HOME).value('allowance', 'h', '2026-10').value)).toBe('500021')
  })
  it.each([
    ['set-parameter: {path: alowance, values: []}', 'alowance'],
    ['neutralise: {variable: taxes}', 'taxes'],
    ['remove-bracket: {path: tax, bracket: 9}', 'tax'],
    ['remove-rule: {table: decisions/poverty.dmn#Poor, rule: 9}', 'decisions/poverty.dmn#Poor'],
  ])('that hits nothing is an error: %s', (patch, value) => {
    const { bundle } = loadBundle(sample(['reforms/r.yaml', '', `${HEAD}  - ${patch}\n`]))
    const problems = bundle?.withReforms(['r']).problems ?? []
    expect(problems.map((p) => [p.code, p.file, p.line, p.value])).toEqual([
      ['patch.no-target', 'reforms/r.yaml', 7, value],
    ])
  })
})
