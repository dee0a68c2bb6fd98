import { describe, expect, it } from 'vitest'
import { sample } from '../sample.fixture.ts'
import { loadBundle } from './load.ts'

type Change = readonly [file: string, from: string, to: string]

/** What a writer of law gets wrong on the first day, and what the loader says of it. */
const MISTAKES: { mistake: string; change: Change; code: string; at: string; vi: string; hint?: string }[] = [
  {
    mistake: 'a name mistyped in a formula',
    change: [
      'policy.yaml',
      'sum(members.salary) - sum(members.tax) + allowance',
      'sum(members.salary) - sum(members.tax) + alowance',
    ],
    code: 'name.unknown',
    at: 'policy.yaml:60:56',
    vi: 'alowance',
    hint: 'có phải "allowance"?',
  },
  {
    mistake: 'a key mistyped',
    change: [
      'policy.yaml',
      'young_children:\n    entity: household',
      'young_children:\n    entiti: household\n    entity: household',
    ],
    code: 'schema.additionalProperties',
    at: 'policy.yaml:28:5',
    vi: 'không có khóa "entiti" ở đây',
    hint: 'có phải "entity"?',
  },
  {
    mistake: 'a value without its article',
    change: ['parameters/base.yaml', ', reference: {source: luat-mau, article: Điều 3}', ''],
    code: 'reference.missing',
    at: 'parameters/base.yaml:4:5',
    vi: 'giá trị từ 2026-01-01 không ghi căn cứ pháp lý',
    hint: 'thêm reference',
  },
  {
    mistake: 'a source that is not listed',
    change: ['parameters/base.yaml', 'source: luat-mau', 'source: luat-mao'],
    code: 'source.unknown',
    at: 'parameters/base.yaml:4:80',
    vi: 'không có nguồn "luat-mao"',
    hint: 'có phải "luat-mau"?',
  },
  {
    mistake: 'a date as it is spoken',
    change: ['parameters/base.yaml', 'from: 2026-01-01', 'from: 01/01/2026'],
    code: 'date.invalid',
    at: 'parameters/base.yaml:4:12',
    vi: '"01/01/2026" không phải là một ngày',
    hint: 'viết năm-tháng-ngày',
  },
  {
    mistake: 'months and years mixed',
    change: ['policy.yaml', 'month total(cash)', 'cash'],
    code: 'period.mismatch',
    at: 'policy.yaml:67:23',
    vi: '"cash" theo tháng, công thức này theo năm',
    hint: 'viết month total(cash) hoặc month mean(cash)',
  },
  {
    mistake: 'a circle of definitions',
    change: [
      'policy.yaml',
      'if poor then young_children * parameters.allowance else 0',
      'if poor then cash else 0',
    ],
    code: 'cycle',
    at: 'policy.yaml:43:3',
    vi: 'allowance → cash → allowance',
    hint: 'previous(biến)',
  },
  {
    mistake: 'a word outside its enumeration',
    change: ['policy.yaml', 'if poor then young_children', 'if area = "rurall" then young_children'],
    code: 'enum.unknown',
    at: 'policy.yaml:52:25',
    vi: '"rurall" không có trong danh mục (urban, rural)',
    hint: 'có phải "rural"?',
  },
  {
    mistake: 'thresholds that do not rise',
    change: ['parameters/tax.yaml', 'value: 10000000', 'value: 0'],
    code: 'scale.order',
    at: 'parameters/tax.yaml:9:17',
    vi: 'biểu "tax" ngày 2026-01-01: ngưỡng bậc 2 không lớn hơn ngưỡng bậc trước',
  },
  {
    mistake: 'a formula of another type',
    change: ['policy.yaml', 'if poor then young_children * parameters.allowance else 0', 'poor'],
    code: 'type.mismatch',
    at: 'policy.yaml:52:15',
    vi: 'biến "allowance" khai báo kiểu number, công thức cho boolean',
  },
  {
    mistake: 'a decision table that is not there',
    change: ['policy.yaml', 'poverty.dmn#Poor', 'poverty.dmn#Por'],
    code: 'decision.unknown',
    at: 'policy.yaml:40:19',
    vi: 'không có quyết định "Por"',
    hint: 'có phải "Poor"?',
  },
  {
    mistake: 'a line written twice',
    change: ['parameters/base.yaml', 'title:', 'title: {vi: A, en: B}\ntitle:'],
    code: 'yaml.duplicate',
    at: 'parameters/base.yaml:3:1',
    vi: 'khóa "title" viết hai lần',
  },
  {
    mistake: 'a tab at the start of a line',
    change: ['parameters/base.yaml', '  - {from', '\t- {from'],
    code: 'yaml.syntax',
    at: 'parameters/base.yaml:4:1',
    vi: 'Tab',
  },
  {
    mistake: 'two texts that begin on one day',
    change: [
      'parameters/allowance.yaml',
      'from: 2027-01-01, value: {feel: "2 * parameters.base"}, enacted: 2026-10-01',
      'from: 2026-07-01, value: 600000',
    ],
    code: 'value.overlap',
    at: 'parameters/allowance.yaml:6:12',
    vi: 'hai giá trị cùng có hiệu lực từ 2026-07-01',
    hint: 'enacted',
  },
  {
    mistake: 'a parameter mistyped',
    change: ['policy.yaml', 'parameters.allowance', 'parameters.alowance'],
    code: 'name.unknown',
    at: 'policy.yaml:52:45',
    vi: 'không có tham số "parameters.alowance"',
    hint: 'có phải "allowance"?',
  },
  {
    mistake: 'a folder without an entry for a word of the enumeration',
    change: ['policy.yaml', 'young_children * parameters.allowance', 'lookup(parameters.by_area, area)'],
    code: 'enum.unknown',
    at: 'policy.yaml:52:28',
    vi: 'thư mục "parameters.by_area" không có tham số cho: urban',
  },
]

