import { ZenEngine } from '@gorules/zen-engine'
import { fromData, toText } from '@nhip/feel/values'
import type { Bundle } from '@nhip/policy/bundle/bundle'
import { loadBundle } from '@nhip/policy/bundle/load'
import { DmnEngine } from '@nhip/policy/dmn/evaluate'
import { loadDmn } from '@nhip/policy/dmn/link'
import { readSituation } from '@nhip/policy/interpret/situation'
import Engine from 'publicodes'
import type { Bench, Context, Measure } from './contract.ts'
import feel from './feel.ts'

/**
 * One case at a time, ours beside the engines people use today: (a) FEEL expressions, (b) decision tables, (c) a tax
 * scale with allowances. Every pair must agree on all results before it is timed. Amounts are invented.
 */

// ── (b) tables ─────────────────────────────────────────────────────────────────────────────────────────────────

interface Row {
  readonly from: number
  readonly to: number
  readonly area: 'urban' | 'rural' | null
  readonly amount: number
}

/** Age bands, of which each applies in town, in the country, or everywhere. */
function rowsOf(count: number): Row[] {
  return Array.from({ length: count }, (_, i) => ({
    from: i * 10,
    to: i * 10 + 10,
    area: i % 3 === 0 ? null : i % 3 === 1 ? 'urban' : 'rural',
    amount: 1000 + i,
  }))
}

function dmnOf(rows: readonly Row[]): DmnEngine {
  const rules = rows.map(
    ({ from, to, area, amount }) =>
      `<rule><inputEntry><text>[${from}..${to})</text></inputEntry><inputEntry><text>${area === null ? '-' : `"${area}"`}</text></inputEntry><outputEntry><text>${amount}</text></outputEntry></rule>`,
  )
  const text = `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:bench" id="b" name="b">
    <inputData id="a" name="points"><variable name="points" typeRef="number"/></inputData>
    <inputData id="r" name="area"><variable name="area" typeRef="string"/></inputData>
    <decision id="d" name="amount"><variable name="amount" typeRef="number"/>
      <informationRequirement><requiredInput href="#a"/></informationRequirement>
      <informationRequirement><requiredInput href="#r"/></informationRequirement>
      <decisionTable hitPolicy="FIRST">
        <input><inputExpression typeRef="number"><text>points</text></inputExpression></input>
        <input><inputExpression typeRef="string"><text>area</text></inputExpression></input>
        <output typeRef="number"/>${rules.join('')}</decisionTable></decision></definitions>`
  const { model, problems } = loadDmn({ name: 'bench.dmn', text })
  if (!model || problems.length > 0) throw new Error(problems[0]?.message.en)
  return new DmnEngine(model).compileAll()
}

function zenModel(rows: readonly Row[]): object {
  const rules = rows.map(({ from, to, area, amount }, i) => ({
    _id: `r${i}`,
    i1: `[${from}..${to})`,
    i2: area === null ? '' : `"${area}"`,
    o1: String(amount),
  }))
  return {
    nodes: [
      { id: 'in', type: 'inputNode', name: 'in', position: { x: 0, y: 0 } },
      {
        id: 'table',
        type: 'decisionTableNode',
        name: 'table',
        position: { x: 1, y: 0 },
        content: {
          hitPolicy: 'first',
          inputs: [
            { id: 'i1', name: 'points', field: 'points', type: 'expression' },
            { id: 'i2', name: 'area', field: 'area', type: 'expression' },
          ],
          outputs: [{ id: 'o1', name: 'amount', field: 'amount', type: 'expression' }],
          rules,
        },
      },
      { id: 'out', type: 'outputNode', name: 'out', position: { x: 2, y: 0 } },
    ],
    edges: [
      { id: 'e1', type: 'edge', sourceId: 'in', targetId: 'table' },
      { id: 'e2', type: 'edge', sourceId: 'table', targetId: 'out' },
    ],
  }
}

const TABLES = [3, 200] as const

/** Points spread over the whole table, so that early and late rows are hit alike. */
const caseOf = (rows: number, i: number) => ({
  points: (i * 7919) % (rows * 10),
  area: i % 2 === 0 ? 'urban' : 'rural',
})

const oneName = (rows: number) => `table of ${rows} rows: from model to first answer`
const manyName = (rows: number) => `table of ${rows} rows: loop of cases`

// ── (c) a tax scale with allowances ────────────────────────────────────────────────────────────────────────────

const BRACKETS = [
  [0, 0.05],
  [10_000_000, 0.1],
  [30_000_000, 0.2],
  [60_000_000, 0.3],
  [100_000_000, 0.35],
] as const
const SELF = 15_500_000
const DEPENDANT = 6_200_000
const SCALE = 'tax scale with allowances'

