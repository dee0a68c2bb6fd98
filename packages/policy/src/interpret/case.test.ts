import { toText } from '@nhip/feel/values'
import { describe, expect, it } from 'vitest'
import { loadBundle } from '../bundle/load.ts'
import { explain } from '../explain/explain.ts'
import { explanationText } from '../explain/text.ts'
import { caseOf, loadedSample, sample } from '../sample.fixture.ts'
import { answer, answersJson } from './answer.ts'
import { coverageOf } from './coverage.ts'
import { runTest } from './run-test.ts'
import { readSituation } from './situation.ts'

const HOME = {
  persons: { an: { salary: 4_000_000 }, bi: { birth: '2022-03-04' } },
  households: { h: { heads: ['an'], children: ['bi'] } },
}
const value = (run: ReturnType<typeof caseOf>, name: string, id: string, period: string) =>
  toText(run.value(name, id, period).value)

describe('a case', () => {
  const bundle = loadedSample()

  it('adds up members, reads decisions and dated parameters', () => {
    const run = caseOf(bundle, '2026-08', HOME)
    expect(value(run, 'tax', 'an', '2026-08')).toBe('200000')
    expect(value(run, 'cash', 'h', '2026-08')).toBe('4300000')
    expect(run.warnings).toEqual([])
  })

  it('has no allowance before the law, and another rate after its change', () => {
    expect(value(caseOf(bundle, '2026-06', HOME), 'allowance', 'h', '2026-06')).toBe('0')
    expect(value(caseOf(bundle, '2027-01', HOME), 'allowance', 'h', '2027-01')).toBe('600000')
  })

  it('answers as the law was known on a day', () => {
    const before = caseOf(bundle, '2027-01', HOME, '2026-09-30')
    expect(value(before, 'allowance', 'h', '2027-01')).toBe('500000')
  })

  it('sums a year from its months, each by its own law', () => {
    // 12 x 3.800.000 + 6 x 500.000
    expect(value(caseOf(bundle, '2026', HOME), 'cash_year', 'h', '2026')).toBe('48600000')
  })

  it('marks results that rest on secondary figures, and only those', () => {
    expect([...caseOf(bundle, '2027-01', HOME).value('cash', 'h', '2027-01').unverified]).toEqual([
      'allowance',
    ])
    expect([...caseOf(bundle, '2026-08', HOME).value('cash', 'h', '2026-08').unverified]).toEqual([])
  })

  it('takes a given value in place of a formula', () => {
    const given = { ...HOME, households: { h: { ...HOME.households.h, poor: false } } }
    expect(value(caseOf(bundle, '2026-08', given), 'allowance', 'h', '2026-08')).toBe('0')
  })

  it('puts a person without a group into one of their own', () => {
    expect(
      value(caseOf(bundle, '2026-08', { persons: { an: { salary: 1 } } }), 'cash', 'an', '2026-08'),
    ).toBe('1')
  })

  it('works out what is asked by null, as JSON with all digits', () => {
    const asked = { persons: { an: { salary: 4_000_000, tax: { '2026-08': null } } } }
    const run = caseOf(bundle, '2026-08', asked)
    expect(answersJson(answer(run))).toBe('{"persons":{"an":{"tax":{"2026-08":200000}}}}')
  })

  it.each([
    [{ persons: { an: { salry: 1 } } }, 'name.unknown', '/persons/an/salry'],
    [{ persons: { an: { salary: 'nhiều' } } }, 'type.mismatch', '/persons/an/salary'],
    [{ persons: { an: { salary: -1 } } }, 'value.minimum', '/persons/an/salary'],
    [{ persons: { an: { salary: { '2026': 1 } } } }, 'period.mismatch', '/persons/an/salary/2026'],
    [{ persons: { an: {} }, households: { h: { heads: ['bi'] } } }, 'name.unknown', '/households/h/heads'],
    [
      { persons: { an: {}, bi: {} }, households: { h: { heads: ['an', 'bi'] } } },
      'role.max',
      '/households/h/heads',
    ],
    [
      { persons: { an: {} }, households: { h: { heads: ['an'], area: 'city' } } },
      'enum.unknown',
      '/households/h/area',
    ],
  ])('refuses what does not fit: %j is %s', (data, code, at) => {
    const seen: string[] = []
    readSituation(bundle.model, data, {
      period: '2026-08',
      report: (pointer, c) => seen.push(`${c} ${pointer}`),
    })
    expect(seen).toContain(`${code} ${at}`)
  })

  it('refuses persons outside any household where a household must have a head', () => {
    const strict = loadedSample(
      sample(['policy.yaml', 'child: {plural: children}', 'child: {plural: children, min: 1}']),
    )
    const seen: (string | undefined)[] = []
    readSituation(
      strict.model,
      { persons: { an: {}, bi: {} } },
      { period: '2026-08', report: (_, code, who) => seen.push(`${code} ${who}`) },
    )
    expect(seen).toEqual(['group.missing an, bi'])
  })
})

