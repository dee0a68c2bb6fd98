import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '../frame.ts'

let folder = ''
const bundle = () => join(folder, 'goi')

/** Runs `nhip` with these words; the standard input may be given. */
async function nhip(words: string[], stdin = '') {
  const [stdout, stderr, input] = [new PassThrough(), new PassThrough(), new PassThrough()]
  input.end(stdin)
  const code = await main(words, { stdout, stderr, stdin: input })
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

const FILES = {
  'policy.yaml': `nhip: policy/1
id: goi
title: {vi: Gói mẫu, en: Sample}
version: "1"
sources: {luat: {vi: Luật mẫu, en: Sample law, number: 01/2026/QH16}}
entities: {person: {plural: persons}}
variables:
  salary: {entity: person, type: number, scale: 0, min: 0, period: month, default: 0}
  tax:
    entity: person
    type: number
    scale: 0
    period: month
    title: {vi: Thuế, en: Tax}
    formulas: [{feel: "round half up(salary * parameters.rate, 0)", reference: {source: luat, article: Điều 1}}]
`,
  'parameters/rate.yaml': `nhip: parameter/1
title: {vi: Thuế suất, en: Rate}
values:
  - {from: 2026-01-01, value: 0.1, enacted: 2025-06-01, certainty: secondary, reference: {source: luat, article: Điều 2}}
  - {from: 2026-01-01, value: 0.2, enacted: 2026-06-01, certainty: verbatim, reference: {source: luat, article: Điều 2}}
`,
  'tests/thue.yaml':
    '- {name: mười triệu, period: 2026-07, input: {salary: 10000000}, output: {tax: 2000000}}\n',
  'reforms/giam.yaml':
    'nhip: reform/1\nid: giam\ntitle: {vi: Giảm, en: Cut}\nfrom: 2026-01-01\npatches:\n  - adjust-parameter: {path: rate, multiply: 0.5}\n',
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nhip-policy-'))
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(bundle(), name)), { recursive: true })
    await writeFile(join(bundle(), name), text)
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const AN = '{"persons": {"an": {"salary": 90071992547409931}}}'

