import { describe, expect, it } from 'vitest'
import { loadedSample, sample } from '../sample.fixture.ts'
import { checkBundle } from './check-bundle.ts'
import { mutationOf } from './mutants.ts'

const said = (...edits: Parameters<typeof sample>) =>
  checkBundle(loadedSample(sample(...edits)))
    .findings.filter(({ severity }) => severity !== 'info')
    .map(({ code, value, file, proved }) => `${file} ${code} ${value ?? ''}${proved ? '' : ' ?'}`.trim())

describe('a bundle', () => {
  it('that is in order', () => expect(said()).toEqual([]))
  it('a parameter that ends while a formula needs it', () => {
    const end =
      '\n  - {from: 2028-01-01, value: null, certainty: verbatim, reference: {source: luat-mau, article: Điều 9}}'
    // Only where the household is poor: it may never be asked.
    expect(
      said(['parameters/allowance.yaml', 'article: Điều 5 khoản 2}}', `article: Điều 5 khoản 2}}${end}`]),
    ).toEqual(['parameters/allowance.yaml parameter.gap 2028-01-01 ?'])
    expect(
      said(
        ['parameters/allowance.yaml', 'article: Điều 5 khoản 2}}', `article: Điều 5 khoản 2}}${end}`],
        [
          'policy.yaml',
          'if poor then young_children * parameters.allowance else 0',
          'young_children * parameters.allowance',
        ],
      ),
    ).toEqual(['parameters/allowance.yaml parameter.gap 2028-01-01'])
  })
  it('a law repealed while its values still hold', () => {
    const repealed = said([
      'policy.yaml',
      'enacted: 2026-05-01}',
      'enacted: 2026-05-01, repealed: 2027-06-30}',
    ])
    expect(repealed).toContain('parameters/allowance.yaml text.expired luat-mau')
    // The first value of the allowance ends before the repeal.
    expect(repealed.filter((line) => line.startsWith('parameters/allowance.yaml'))).toHaveLength(1)
  })
  it('a parameter that nobody reads', () => {
    expect(
      said([
        'policy.yaml',
        'if poor then young_children * parameters.allowance else 0',
        'if poor then young_children else 0',
      ]),
    ).toEqual(['parameters/allowance.yaml graph.unused allowance'])
  })
  it('tables know what the formulas can put into them', () => {
    // Areas are urban and rural by the bundle's enumeration, incomes are not negative.
    const rest = /<rule><inputEntry><text>-<\/text>.*<\/rule>/
    const table = sample().get('decisions/poverty.dmn') as string
    const found = checkBundle(
      loadedSample(sample(['decisions/poverty.dmn', rest.exec(table)?.[0] as string, ''])),
    ).findings
    expect(found.map(({ code, region }) => [code, region])).toEqual([
      ['table.gap', { 'Income per head': '> 2200000', Area: '"rural"' }],
      ['table.gap', { 'Income per head': '> 2800000' }],
    ])
  })
})

describe('mutation', () => {
  it('tells which changes no test notices', () => {
    const { killed, total, survivors } = mutationOf(loadedSample(), 40)
    expect(killed + survivors.length).toBe(total)
    expect(killed).toBeGreaterThan(0)
    // Nobody in the sample's only case is taxed above ten million.
    const all = mutationOf(loadedSample(), 1_000)
    expect(all.survivors.map(({ path }) => path)).toContain('tax.brackets[2].amount 2026-01-01')
    expect(all.survivors.map(({ path }) => path)).not.toContain('allowance 2026-07-01')
  })
})
