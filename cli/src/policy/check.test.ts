import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '../frame.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nhip-check-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function nhip(...words: string[]) {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stdin.end()
  const code = await main(['policy', ...words], { stdout, stderr, stdin })
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

const rule = (cell: string, output: string) =>
  `<rule><inputEntry><text>${cell.replaceAll('<', '&lt;')}</text></inputEntry><outputEntry><text>${output}</text></outputEntry></rule>`

async function model(name: string, rules: string, requirement = 'href="#age"'): Promise<string> {
  const path = join(folder, `${name}.dmn`)
  await writeFile(
    path,
    `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:${name}" id="m" name="m">
<inputData id="age" name="Age"><variable name="Age" typeRef="number"/></inputData>
<decision id="fare" name="Fare"><variable name="Fare"/>
<informationRequirement><requiredInput ${requirement}/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input><inputExpression typeRef="number"><text>Age</text></inputExpression></input><output/>
${rules}
</decisionTable></decision></definitions>`,
  )
  return path
}

describe('nhip policy check FILE.dmn', () => {
  it('a gap: exit 1, one document with region and case', async () => {
    const path = await model('ho', `${rule('< 18', '"a"')}\n${rule('>= 20', '"b"')}`)
    const { code, out } = await nhip('check', path, '--json')
    expect(code).toBe(1)
    const found = JSON.parse(out)
    expect(found).toMatchObject({
      ok: false,
      summary: { error: 1, warning: 0, info: 0 },
      tables: [{ decision: 'Fare', rules: 2, columns: 1, gaps: 'found', overlaps: 'none' }],
    })
    expect(found.findings).toMatchObject([
      {
        severity: 'error',
        code: 'table.gap',
        file: 'ho.dmn',
        decision: 'Fare',
        rules: [],
        region: { Age: '[18..20)' },
        witness: { Age: 18 },
        proved: true,
        people: null,
      },
    ])
    expect((await nhip('check', path)).out).toContain('khi: Age [18..20)')
    expect((await nhip('check', path, '--lang', 'en')).out).toContain('for example: Age = 18')
  })
  it('nothing wrong: exit 0; a warning counts with --fail-on warning', async () => {
    const path = await model('kin', `${rule('< 18', '"a"')}\n${rule('>= 18', '"b"')}`)
    expect(await nhip('check', path)).toMatchObject({ code: 0, out: '0 lỗi, 0 cảnh báo\n' })
    // The same row twice under COLLECT would be counted twice.
    const twice = await model('lap', `${rule('-', '1')}\n${rule('-', '1')}`)
    await writeFile(twice, (await readFile(twice, 'utf8')).replace('UNIQUE', 'COLLECT'))
    expect((await nhip('check', twice)).code).toBe(0)
    expect((await nhip('check', twice, '--fail-on', 'warning')).code).toBe(1)
  })
  it('a file that does not load: exit 2', async () => {
    const path = await model('gay', rule('-', '"a"'), 'href="#nobody"')
    const { code, out } = await nhip('check', path, '--json')
    expect(code).toBe(2)
    expect(JSON.parse(out).problems[0]).toMatchObject({ code: 'dmn.reference', value: 'nobody' })
  })
  it('a budget that is none', async () => {
    const path = await model('han', rule('-', '"a"'))
    await expect(nhip('check', path, '--budget-ms', 'nhanh')).resolves.toMatchObject({ code: 2 })
  })
})

const bundle = fileURLToPath(new URL('../../../models/policies/thu-nhap-ho-gia-dinh', import.meta.url))

describe('nhip policy on the household bundle', () => {
  it('check: nothing wrong, its table looked at', async () => {
    const { code, out } = await nhip('check', bundle, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      tables: [{ rules: 7, columns: 2, gaps: 'none', overlaps: 'none' }],
    })
  })
  it('diff: a reform by article, exit 1; nothing with itself is a question without sense', async () => {
    const reform = join(folder, 'tang.yaml')
    await writeFile(
      reform,
      'nhip: reform/1\nid: tang\ntitle: {vi: Tăng, en: Raise}\nfrom: 2027-01-01\npatches:\n  - adjust-parameter: {path: tax.self_deduction, multiply: 2}\n',
    )
    const { code, out } = await nhip('diff', bundle, '--reform', reform, '--json')
    expect(code).toBe(1)
    const { changes, impact } = JSON.parse(out)
    expect(impact).toBeNull()
    expect(changes).toMatchObject([
      { kind: 'parameter.added', path: 'parameters.tax.self_deduction', from: '2027-01-01', before: null },
    ])
    expect(changes[0].reference.article).toMatch(/Điều/)
    expect((await nhip('diff', bundle, bundle)).code).toBe(2)
  })
  it('test --mutants: which slips the cases notice', async () => {
    const { code, out } = await nhip('test', bundle, '--mutants', '2', '--json')
    expect(code).toBe(0)
    const { mutation } = JSON.parse(out)
    expect(mutation.total).toBe(2)
    expect(mutation.killed + mutation.survivors.length).toBe(2)
  })
})