describe('nhip policy', () => {
  it('check: nothing wrong', async () => {
    const { code, out } = await nhip(['policy', 'check', bundle(), '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({
      ok: true,
      summary: { error: 0, warning: 0, info: 0 },
      findings: [],
      tables: [],
    })
  })

  it('check: a bundle that does not load is exit 2, with every problem and its place', async () => {
    const broken = join(folder, 'hong')
    await mkdir(broken, { recursive: true })
    await writeFile(
      join(broken, 'policy.yaml'),
      FILES['policy.yaml'].replace('parameters.rate', 'parameters.rat'),
    )
    const { code, out } = await nhip(['policy', 'check', broken])
    expect(code).toBe(2)
    expect(out).toContain('policy.yaml:15:47: lỗi [name.unknown] không có tham số "parameters.rat"')
    const json = await nhip(['policy', 'eval', broken, '--period', '2026-07', '--input', '-', '--json'], AN)
    expect(json.code).toBe(2)
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, problems: [{ code: 'name.unknown', line: 15 }] })
  })

  it('check --schema prints a JSON Schema', async () => {
    const { code, out } = await nhip(['policy', 'check', '--schema', 'parameter'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ type: 'object', required: ['nhip'] })
  })

  it('eval keeps every digit of numbers in and out', async () => {
    const { code, out } = await nhip(
      ['policy', 'eval', bundle(), '--period', '2026-07', '--input', '-', '--json'],
      AN,
    )
    expect(code).toBe(0)
    expect(out).toContain('{"ok":true,"persons":{"an":{"tax":{"2026-07":18014398509481986}}},"warnings":[]}')
  })

  it('eval says what is not verified, as the law was known on a day, and lays reforms on it', async () => {
    const known = await nhip(
      ['policy', 'eval', bundle(), '--period', '2026-07', '--input', '-', '--as-known', '2025-12-31'],
      '{"persons": {"an": {"salary": 100}}}',
    )
    expect(known.out).toBe('an  tax  2026-07  10  (chưa kiểm chứng: rate)\n')
    const reformed = await nhip(
      ['policy', 'eval', bundle(), '--period', '2026-07', '--input', '-', '--reform', 'giam'],
      '{"persons": {"an": {"salary": 100}}}',
    )
    expect(reformed.out).toBe('an  tax  2026-07  10\n')
  })

  it('eval: an input that does not fit is exit 2 and named', async () => {
    const { code, err } = await nhip(
      ['policy', 'eval', bundle(), '--period', '2026-07', '--input', '-'],
      '{"persons": {"an": {"salry": 1}}}',
    )
    expect(code).toBe(2)
    expect(err).toContain('không có biến "salry"')
    expect(err).toContain('có phải "salary"?')
  })

  it('explain goes down to the article, in both languages and as JSON', async () => {
    const words = [
      'policy',
      'explain',
      bundle(),
      '--period',
      '2026-07',
      '--input',
      '-',
      '--variable',
      'tax',
      '--of',
      'an',
    ]
    const input = '{"persons": {"an": {"salary": 100}}}'
    expect((await nhip(words, input)).out).toContain('căn cứ: Luật mẫu 01/2026/QH16, Điều 2')
    expect((await nhip([...words, '--lang', 'en'], input)).out).toContain(
      'law: Sample law 01/2026/QH16, Điều 2',
    )
    const { root, nhip: form } = JSON.parse((await nhip([...words, '--json'], input)).out)
    expect(form).toBe('explanation/1')
    expect(root).toMatchObject({
      label: 'Thuế',
      value: 20,
      how: 'formula',
      of: 'an',
      reference: { article: 'Điều 1' },
    })
    expect(root.children[1]).toMatchObject({
      how: 'parameter',
      parameter: { path: 'rate', enacted: '2026-06-01', certainty: 'verbatim' },
    })
  })

  it('test: exit 0 when all pass, 1 when one does not, with the difference', async () => {
    const good = await nhip(['policy', 'test', bundle()])
    expect([good.code, good.out.trimEnd().split('\n').at(-1)]).toEqual([0, '1 passed, 0 failed'])
    const bad = await nhip(['policy', 'test', bundle(), '--reform', 'giam', '--json'])
    expect(bad.code).toBe(1)
    expect(JSON.parse(bad.out).tests[0].differences).toEqual([
      {
        entity: 'person',
        of: 'person',
        variable: 'tax',
        period: '2026-07',
        expected: 2000000,
        actual: 1000000,
        tolerance: null,
      },
    ])
  })

  it("test --openfisca runs another model's tests in place, by a map of names", async () => {
    const theirs = join(folder, 'openfisca')
    await mkdir(theirs, { recursive: true })
    await writeFile(join(theirs, 'tax.yaml'), '- {period: 2026-07, input: {wage: 100}, output: {levy: 20}}\n')
    await writeFile(join(folder, 'map.yaml'), 'variables: {wage: salary, levy: tax}\n')
    const { code, out } = await nhip([
      'policy',
      'test',
      bundle(),
      '--openfisca',
      theirs,
      '--map',
      join(folder, 'map.yaml'),
    ])
    expect([code, out.trimEnd().split('\n').at(-1)]).toEqual([0, '1 passed, 0 failed'])
    expect(out).toContain('32 bit')
  })
})

describe('nhip feel eval', () => {
  it('gives value, type and warnings', async () => {
    const { code, out } = await nhip(['feel', 'eval', '0.1 + 0.2 = 0.3', '--json'])
    expect([code, JSON.parse(out)]).toEqual([0, { value: true, type: 'boolean', warnings: [] }])
  })
  it('takes a context with all digits, and refuses what cannot be read', async () => {
    const { out } = await nhip(
      ['feel', 'eval', 'thu nhập + 1', '--context', '-'],
      '{"thu nhập": 90071992547409931}',
    )
    expect(out).toBe('90071992547409932\n')
    expect((await nhip(['feel', 'eval', '1 +'])).code).toBe(2)
  })
})
