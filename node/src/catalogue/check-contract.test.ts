import { describe, expect, test } from 'vitest'
import type { Entity, Property } from './catalogue.ts'
import { checkContract } from './check-contract.ts'
import type { DatasetContract, QualityRule } from './contract.ts'
import { compileRule, type JudgedValue } from './quality-rule.ts'

const world = {
  property: (code: string) => (code === 'pm25' ? ({ code, kind: 'number' } as Property) : undefined),
  entity: (id: string) =>
    id === 'urn:nhip:unit:01@2025-07-01' ? ({ id, type: 'unit' } as Entity) : undefined,
}
const sound: DatasetContract = {
  owner: 'urn:nhip:unit:01@2025-07-01',
  class: 'shared',
  personal: false,
  licence: null,
  autoCreate: false,
  properties: { pm25: { range: { hardMin: 0, softMax: 300, hardMax: 1000 } } },
  rules: [],
  arrival: {},
  freshness: { kind: 'calendar', period: 'month', dueIn: 5, count: 'working-days' },
}
const faults = (more: Partial<DatasetContract>) =>
  checkContract({ ...sound, ...more }, world).map(({ path, code }) => `${path} ${code}`)
const rule = (when: string, more: Partial<QualityRule> = {}): QualityRule => ({
  code: 'r',
  when,
  severity: 'warning',
  message: { vi: 'đáng ngờ', en: 'doubtful' },
  ...more,
})

test('a sound contract has no fault', () => {
  expect(faults({})).toEqual([])
})

test.each([
  [{ owner: 'urn:nhip:unit:99' }, '/owner unknown-unit'],
  [{ personal: true, class: 'open' as const }, '/class personal-not-open'],
  [{ properties: { pm26: {} } }, '/properties/pm26 unknown-property'],
  [
    { properties: { pm25: { range: { softMin: -1, hardMin: 0 } } } },
    '/properties/pm25/range/softMin range-reversed',
  ],
  [
    { properties: { pm25: { range: { hardMax: 5, softMax: 6 } } } },
    '/properties/pm25/range/hardMax range-reversed',
  ],
  [{ properties: { pm25: { rate: { perS: 60 } } } }, '/properties/pm25/rate rate-without-limit'],
  [{ properties: { pm25: { required: true } } }, '/properties/pm25/entityTypes required-without-kind'],
  [{ rules: [rule('value > 1', { properties: ['no2'] })] }, '/rules/0/properties/0 unknown-property'],
  [{ rules: [rule('value > 1'), rule('value > 2')] }, '/rules/1/code rule-twice'],
  [{ rules: [rule('value > "nhiều"')] }, '/rules/0/when feel.type'],
  [
    {
      freshness: {
        kind: 'calendar' as const,
        period: 'month' as const,
        dueIn: 5,
        count: 'days' as const,
        staleIn: 5,
      },
    },
    '/freshness/staleIn stale-before-late',
  ],
] satisfies [Partial<DatasetContract>, string][])('%j: %s', (more, fault) => {
  expect(faults(more)).toEqual([fault])
})

describe('a rule in FEEL', () => {
  const value: JudgedValue = {
    property: 'pm25',
    breakdown: '',
    entity: 'urn:nhip:AirStation:001',
    entityType: 'AirStation',
    unit: null,
    // A Sunday, 02:30 at +07:00.
    from: Date.UTC(2026, 10, 21, 19, 30),
    to: null,
    value: 180.5,
    status: 'A',
  }
  const fires = (when: string, more: Partial<JudgedValue> = {}, of: Partial<QualityRule> = {}) => {
    const read = compileRule(rule(when, of))
    if (Array.isArray(read)) throw new Error(JSON.stringify(read))
    return read.fires({ ...value, ...more })
  }
  test.each([
    ['value > 150', true],
    ['value > 150 and at.hour < 5', true],
    ['day of week(date(at)) = "Sunday"', true],
    ['entityType = "River"', false],
    ['value in [0..100]', false],
    ['unit = null', true],
    ['numerator / denominator > 1', false],
    ['contains(text, "bảo trì")', false],
  ])('%s → %s', (when, expected) => {
    expect(fires(when)).toBe(expected)
  })
  test('what cannot be known is no doubt', () => {
    expect(fires('value > 150', { value: null, status: 'O' })).toBe(false)
    expect(fires('contains(text, "bảo trì")', { text: 'đang bảo trì' })).toBe(true)
  })
  test('only of the properties it names', () => {
    expect(fires('value > 150', {}, { properties: ['no2'] })).toBe(false)
  })
  test('a rule that would run for ever is no doubt either', () => {
    expect(fires('count(for i in 1..100000000 return i) > value')).toBe(false)
  })
  test('what is wrong is shown at line and column', () => {
    expect(compileRule(rule('value >\n   valeu'))).toMatchObject([
      { code: 'name.unknown', line: 2, column: 4, value: 'valeu', severity: 'error' },
    ])
    expect(compileRule(rule('at > now()'))).toMatchObject([{ code: 'name.unknown', column: 6 }])
  })
})
