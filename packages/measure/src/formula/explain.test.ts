import { describe, expect, it } from 'vitest'
import { type CubeRow, cubeOf } from './cube.ts'
import type { ItemDefinition } from './definition.ts'
import { explainFormula } from './explain.ts'
import { checkDefinitions, compileFormula } from './formula.ts'
import { scopeOf } from './scope.ts'

const items: ItemDefinition[] = [
  {
    code: 'dung_han',
    uom: 'hồ sơ',
    reportedAt: 'xa',
    overUnits: 'sum',
    name: { vi: 'Hồ sơ đúng hạn', en: 'Cases on time' },
  },
  {
    code: 'den_han',
    uom: 'hồ sơ',
    reportedAt: 'xa',
    overUnits: 'sum',
    name: { vi: 'Hồ sơ đến hạn', en: 'Cases due' },
  },
  { code: 'thu', uom: 'triệu đồng', name: { vi: 'Thu ngân sách', en: 'Revenue' } },
  {
    code: 'ty_le',
    uom: '1',
    formula: 'ratio(dung_han, den_han)',
    name: { vi: 'Tỷ lệ đúng hạn', en: 'On-time share' },
  },
]
const units = [
  { code: 'T', level: 'tinh' },
  ...['A', 'B', 'C', 'D'].map((code) => ({ code, level: 'xa', parent: 'T' })),
]
const row = (unit: string, item: string, value: number | null, line: number): CubeRow => ({
  unit,
  item,
  value,
  line,
})
const cube = cubeOf(
  [
    row('A', 'dung_han', 300, 2),
    row('A', 'den_han', 310, 3),
    row('B', 'dung_han', 112, 4),
    row('B', 'den_han', 120, 5),
    row('A', 'thu', 1234.5, 6),
    row('T', 'den_han', 999, 7),
    row('C', 'dung_han', 0, 8),
    row('C', 'den_han', 0, 9),
  ],
  {
    units: [
      ...units.slice(0, 4),
      { code: 'D', level: 'xa', parent: 'T' },
      { code: 'E', level: 'xa', parent: 'T' },
    ],
  },
)
const scope = scopeOf(items)

function explain(text: string, unit: string, vi = 'Kết quả') {
  const { formula, problems } = compileFormula(text, scope)
  expect(problems).toEqual([])
  return explainFormula(formula!, scope, cube, { unit, name: { vi, en: 'Result' } })
}

describe('one sentence says what a value was made of', () => {
  it.each([
    [
      'band(ratio(dung_han, den_han), [0, 0], [0.5, 5], [0.95, 10])',
      'T',
      'Kết quả = 412 hồ sơ đúng hạn ÷ 430 hồ sơ đến hạn = 95,8 %; từ 95 % trở lên được 10/10 điểm. Còn thiếu 2 đơn vị.',
      'Result = 412 cases on time ÷ 430 cases due = 95.8 %; from 95 % it scores 10 of 10 points. 2 units are still missing.',
    ],
    [
      'band(ty_le, [0, 0], [0.5, 5], [0.95, 10])',
      'B',
      'Kết quả = 112 hồ sơ đúng hạn ÷ 120 hồ sơ đến hạn = 93,3 %; từ 50 % đến dưới 95 % được 5/10 điểm.',
      null,
    ],
    [
      'ratio(dung_han, den_han)',
      'C',
      'Kết quả = 0 hồ sơ đúng hạn ÷ 0 hồ sơ đến hạn = thiếu (mẫu số bằng 0).',
      null,
    ],
    ['thu * 2', 'A', 'Kết quả = 1.234,5 triệu đồng (Thu ngân sách) × 2 = 2.469 triệu đồng.', null],
    ['thu', 'B', 'Kết quả = thiếu (chưa báo cáo) (Thu ngân sách) = thiếu (chưa báo cáo).', null],
    [
      '(den_han - dung_han) / den_han',
      'A',
      'Kết quả = (310 hồ sơ đến hạn − 300 hồ sơ đúng hạn) ÷ 310 hồ sơ đến hạn = 3,2 %.',
      null,
    ],
    [
      'children(dung_han, "mean")',
      'T',
      'Kết quả = 137,3 hồ sơ (trung bình các đơn vị trực thuộc của "Hồ sơ đúng hạn") = 137,3 hồ sơ. Còn thiếu 2 đơn vị.',
      null,
    ],
    [
      'linear(dung_han, 100, 400)',
      'A',
      'Kết quả = 300 hồ sơ đúng hạn = 300 hồ sơ; theo đường thẳng từ 0 ở 100 hồ sơ đến 1 ở 400 hồ sơ được 0,6667.',
      null,
    ],
    [
      'dung_han >= 0.9 * den_han',
      'A',
      'Kết quả = 300 hồ sơ đúng hạn >= 0,9 × 310 hồ sơ đến hạn = đúng.',
      null,
    ],
  ])('%s of %s', (text, unit, vi, en) => {
    const { sentence } = explain(text, unit)
    expect(sentence.vi).toBe(vi)
    if (en !== null) expect(sentence.en).toBe(en)
  })
})

describe('the tree goes down to the observations', () => {
  it('a total above the level that reports names the lines below it, never the control total', () => {
    const { tree } = explain('ty_le', 'T')
    const due = tree.children[0]!.children[1]!
    expect(due).toMatchObject({
      code: 'den_han',
      value: { ok: 430 },
      uom: 'case',
      observations: ['3', '5', '9'],
      coverage: 0.6,
    })
  })

  it('says which rule decided that a value is missing', () => {
    expect(explain('thu > 5', 'B').notes.map(({ vi }) => vi)).toEqual([
      'So sánh với giá trị thiếu cho kết quả thiếu, không phải sai.',
    ])
    expect(explain('if thu > 5 then 1 else 0', 'B').notes).toHaveLength(2)
    expect(explain('ty_le', 'C').notes[0]!.en).toBe(
      'A division by 0 is missing with its reason, not an error.',
    )
  })
})

describe('what formulas refuse, with the place', () => {
  it.each([
    ['1 + (for x in [1, 2] return x)', 'formula-not-allowed', 6],
    ['some x in [1] satisfies x > 0', 'formula-not-allowed', 1],
    ['{a: 1}', 'formula-not-allowed', 1],
    ['thu instance of number', 'formula-not-allowed', 1],
    ['thu + today()', 'formula-not-allowed', 7],
    ['function(x) x', 'formula-not-allowed', 1],
    ['thu + khong_co', 'unknown-item', 7],
    ['thu +', 'formula-syntax', 6],
    ['thu + dung_han', 'uom-mismatch', 7],
    ['band(thu, 1, 2)', 'formula-type', 11],
  ])('%s', (text, code, column) => {
    const { formula, problems } = compileFormula(text, scope)
    expect(formula).toBeNull()
    expect(problems.map((p) => [p.code, p.column])).toEqual(expect.arrayContaining([[code, column]]))
  })

  it('definitions that go round in a circle', () => {
    const round = scopeOf([
      { code: 'a', formula: 'b + 1' },
      { code: 'b', formula: 'c * 2' },
      { code: 'c', formula: 'a' },
    ])
    const told = checkDefinitions(round).map(({ code, path, message }) => `${path} ${code} ${message.vi}`)
    expect(told[0]).toContain('a → b → c → a')
    expect(told).toHaveLength(3)
  })
})