const REFERENCE = 'certainty: verbatim, reference: {source: law, article: Article 1}'
const dated = (value: number) => `[{from: 2026-01-01, value: ${value}, ${REFERENCE}}]`

function taxBundle(): Bundle {
  const files = new Map([
    [
      'policy.yaml',
      `nhip: policy/1
id: bench
title: {vi: Thuế, en: Tax}
version: "1"
sources: {law: {vi: Luật mẫu, en: Sample law}}
entities: {person: {plural: persons}}
variables:
  salary: {entity: person, type: number, scale: 0, min: 0, max: 10000000000, period: month, default: 0}
  dependants: {entity: person, type: number, scale: 0, min: 0, max: 50, period: month, default: 0}
  assessable: {entity: person, type: number, scale: 0, period: month, formulas: [{feel: "max(salary - parameters.self - dependants * parameters.dependant, 0)", basis: identity}]}
  tax: {entity: person, type: number, scale: 0, period: month, formulas: [{feel: "round half up(scale(parameters.brackets, assessable), 0)", basis: identity}]}
`,
    ],
    ['parameters/self.yaml', `nhip: parameter/1\nvalues: ${dated(SELF)}\n`],
    ['parameters/dependant.yaml', `nhip: parameter/1\nvalues: ${dated(DEPENDANT)}\n`],
    [
      'parameters/brackets.yaml',
      `nhip: parameter/1\nkind: marginal-rate\nbrackets:\n${BRACKETS.map(
        ([threshold, rate]) => `  - {threshold: ${dated(threshold)}, rate: ${dated(rate)}}\n`,
      ).join('')}`,
    ],
  ])
  const { bundle, problems } = loadBundle(files)
  if (!bundle || problems.length > 0) throw new Error(problems[0]?.message.en)
  return bundle
}

const publicodesRules = {
  salaire: { valeur: 0 },
  personnes: { valeur: 0 },
  assiette: { valeur: `salaire - ${SELF} - personnes * ${DEPENDANT}`, plancher: 0 },
  impôt: {
    barème: {
      assiette: 'assiette',
      tranches: BRACKETS.map(([, rate], i) => {
        const next = BRACKETS[i + 1]
        return next ? { taux: `${rate * 100}%`, plafond: next[0] } : { taux: `${rate * 100}%` }
      }),
    },
  },
}

const situationOf = (i: number) => ({ salary: ((i * 7919) % 2000) * 100_000, dependants: i % 4 })

// ── loading ────────────────────────────────────────────────────────────────────────────────────────────────────

/** A bundle of 300 variables: a third inputs, the others sums, products and conditions of earlier ones. */
function largeBundle(): Map<string, string> {
  const lines: string[] = []
  for (let i = 0; i < 300; i++) {
    const head = `  v${i}: {entity: person, type: number, scale: 0, min: 0, max: 1000000000, period: month`
    const [a, b] = [`v${Math.max(0, i - 7)}`, `v${i >> 1}`]
    const text =
      i % 3 === 1
        ? `min(${a} + ${b} * parameters.p${i % 40}, 1000000)`
        : `if ${a} > parameters.p${i % 40} then ${b} else round half up(${a} / 3, 0)`
    const formula = `formulas: [{feel: "${text}", reference: {source: law, article: Article ${i}}}]`
    lines.push(i % 3 === 0 ? `${head}, default: 0}` : `${head}, ${formula}}`)
  }
  const files = new Map([
    [
      'policy.yaml',
      `nhip: policy/1\nid: large\ntitle: {vi: Lớn, en: Large}\nversion: "1"\nsources: {law: {vi: Luật mẫu, en: Sample law}}\nentities: {person: {plural: persons}}\nvariables:\n${lines.join('\n')}\n`,
    ],
  ])
  for (let i = 0; i < 40; i++)
    files.set(`parameters/p${i}.yaml`, `nhip: parameter/1\nvalues: ${dated(i * 100)}\n`)
  return files
}

// ── timing ─────────────────────────────────────────────────────────────────────────────────────────────────────

const perSecond = (name: string, value: number): Measure => ({ name, value, uom: 'cases/s', better: 'more' })
const milliseconds = (name: string, value: number, floor?: number): Measure => ({
  name,
  value,
  uom: 'ms',
  better: 'less',
  ...(floor === undefined ? {} : { floor }),
})