describe('what the loader says of mistakes', () => {
  it('says nothing of the sample itself', () => expect(loadBundle(sample()).problems).toEqual([]))

  it.each(MISTAKES)('$mistake: $code at $at', ({ change, code, at, vi, hint }) => {
    // A folder with one entry, for the mistake that needs one.
    const folder = (sample().get('parameters/base.yaml') ?? '').replace('base', 'rural')
    const { problems } = loadBundle(sample(change).set('parameters/by_area/rural.yaml', folder))
    const [problem] = problems
    expect(problems.map((p) => `${p.code} ${p.file}:${p.line}:${p.column}`)).toEqual([`${code} ${at}`])
    expect(problem?.message.vi).toContain(vi)
    expect(problem?.message.en).not.toBe('')
    if (hint !== undefined) expect(problem?.hint?.vi).toContain(hint)
  })

  it('collects all of them in one pass', () => {
    const { problems } = loadBundle(
      sample(
        ['parameters/base.yaml', 'source: luat-mau', 'source: luat-mao'],
        ['parameters/tax.yaml', 'value: 10000000', 'value: 0'],
        ['policy.yaml', 'month total(cash)', 'cash'],
      ),
    )
    expect(problems.map((p) => p.code)).toEqual(['source.unknown', 'scale.order', 'period.mismatch'])
  })

  it.each([
    ['type: number', 'type: numbr', 'enum.unknown'],
    ['nhip: policy/1', 'nhip: policy/2', 'schema.enum'],
    ['entity: household', 'entity: househol', 'name.unknown'],
    ['period: month', 'period: monthly', 'schema.enum'],
  ])('says one mistake once: %s written %s', (right, wrong, code) => {
    expect(loadBundle(sample(['policy.yaml', right, wrong])).problems.map((p) => p.code)).toEqual([code])
  })

  it('does not blame the users of what could not be read', () => {
    const { problems } = loadBundle(
      sample(['parameters/allowance.yaml', 'nhip: parameter/1', 'nhip: parametr/1']),
    )
    expect(problems.map((p) => `${p.code} ${p.file}`)).toEqual(['schema.enum parameters/allowance.yaml'])
  })
})

it('an amount with dots between its thousands is told how to be written', () => {
  const files = new Map(sample())
  const base = files.get('parameters/base.yaml') as string
  files.set(
    'parameters/base.yaml',
    base.replace('values:', 'uom: VND\nvalues:').replace('300000', '1.300.000'),
  )
  expect(loadBundle(files).problems).toContainEqual(
    expect.objectContaining({
      code: 'value.type',
      file: 'parameters/base.yaml',
      line: 5,
      value: '1.300.000',
      hint: { vi: 'viết liền: 1300000', en: 'write it without dots: 1300000' },
    }),
  )
})