describe('periods', () => {
  const extended = (formulas: string) =>
    loadBundle(sample(['policy.yaml', '  cash_year:', `${formulas}\n  cash_year:`]))
  const monthly = (name: string, feel: string, period = 'month') =>
    `  ${name}: {entity: person, type: number, period: ${period}, formulas: [{feel: '${feel}', basis: identity}]}`

  it('reads the month before, three months before, a share of the year', () => {
    const { bundle, problems } = extended(
      [
        monthly('change', 'salary - previous(salary)'),
        monthly('quarter_ago', 'at(salary, @"-P3M")'),
        monthly('salary_year', 'month total(salary)', 'year'),
        monthly('share', 'per month(salary_year)'),
        monthly('whole', 'held(salary_year)'),
      ].join('\n'),
    )
    expect(problems).toEqual([])
    if (!bundle) throw new Error('no bundle')
    const run = caseOf(bundle, '2026-12', {
      persons: { an: { salary: { '2026-12': 900, '2026-11': 700, '2026-09': 8 } } },
    })
    expect(
      ['change', 'quarter_ago', 'share', 'whole'].map((name) => value(run, name, 'an', '2026-12')),
    ).toEqual(['200', '8', '134', '1608'])
  })

  it('reads the first month of a year, where a yearly tax rests on a monthly size', () => {
    const { bundle, problems } = extended(monthly('january', 'at(salary, @"P0M")', 'year'))
    expect(problems).toEqual([])
    if (!bundle) throw new Error('no bundle')
    const run = caseOf(bundle, '2026', { persons: { an: { salary: { '2026-01': 7, '2026-02': 9 } } } })
    expect(value(run, 'january', 'an', '2026')).toBe('7')
  })

  it('lets a variable build on its own past, from its default before the first period', () => {
    const { bundle, problems } = extended(
      '  saved: {entity: person, type: number, period: month, default: 50, formulas: [{feel: previous(saved) + salary, basis: identity}]}',
    )
    expect(problems).toEqual([])
    if (!bundle) throw new Error('no bundle')
    const run = caseOf(bundle, '2026-03', {
      persons: { an: { salary: { '2026-01': 1, '2026-02': 2, '2026-03': 3 } } },
    })
    expect(value(run, 'saved', 'an', '2026-03')).toBe('56')
  })

  it('refuses a circle through a longer period that holds the month itself', () => {
    const { problems } = extended(
      [monthly('m', 'at(y, @"-P1M") + 1'), monthly('y', 'month total(m)', 'year')].join('\n'),
    )
    expect(problems.map((p) => [p.code, p.message.en])).toEqual([
      ['cycle', 'variables depend on each other in a circle: m → y → m'],
    ])
  })

  it('refuses a circle that only looks into the future', () => {
    const { problems } = extended(monthly('ahead', 'at(ahead, @"P1M") + 1'))
    expect(problems.map((p) => p.code)).toEqual(['cycle'])
  })
})

describe('an explanation', () => {
  const bundle = loadedSample()

  it('shows the branch taken, the rule that fired and the article, in Vietnamese and English', () => {
    const root = explain(caseOf(bundle, '2026-08', HOME), 'allowance', 'h', '2026-08')
    const [poor, children, rate] = root.children
    expect(root.children).toHaveLength(3)
    expect(poor).toMatchObject({ name: 'poor', how: 'decision', rule: { table: 'Poor', number: 1 } })
    expect(children).toMatchObject({ name: 'young_children', basis: 'identity' })
    expect(rate).toMatchObject({
      how: 'parameter',
      reference: { article: 'Điều 5 khoản 1' },
      parameter: { from: '2026-07-01' },
    })
    const text = explanationText(root, bundle.model, 'vi')
    expect(text).toContain('Trợ cấp (h, 2026-08) = 500.000 VND')
    expect(text).toContain('bảng quyết định: decisions/poverty.dmn#Poor, dòng 1')
    expect(text).toContain('căn cứ: Luật mẫu 01/2026/QH16, Điều 5 khoản 1')
    expect(explanationText(root, bundle.model, 'en')).toContain(
      'law: Sample law 01/2026/QH16, Điều 5 khoản 1',
    )
  })

  it('leaves out what was not needed', () => {
    const rich = { ...HOME, persons: { ...HOME.persons, an: { salary: 90_000_000 } } }
    const root = explain(caseOf(bundle, '2026-08', rich), 'allowance', 'h', '2026-08')
    expect(root.children.map((child) => child.name)).toEqual(['poor'])
  })
})

describe('tests of a bundle', () => {
  it('pass, and say what they did not reach', () => {
    const bundle = loadedSample()
    const outcomes = bundle.tests.map((test) => runTest(bundle, test))
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([true])
    const { rules, branches } = coverageOf(bundle, outcomes)
    expect(rules).toEqual({ covered: 1, total: 3, missing: ['Poor 2', 'Poor 3'] })
    expect(branches.missing).toEqual(['cash_year'])
  })
  it('show each difference', () => {
    const bundle = loadedSample(sample(['tests/allowance.yaml', 'cash: 4300000', 'cash: 4300001']))
    const [outcome] = bundle.tests.map((test) => runTest(bundle, test))
    expect(outcome?.differences.map((d) => [d.of, d.variable, toText(d.expected), toText(d.actual)])).toEqual(
      [['h', 'cash', '4300001', '4300000']],
    )
  })
  it('allow a tolerance and a reform and another value of a parameter', () => {
    const bundle = loadedSample(
      sample(
        [
          'tests/allowance.yaml',
          '  period: 2026-08\n',
          '  period: 2026-08\n  tolerance: 1\n  parameters: {allowance: 600001}\n',
        ],
        ['tests/allowance.yaml', 'allowance: 500000, cash: 4300000', 'allowance: 600000, cash: 4400000'],
      ),
    )
    expect(bundle.tests.map((test) => runTest(bundle, test).ok)).toEqual([true])
  })
})