/** Median of seven runs after one to warm up. */
async function medianMs(work: () => unknown): Promise<number> {
  await work()
  const times: number[] = []
  for (let run = 0; run < 7; run++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[3] as number
}

const casesOf = ({ full }: Context) => (full ? 100_000 : 5_000)

async function loop(cases: number, name: string, work: () => unknown): Promise<Measure> {
  return perSecond(name, (cases / (await medianMs(work))) * 1000)
}

const prefixed = (measures: Measure[]) =>
  measures.map((m) => ({ ...m, name: `50 FEEL expressions: ${m.name}` }))

const [feelin] = feel.peers
if (feelin === undefined || !('run' in feelin)) throw new Error('bench/feel.ts has no peer to run')

const bench: Bench = {
  name: 'policy-single',
  about:
    'one case at a time: FEEL expressions, decision tables of 3 and 200 rows, a tax scale with allowances',
  peers: [
    {
      who: feelin.who,
      version: feelin.version,
      async run(context) {
        const measures = await feelin.run(context)
        return Array.isArray(measures) ? prefixed(measures) : measures
      },
    },
    {
      who: 'zen-engine',
      version: '0.54.0',
      async run(context) {
        const measures: Measure[] = []
        for (const size of TABLES) {
          const rows = rowsOf(size)
          const model = zenModel(rows)
          const engine = new ZenEngine()
          const decision = engine.createDecision(model)
          const ours = dmnOf(rows)
          for (let i = 0; i < 2_000; i++) {
            const given = caseOf(size, i)
            const theirs =
              ((await decision.evaluate(given)).result as { amount?: number } | null)?.amount ?? null
            const mine = ours.evaluate('amount', fromCase(given)).value
            if (toText(fromData(theirs)) !== toText(mine)) {
              context.log(
                `not comparable: table of ${size} rows, ${JSON.stringify(given)}: ours ${toText(mine)}, theirs ${theirs}`,
              )
              return { skipped: 'results differ' }
            }
          }
          const first = async () => engine.createDecision(zenModel(rows)).evaluate(caseOf(size, 1))
          measures.push(milliseconds(oneName(size), await medianMs(first)))
          const cases = casesOf(context)
          measures.push(
            await loop(cases, manyName(size), async () => {
              for (let i = 0; i < cases; i++) await decision.evaluate(caseOf(size, i))
            }),
          )
          engine.dispose()
        }
        return measures
      },
    },
    {
      who: 'publicodes',
      version: '1.10.3',
      async run(context) {
        const engine = new Engine(publicodesRules as never)
        const compute = (i: number) => {
          const { salary, dependants } = situationOf(i)
          engine.setSituation({ salaire: salary, personnes: dependants })
          return engine.evaluate('impôt').nodeValue
        }
        const ours = taxOf(taxBundle())
        for (let i = 0; i < 2_000; i++) {
          if (toText(fromData(compute(i))) === toText(ours(i))) continue
          context.log(
            `not comparable: ${JSON.stringify(situationOf(i))}: ours ${toText(ours(i))}, theirs ${compute(i)}`,
          )
          return { skipped: 'results differ' }
        }
        const cases = context.full ? 100_000 : 1_000
        return [
          await loop(cases, SCALE, () => {
            for (let i = 0; i < cases; i++) compute(i)
          }),
        ]
      },
    },
  ],
  async run(context) {
    const measures = prefixed(await feel.run(context))
    const cases = casesOf(context)
    for (const size of TABLES) {
      const rows = rowsOf(size)
      const engine = dmnOf(rows)
      const first = () => dmnOf(rows).evaluate('amount', fromCase(caseOf(size, 1)))
      measures.push(milliseconds(oneName(size), await medianMs(first)))
      measures.push(
        await loop(cases, manyName(size), () => {
          for (let i = 0; i < cases; i++) engine.evaluate('amount', fromCase(caseOf(size, i)))
        }),
      )
    }
    const tax = taxOf(taxBundle())
    measures.push(
      await loop(cases, SCALE, () => {
        for (let i = 0; i < cases; i++) tax(i)
      }),
    )
    const large = largeBundle()
    const load = () => {
      const { problems } = loadBundle(large)
      if (problems.length > 0) throw new Error(problems[0]?.message.en)
    }
    measures.push(
      milliseconds('load, check and compile a bundle of 300 variables', await medianMs(load), 500),
    )
    return measures
  },
}

/** Plain data to values of FEEL and in: part of what a case costs. */
function fromCase(given: { points: number; area: string }) {
  return { points: fromData(given.points), area: given.area }
}

function taxOf(bundle: Bundle) {
  const policy = bundle.at()
  return (i: number) => {
    const situation = readSituation(
      bundle.model,
      { persons: { p: situationOf(i) } },
      {
        period: '2026-07',
        report: (pointer, code) => {
          throw new Error(`${code} ${pointer}`)
        },
      },
    )
    return policy.case(situation).value('tax', 'p', '2026-07').value
  }
}

export default bench
