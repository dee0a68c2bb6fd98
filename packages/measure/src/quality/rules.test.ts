import { describe, expect, test } from 'vitest'
import { readData } from '../data/read-data.ts'
import { applyRules } from './apply-rules.ts'
import { lateEntries } from './late-entry.ts'
import { modifiedZ } from './modified-z.ts'
import { loadRules } from './rules.ts'

function check(rules: string, data: string) {
  const loaded = loadRules(`ruleset: thu\nversion: "1"\nrules:\n${rules}`, 'thu.yaml')
  expect(loaded.problems).toEqual([])
  const read = readData(data)
  expect(read.problems).toEqual([])
  return applyRules(loaded.rules!, read.data!.rows, 'thu.yaml')
}

describe('rules as data', () => {
  test('a condition in FEEL: true is a finding, missing is not checked and counted, not applicable is neither', () => {
    const { ok, findings } = check(
      `  - {rule: dung-han, when: dung_han > tong, message: {vi: Đúng hạn nhiều hơn tổng số, en: More on time than in all}}\n`,
      'unit,item,value\nA,dung_han,5\nA,tong,4\nB,dung_han,3\nB,tong,4\nC,dung_han,3\nD,dung_han,1\nD,tong,not_applicable\n',
    )
    expect(ok).toBe(false)
    expect(findings).toEqual([
      {
        severity: 'error',
        code: 'rule',
        value: '5',
        message: { vi: 'Đúng hạn nhiều hơn tổng số', en: 'More on time than in all' },
        rule: 'dung-han',
        unit: 'A',
        item: 'dung_han',
      },
      {
        severity: 'info',
        code: 'not-checked',
        value: '1',
        message: {
          vi: 'Chưa kiểm tra được 1 trường hợp vì thiếu số liệu',
          en: '1 cases could not be checked for want of values',
        },
        rule: 'dung-han',
      },
    ])
  })

  test('range, required and severity; the newest vintage is the one that is checked', () => {
    const { ok, findings } = check(
      `  - {rule: khoang, range: {ty_le: [0, 100]}, severity: warning}\n  - {rule: du, required: [ty_le]}\n`,
      'unit,item,value,period,published,status\nA,ty_le,120,2024,2025-01,\nA,ty_le,90,2024,2025,\nB,ty_le,101,2024,,\nC,khac,1,2024,,\nD,ty_le,130,2024,2024,\nD,ty_le,,2024,2025,X\n',
    )
    expect(ok).toBe(false)
    expect(findings.filter((f) => f.unit).map((f) => [f.severity, f.rule, f.unit, f.period])).toEqual([
      ['warning', 'khoang', 'B', '2024'],
      ['error', 'du', 'C', '2024'],
      // Withdrawn: neither out of range nor there.
      ['error', 'du', 'D', '2024'],
    ])
  })

  test('a formula that cannot be read is a problem of the rules, and nothing is checked', () => {
    const { rules } = loadRules(
      'ruleset: a\nversion: "1"\nrules:\n  - {rule: sai, when: "khong_co > 1"}\n  - {rule: so, when: "x + 1"}\n',
      'a.yaml',
    )
    const { data } = readData('unit,item,value\nA,x,1\n')
    const { findings, problems } = applyRules(rules!, data!.rows, 'a.yaml')
    expect(findings).toEqual([])
    expect(problems.map((p) => [p.code, p.path])).toEqual([
      ['unknown-item', 'rules[0].when'],
      ['formula-type', 'rules[1].when'],
    ])
  })

  test('a file with mistakes names each with its line', () => {
    const { rules, problems } = loadRules(
      'ruleset: a\nversion: "1"\nrules:\n  - {rule: hai, when: x > 1, required: [x]}\n  - {rule: lạ, when: x > 1, colour: red}\n  - {rule: mức, when: x > 1, severity: fatal}\n',
      'a.yaml',
    )
    expect(rules).toBeNull()
    expect(problems.map((p) => [p.line, p.path])).toEqual([
      [4, 'rules[0]'],
      [5, 'rules[1].colour'],
      [6, 'rules[2].severity'],
    ])
  })
})

test('modified z: Iglewicz and Hoaglin: 0.6745·(x − median)/MAD', () => {
  const { z, logs } = modifiedZ(Float64Array.of(0, 4, 4, 5, 6, 7, 30))
  // median 5, MAD 1
  expect(logs).toBe(false)
  expect([...z].map((x) => x.toFixed(3))).toEqual([
    '-3.372',
    '-0.674',
    '-0.674',
    '0.000',
    '0.674',
    '1.349',
    '16.862',
  ])
})

test('a unit that enters everything on the last day stands out, unless everybody does', () => {
  const entries = ['a', 'b', 'c'].flatMap((unit) =>
    Array.from({ length: 12 }, (_, i) => ({ unit, at: unit === 'c' ? '2026-03-31' : `2026-03-${10 + i}` })),
  )
  expect(lateEntries(entries)).toEqual([{ unit: 'c', late: 12, all: 12 }])
  expect(lateEntries(entries.map((e) => ({ ...e, at: '2026-03-31' })))).toEqual([])
})
