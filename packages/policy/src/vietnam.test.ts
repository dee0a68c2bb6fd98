import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseNumber } from '@nhip/feel/number'
import { toText } from '@nhip/feel/values'
import { describe, expect, it } from 'vitest'
import { loadBundle } from './bundle/load.ts'
import { type Explanation, explain } from './explain/explain.ts'
import { runTest, valueIn } from './interpret/run-test.ts'
import { readSituation } from './interpret/situation.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const shared = process.env.NHIP_SHARED ?? join(root, '..', 'shared')
const policies = join(root, 'models', 'policies')

function filesOf(folder: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(ya?ml|dmn)$/.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name)
    files.set(relative(folder, path).replaceAll('\\', '/'), readFileSync(path, 'utf8'))
  }
  return files
}

function loaded(folder: string) {
  const { bundle, problems } = loadBundle(filesOf(join(policies, folder)))
  if (!bundle) throw new Error(JSON.stringify(problems))
  return { bundle, problems }
}

describe('every bundle of models/policies', () => {
  const folders = readdirSync(policies, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  it.each(folders.map((entry) => entry.name))(
    '%s loads without a problem and passes its own tests',
    (name) => {
      const { bundle, problems } = loaded(name)
      expect(problems).toEqual([])
      expect(bundle.tests.length).toBeGreaterThan(0)
      for (const test of bundle.tests) {
        const { differences, problems: unfit } = runTest(bundle, test)
        expect({ name: test.name, differences, unfit }).toEqual({
          name: test.name,
          differences: [],
          unfit: [],
        })
      }
    },
  )
})

/** The worked examples of the digest of law texts: computed by hand, three ways each. */
describe('the worked examples of wages, insurance, tax and benefits', () => {
  const path = join(shared, 'law', 'worked-examples.csv')
  const there = existsSync(path)
  if (!there) console.log(`skipped: no ${path}, set NHIP_SHARED`)
  const rows = there ? readCsv(readFileSync(path, 'utf8')) : []
  const { bundle } = loaded('thu-nhap-ho-gia-dinh')
  const policy = bundle.at()

  it.runIf(there)('has all twenty rows', () => expect(rows).toHaveLength(20))

  it.each(rows.map((row) => [row.id as string, row]))(
    '%s to the đồng, each figure down to articles',
    (_, row) => {
      const period = row.pay_month === '2026-01..2026-12' ? '2026' : (row.pay_month as string)
      const months = period.length === 4 ? 12 : 1
      const share = (text: string | undefined) => Number(text) / months
      const situation = readSituation(
        bundle.model,
        {
          persons: {
            earner: {
              gross_salary: share(row.gross_salary),
              insurable_salary: share(row.insurable_salary),
              dependants: Number(row.dependents),
              region: row.wage_region,
              ...(row.id?.startsWith('F') ? { children_raised_alone: 2 } : {}),
            },
            ...beneficiary(row.id as string),
          },
          households: {
            home: {
              heads: ['earner'],
              others: Object.keys(beneficiary(row.id as string)),
              poverty_status: row.id?.startsWith('F') ? 'poor' : 'none',
            },
          },
        },
        {
          period,
          report: (pointer, code, value) => {
            throw new Error(`${pointer} ${code} ${value}`)
          },
        },
      )
      const run = policy.case(situation)
      const outputs: [variable: string, of: string, column: string][] = [
        ['social_base', 'earner', 'si_hi_base'],
        ['health_base', 'earner', 'si_hi_base'],
        ['unemployment_base', 'earner', 'ui_base'],
        ['social_employee', 'earner', 'ee_bhxh'],
        ['health_employee', 'earner', 'ee_bhyt'],
        ['unemployment_employee', 'earner', 'ee_bhtn'],
        ['insurance_employee', 'earner', 'ee_total'],
        ['assessable_income', 'earner', 'assessable_income'],
        ['income_tax', 'earner', 'pit'],
        ['net_salary', 'earner', 'net_salary'],
        ['social_employer', 'earner', 'er_bhxh'],
        ['accident_employer', 'earner', 'er_tnld'],
        ['health_employer', 'earner', 'er_bhyt'],
        ['unemployment_employer', 'earner', 'er_bhtn'],
        ['insurance_employer', 'earner', 'er_total'],
        ['household_benefit', 'home', 'benefit_monthly'],
        ['household_cash', 'home', 'household_cash'],
      ]
      if (months === 12) {
        outputs.push(
          ['assessable_income_year', 'earner', 'assessable_income'],
          ['income_tax_year', 'earner', 'pit'],
        )
      }
      const ours: Record<string, string> = {}
      const theirs: Record<string, string> = {}
      for (const [name, of, column] of outputs) {
        const variable = bundle.model.variables.get(name)
        if (variable === undefined) throw new Error(name)
        ours[name] = toText(valueIn(run, variable, of, period))
        theirs[name] = toText(parseNumber(row[column] as string))
        const one = variable.period === 'year' ? '2026' : months === 12 ? '2026-11' : period
        expect({ name, open: unsupported(explain(run, name, of, one)) }).toEqual({ name, open: [] })
      }
      expect(ours).toEqual(theirs)
      expect(run.warnings).toEqual([])
    },
  )

  it('says of results that rest on secondary figures that they are not verified', () => {
    const situation = readSituation(
      bundle.model,
      { persons: { an: { gross_salary: 20_000_000 } } },
      { period: '2026-10', report: () => {} },
    )
    const run = policy.case(situation)
    expect([...run.value('income_tax', 'an', '2026-10').unverified]).toContain('tax.monthly_scale')
    // Rates and base of social insurance stand in the law's own words.
    expect([...run.value('social_employee', 'an', '2026-10').unverified]).toEqual([])
  })

  it('answers as the law was known on a day: in November 2025 the deductions were new, the scale still the old one', () => {
    const situation = readSituation(
      bundle.model,
      { persons: { an: { gross_salary: 55_000_000, dependants: 1, insurable_salary: 0 } } },
      { period: '2026-03', report: () => {} },
    )
    const at = (asKnown: string) =>
      toText(bundle.at({ asKnown }).case(situation).value('income_tax', 'an', '2026-03').value)
    // 55 − 21,7 = 33,3 triệu: 7 bậc 25 % − 3,25 triệu; 5 bậc 20 % − 3,5 triệu
    expect(at('2025-11-01')).toBe('5075000')
    expect(at('2025-12-31')).toBe('3160000')
  })
})

/** Leaves of an explanation must be given, a default, a parameter with its article, or an identity of such. */
function unsupported(node: Explanation): string[] {
  const { how, reference, basis, children, name } = node
  const supported = how === 'input' || how === 'default' || reference !== null || basis === 'identity'
  return [...(supported ? [] : [name]), ...children.flatMap(unsupported)]
}

/** Who brings the benefit of an example into the household. */
function beneficiary(id: string): Record<string, Record<string, unknown>> {
  const born = (birth: string, more: object = {}) => ({ other: { birth, ...more } })
  switch (id[0]) {
    case 'A':
      return born(id === 'A-2025-H2' ? '1949-05-01' : '1950-01-01')
    case 'B':
      return born('2016-08-20', { disability_degree: 'severe' })
    case 'C':
      return born('1990-02-11', { disability_degree: 'exceptional' })
    case 'D':
      return born('1955-09-30', { disability_degree: 'exceptional' })
    case 'E':
      return born('1990-02-11', { disability_degree: 'severe' })
    case 'H':
      return born('1947-12-31')
    default:
      return {}
  }
}

function readCsv(text: string): Record<string, string>[] {
  const lines = text
    .trim()
    .split('\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        (m) => m[1]?.replaceAll('""', '"') ?? m[2] ?? '',
      ),
    )
  const [head = [], ...rows] = lines
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ''])))
}
