import { loadBundle } from '@nhip/policy/bundle/load'
import { lower } from '@nhip/policy/ir/lower'
import { compileKernel } from '@nhip/policy/kernel/compile'
import type { Accumulator, Chunk, Columns, Kernel } from '@nhip/policy/kernel/contract'

// A law of insurance, a tax of seven brackets and a household benefit, and a reform of it. Amounts are invented.

export const CAP = 46_800_000
export const SELF = 11_000_000
export const DEPENDANT = 4_400_000
export const LINE = 2_200_000
export const ALLOWANCE = 500_000
export const BRACKETS = [
  [0, 5],
  [5_000_000, 10],
  [10_000_000, 15],
  [18_000_000, 20],
  [32_000_000, 25],
  [52_000_000, 30],
  [80_000_000, 35],
] as const

const PERIOD = '2026-07'
export const OUTPUTS = ['insurances', 'taxes', 'benefit', 'cash'] as const

const dated = (value: number) =>
  `[{from: 2026-01-01, value: ${value}, certainty: verbatim, reference: {source: law, article: Article 1}}]`

function files(): Map<string, string> {
  return new Map([
    [
      'policy.yaml',
      `nhip: policy/1
id: population
title: {vi: Dân số, en: Population}
version: "1"
sources: {law: {vi: Luật mẫu, en: Sample law}}
entities:
  person: {plural: persons}
  household: {plural: households, group: person, roles: {member: {plural: all}}}
variables:
  salary: {entity: person, type: number, scale: 0, min: 0, max: 1000000000, period: month, default: 0}
  dependants: {entity: person, type: number, scale: 0, min: 0, max: 20, period: month, default: 0}
  years: {entity: person, type: number, scale: 0, min: 0, max: 130, period: month, default: 0}
  insurance: {entity: person, type: number, scale: 0, period: month, formulas: [{feel: "round half up(min(salary, parameters.cap) * parameters.rate, 0)", basis: identity}]}
  taxable: {entity: person, type: number, scale: 0, period: month, formulas: [{feel: "max(salary - insurance - parameters.self - dependants * parameters.dependant, 0)", basis: identity}]}
  tax: {entity: person, type: number, scale: 0, period: month, formulas: [{feel: "round half up(scale(parameters.brackets, taxable), 0)", basis: identity}]}
  insurances: {entity: household, type: number, scale: 0, period: month, formulas: [{feel: "sum(members.insurance)", basis: identity}]}
  taxes: {entity: household, type: number, scale: 0, period: month, formulas: [{feel: "sum(members.tax)", basis: identity}]}
  net: {entity: household, type: number, scale: 0, period: month, formulas: [{feel: "sum(members.salary) - insurances - taxes", basis: identity}]}
  benefit: {entity: household, type: number, scale: 0, period: month, formulas: [{feel: "if net / count(members) < parameters.line then count(members[years < 16]) * parameters.allowance else 0", basis: identity}]}
  cash: {entity: household, type: number, scale: 0, period: month, formulas: [{feel: "net + benefit", basis: identity}]}
`,
    ],
    ['parameters/cap.yaml', `nhip: parameter/1\nvalues: ${dated(CAP)}\n`],
    ['parameters/rate.yaml', `nhip: parameter/1\nvalues: ${dated(0.105)}\n`],
    ['parameters/self.yaml', `nhip: parameter/1\nvalues: ${dated(SELF)}\n`],
    ['parameters/dependant.yaml', `nhip: parameter/1\nvalues: ${dated(DEPENDANT)}\n`],
    ['parameters/line.yaml', `nhip: parameter/1\nvalues: ${dated(LINE)}\n`],
    ['parameters/allowance.yaml', `nhip: parameter/1\nvalues: ${dated(ALLOWANCE)}\n`],
    [
      'parameters/brackets.yaml',
      `nhip: parameter/1\nkind: marginal-rate\nbrackets:\n${BRACKETS.map(([threshold, rate]) => `  - {threshold: ${dated(threshold)}, rate: ${dated(rate / 100)}}\n`).join('')}`,
    ],
    [
      'reforms/deduction.yaml',
      `nhip: reform/1
id: deduction
from: 2026-01-01
title: {vi: Nâng giảm trừ, en: Higher deductions}
patches:
  - set-parameter: {path: self, values: ${dated(15_500_000)}}
  - set-parameter: {path: dependant, values: ${dated(6_200_000)}}
  - set-parameter: {path: line, values: ${dated(2_600_000)}}
`,
    ],
  ])
}

/** The law of the bench, lowered. */
export function lawOf(reform: boolean) {
  const loaded = loadBundle(files())
  const bundle = reform ? loaded.bundle?.withReforms(['deduction']).bundle : loaded.bundle
  if (!bundle || loaded.problems.some(({ severity }) => severity === 'error'))
    throw new Error(loaded.problems[0]?.message.en)
  const { ir, problems } = lower(bundle.at(), OUTPUTS, { period: PERIOD, maxMembers: 20 })
  if (ir === null) throw new Error(problems[0]?.message.en)
  return ir
}

export const TOTALS: readonly Accumulator[] = OUTPUTS.map((of) => ({ id: `sum:${of}`, kind: 'sum', of }))

/** Totals alone, as the peers give them, and values of households where they are asked for. */
export const totalsKernel = (outputs: readonly string[] = []): Kernel =>
  compileKernel({ base: lawOf(false), outputs, accumulate: TOTALS })

/** Base and reform in one pass with all that a first report wants of the kernel: totals, who gains, the incomes of each household. */
export const reportKernel = (): Kernel =>
  compileKernel({
    base: lawOf(false),
    reform: lawOf(true),
    outputs: ['cash'],
    accumulate: [
      ...TOTALS,
      ...TOTALS.map(({ of }) => ({ id: `sum:reform:${of}`, kind: 'sum' as const, of: `reform:${of}` })),
      { id: 'movement', kind: 'movement', of: 'change:cash', threshold: 1_000 },
    ],
  })

/** A sum of the kernel: two limbs. */
export const totalOf = ({ data }: { data: ArrayLike<number> }, at = 0): bigint =>
  (BigInt(data[2 * at] as number) << 40n) + BigInt(data[2 * at + 1] as number)

/** Where a kernel adds up, without columns for values of each household. */
export function sumsOf(kernel: Kernel): Columns {
  const named = new Set(kernel.outputs.map(({ name }) => name))
  return Object.fromEntries(Object.entries(kernel.columns(0, 0)).filter(([id]) => !named.has(id)))
}

/** What a kernel says of all chunks together. */
export function runAll(kernel: Kernel, chunks: readonly Chunk[]): Columns {
  const out = sumsOf(kernel)
  for (const chunk of chunks) kernel.run(chunk, out)
  return out
}

export const totalsOf = (out: Columns): bigint[] =>
  TOTALS.map(({ id }) => totalOf(out[id] as NonNullable<(typeof out)[string]>))
