import { describe, expect, it } from 'vitest'
import { compileClosures } from '../kernel/closures.ts'
import { compileKernel } from '../kernel/compile.ts'
import { differences, interpreted, populationOf } from '../kernel/differential.fixture.ts'
import { loadedSample, sample } from '../sample.fixture.ts'
import { type LowerOptions, lower } from './lower.ts'

const PERIOD = { period: '2026-08' }

function lowered(
  files: ReadonlyMap<string, string>,
  outputs: readonly string[],
  options: LowerOptions = PERIOD,
) {
  const bundle = loadedSample(files)
  const policy = bundle.at()
  return { policy, ...lower(policy, outputs, options) }
}

/** What the interpreter and both back ends make of a variable: no difference is wanted. */
function differencesOf(
  files: ReadonlyMap<string, string>,
  outputs: readonly string[],
  options: LowerOptions = PERIOD,
) {
  const { policy, ir, problems } = lowered(files, outputs, options)
  if (ir === null) return problems.map(({ message }) => message.en)
  const chunk = populationOf([ir], 40, 9)
  const expected = interpreted(ir, policy, chunk)
  return [compileKernel, compileClosures].flatMap((compile) => {
    const kernel = compile({ base: ir })
    const out = kernel.columns(chunk.persons, chunk.households)
    kernel.run(chunk, out)
    return differences(expected, out, kernel.outputs)
  })
}

describe('lowering', () => {
  it('compares a quotient without working it out: income per head against a line', () => {
    const { ir } = lowered(sample(), ['poor'])
    expect(ir?.nodes.some(({ op }) => op === 'divide' || op === 'quotient')).toBe(false)
    expect(differencesOf(sample(), ['poor', 'allowance', 'cash'])).toEqual([])
  })

  it('names the input whose bound is missing, with its place', () => {
    const files = sample([
      'policy.yaml',
      'scale: 0, min: 0, max: 1000000000, period: month',
      'scale: 0, min: 0, period: month',
    ])
    const { ir, problems } = lowered(files, ['tax', 'cash'])
    expect(ir).toBeNull()
    expect(problems.map(({ code, value, file, line }) => ({ code, value, file, line }))).toEqual([
      { code: 'number.unproved', value: 'salary', file: 'policy.yaml', line: 17 },
    ])
    expect(problems[0]?.message.vi).toContain('thiếu max')
  })

  it('says which part of a formula cannot be lowered, and where', () => {
    const files = sample([
      'policy.yaml',
      'feel: round half up(scale(parameters.tax, salary), 0)',
      'feel: string length(string(salary))',
    ])
    const { problems } = lowered(files, ['tax'])
    expect(problems).toMatchObject([
      { code: 'not-lowered', path: 'tax', file: 'policy.yaml', value: 'string' },
    ])
    expect(problems[0]?.line).toBe(25)
  })

  it('asks the interpreter once for each distinct tuple where it may (memo)', () => {
    const files = sample([
      'policy.yaml',
      'feel: round half up(scale(parameters.tax, salary), 0)',
      'feel: string length(string(salary))',
    ])
    expect(differencesOf(files, ['tax', 'cash'], { ...PERIOD, memo: true })).toEqual([])
  })

  it('goes on in decimals where whole numbers in doubles would not be exact', () => {
    const files = sample(
      ['policy.yaml', 'max: 1000000000,', 'max: 1000000000000,'],
      [
        'policy.yaml',
        'feel: round half up(scale(parameters.tax, salary), 0)',
        'feel: round half up(salary * salary / 7 + salary * 0.123456789, 0)',
      ],
    )
    const { ir } = lowered(files, ['tax'])
    expect(ir?.nodes.some(({ type }) => type.kind === 'number' && type.form === 'decimal')).toBe(true)
    expect(differencesOf(files, ['tax'])).toEqual([])
  })

  it('keeps the order of roundings of an endless quotient that is worked on further', () => {
    const files = sample([
      'policy.yaml',
      'feel: round half up(scale(parameters.tax, salary), 0)',
      'feel: floor(salary / 3 * 3)',
    ])
    expect(differencesOf(files, ['tax'])).toEqual([])
  })

  it('reads earlier periods as columns of their own', () => {
    const files = sample([
      'policy.yaml',
      'feel: round half up(scale(parameters.tax, salary), 0)',
      'feel: salary - previous(salary) + at(salary, @"-P3M")',
    ])
    const { ir } = lowered(files, ['tax'])
    expect(ir?.inputs.map(({ column }) => column).sort()).toEqual([
      'salary',
      'salary@2026-05',
      'salary@2026-07',
    ])
    expect(differencesOf(files, ['tax'])).toEqual([])
  })

  it('takes the default for a column that there is not', () => {
    const { ir } = lowered(sample(), ['cash'], { ...PERIOD, available: new Set(['salary', 'area']) })
    expect(ir?.inputs.map(({ column }) => column).sort()).toEqual(['area', 'salary'])
  })

  it('lets a column stand for a computed variable where it is given', () => {
    const files = sample([
      'policy.yaml',
      '  tax:\n    entity: person\n    type: number\n    scale: 0\n',
      '  tax:\n    entity: person\n    type: number\n    scale: 0\n    min: 0\n    max: 100000000\n',
    ])
    const { ir } = lowered(files, ['cash'], { ...PERIOD, given: new Set(['tax']) })
    expect(ir?.inputs.map(({ column }) => column)).toContain('tax')
  })
})
