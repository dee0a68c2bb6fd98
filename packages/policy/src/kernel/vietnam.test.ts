import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadBundle } from '../bundle/load.ts'
import { lower } from '../ir/lower.ts'
import { compileKernel } from './compile.ts'
import { differences, interpreted, populationOf } from './differential.fixture.ts'

const FOLDER = join(import.meta.dirname, '../../../../models/policies/thu-nhap-ho-gia-dinh')

function household() {
  const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(yaml|dmn)$/.test(name),
  )
  const { bundle } = loadBundle(
    new Map(names.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')])),
  )
  if (!bundle) throw new Error('the bundle does not load')
  return bundle
}

describe('wages, insurance, tax and assistance of a household', () => {
  const bundle = household()
  const computed = [...bundle.model.variables.values()].filter((v) => v.formulas.length > 0)
  const monthly = computed.filter((v) => v.period === 'month').map(({ name }) => name)

  it.each(['2025-03', '2026-07'])('lowers whole for %s, in whole numbers only', (period) => {
    const { ir, problems } = lower(bundle.at(), monthly, { period })
    expect(problems).toEqual([])
    const forms = ir?.nodes.flatMap(({ type }) => (type.kind === 'number' ? [type.form] : []))
    expect(new Set(forms)).toEqual(new Set(['integer']))
  })

  it('gives to the đồng what the interpreter gives', () => {
    const { ir } = lower(bundle.at(), monthly, { period: '2026-07' })
    if (ir === null) throw new Error('not lowered')
    const chunk = populationOf([ir], 25, 3)
    const kernel = compileKernel({ base: ir })
    const out = kernel.columns(chunk.persons, chunk.households)
    kernel.run(chunk, out)
    const expected = interpreted(ir, bundle.at(), chunk)
    expect(expected.length).toBeGreaterThan(1_000)
    expect(differences(expected, out, kernel.outputs)).toEqual([])
  })

  it('settles the tax of a year from twelve months of columns', () => {
    const { ir, problems } = lower(bundle.at(), ['income_tax_year'], { period: '2026' })
    expect(problems).toEqual([])
    expect(
      ir?.inputs.filter(({ variable }) => variable === 'gross_salary').map(({ column }) => column),
    ).toEqual(Array.from({ length: 12 }, (_, i) => `gross_salary@2026-${String(i + 1).padStart(2, '0')}`))
    const chunk = populationOf(ir ? [ir] : [], 10, 5)
    const kernel = compileKernel({ base: ir as NonNullable<typeof ir> })
    const out = kernel.columns(chunk.persons, chunk.households)
    kernel.run(chunk, out)
    const expected = interpreted(ir as NonNullable<typeof ir>, bundle.at(), chunk)
    expect(differences(expected, out, kernel.outputs)).toEqual([])
  })
})
