import { describe, expect, it } from 'vitest'
import { loadedSample, sample } from '../sample.fixture.ts'
import { changesBetween } from './changes.ts'

const before = loadedSample()

function changed(...edits: Parameters<typeof sample>) {
  return changesBetween(before.model, loadedSample(sample(...edits)).model).map(
    ({ kind, path, from, before: old, after, reference }) =>
      [kind, path, from, old, after, reference?.article].map((part) => part ?? '–').join(' | '),
  )
}

describe('two bundles as a lawyer reads them', () => {
  it('nothing, where nothing differs', () => expect(changed()).toEqual([]))
  it('an amount, with its article', () => {
    expect(changed(['parameters/allowance.yaml', 'value: 500000', 'value: 600000'])).toEqual([
      'parameter.changed | parameters.allowance | 2026-07-01 | 500000 | 600000 | Điều 5 khoản 1',
    ])
  })
  it('a value that begins on another day: one ends, one begins', () => {
    expect(changed(['parameters/base.yaml', 'from: 2026-01-01', 'from: 2026-02-01'])).toEqual([
      'parameter.added | parameters.base | 2026-02-01 | – | 300000 | Điều 3',
      'parameter.removed | parameters.base | 2026-01-01 | 300000 | – | Điều 3',
    ])
  })
  it('a formula', () => {
    expect(
      changed([
        'policy.yaml',
        'young_children * parameters.allowance else',
        '2 * young_children * parameters.allowance else',
      ]),
    ).toEqual([
      'formula.changed | variables.allowance | 2026-07-01 | if poor then young_children * parameters.allowance else 0 | if poor then 2 * young_children * parameters.allowance else 0 | Điều 5',
    ])
  })
  it('one rule of a table, and not those that move down', () => {
    const rule = '<rule><inputEntry><text>&lt;= 2200000'
    const added =
      '<rule><inputEntry><text>&lt;= 100</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>true</text></outputEntry></rule>'
    expect(changed(['decisions/poverty.dmn', rule, `${added}${rule}`])).toEqual([
      'rule.added | decisions/poverty.dmn#Poor rule 1 | – | – | <= 100 | - → true | –',
    ])
    expect(changed(['decisions/poverty.dmn', '&lt;= 2800000', '&lt;= 3000000'])).toEqual([
      'rule.changed | decisions/poverty.dmn#Poor rule 2 | – | <= 2800000 | "urban" → true | <= 3000000 | "urban" → true | –',
    ])
  })
})
