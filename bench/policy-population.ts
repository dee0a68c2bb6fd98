import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { DuckDBInstance, INTEGER, UTINYINT } from '@duckdb/node-api'
import { loadBundle } from '@nhip/policy/bundle/load'
import { lower } from '@nhip/policy/ir/lower'
import { compileKernel } from '@nhip/policy/kernel/compile'
import type { Accumulator, Chunk, Columns, Kernel } from '@nhip/policy/kernel/contract'
import { emitSql } from '@nhip/policy/sql/emit'
import type { Bench, Context, Measure } from './contract.ts'

/**
 * A whole population through insurance, a tax of seven brackets and a household benefit, in exact money: our fused kernel, the same
 * written as one pass an operation over arrays (as array libraries work), and the same law as SQL in DuckDB. All agree
 * on every total before anything is timed. Amounts are invented.
 */

const CAP = 46_800_000
const SELF = 11_000_000
const DEPENDANT = 4_400_000
const LINE = 2_200_000
const ALLOWANCE = 500_000
const BRACKETS = [
  [0, 5],
  [5_000_000, 10],
  [10_000_000, 15],
  [18_000_000, 20],
  [32_000_000, 25],
  [52_000_000, 30],
  [80_000_000, 35],
] as const

const PERIOD = '2026-07'
const OUTPUTS = ['insurances', 'taxes', 'benefit', 'cash'] as const

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

function lawOf(reform: boolean) {
  const loaded = loadBundle(files())
  const bundle = reform ? loaded.bundle?.withReforms(['deduction']).bundle : loaded.bundle
  if (!bundle || loaded.problems.some(({ severity }) => severity === 'error'))
    throw new Error(loaded.problems[0]?.message.en)
  const { ir, problems } = lower(bundle.at(), OUTPUTS, { period: PERIOD, maxMembers: 20 })
  if (ir === null) throw new Error(problems[0]?.message.en)
  return ir
}

const TOTALS: readonly Accumulator[] = OUTPUTS.map((of) => ({ id: `sum:${of}`, kind: 'sum', of }))

/** Totals alone, as the peers give them. */
const totalsKernel = (): Kernel => compileKernel({ base: lawOf(false), outputs: [], accumulate: TOTALS })

/** Base and reform in one pass with all that a first report wants: totals, who gains, two distributions. */
const reportKernel = (): Kernel =>
  compileKernel({
    base: lawOf(false),
    reform: lawOf(true),
    outputs: [],
    accumulate: [
      ...TOTALS,
      ...TOTALS.map(({ of }) => ({ id: `sum:reform:${of}`, kind: 'sum' as const, of: `reform:${of}` })),
      { id: 'movement', kind: 'movement', of: 'change:cash', threshold: 1_000 },
      { id: 'before', kind: 'histogram', of: 'cash' },
      { id: 'after', kind: 'histogram', of: 'reform:cash' },
    ],
  })

// ── people ─────────────────────────────────────────────────────────────────────────────────────────────────────

interface People {
  readonly households: number
  readonly persons: number
  readonly first: Int32Array
  readonly salary: Int32Array
  readonly dependants: Uint8Array
  readonly years: Uint8Array
}

/** Distinct households from a seed: 1 to 6 members, 3.5 on average; half of the adults earn, wages have a long tail. */
function peopleOf(persons: number, seed: number): People {
  let state = seed >>> 0
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const first = new Int32Array(persons + 1)
  let [households, count] = [0, 0]
  while (count < persons) {
    count = Math.min(persons, count + 1 + Math.floor(random() * 6))
    first[++households] = count
  }
  const salary = new Int32Array(persons)
  const dependants = new Uint8Array(persons)
  const years = new Uint8Array(persons)
  for (let i = 0; i < persons; i++) {
    const age = Math.floor(random() * 85)
    years[i] = age
    if (age < 18 || age > 62 || random() < 0.4) continue
    const draw = random()
    salary[i] = Math.floor(4_000_000 + 18_000_000 * draw + 120_000_000 * draw ** 12)
    dependants[i] = Math.floor(random() * 3)
  }
  return { households, persons, first: first.subarray(0, households + 1), salary, dependants, years }
}

/** Views of whole households of about 100,000 persons; nothing is copied. */
function chunksOf({ first, households, salary, dependants, years }: People): Chunk[] {
  const size = 28_000
  const columns: Columns = {
    salary: { data: salary },
    dependants: { data: dependants },
    years: { data: years },
  }
  return Array.from({ length: Math.ceil(households / size) }, (_, k) => {
    const [from, to] = [k * size, Math.min(households, (k + 1) * size)]
    return {
      households: to - from,
      persons: first[to] as number,
      first: first.subarray(from, to + 1),
      columns,
    }
  })
}

const totalOf = ({ data }: { data: ArrayLike<number> }, at = 0): bigint =>
  (BigInt(data[2 * at] as number) << 40n) + BigInt(data[2 * at + 1] as number)

function runAll(kernel: Kernel, chunks: readonly Chunk[]): Columns {
  const out = kernel.columns(0, 0)
  for (const chunk of chunks) kernel.run(chunk, out)
  return out
}

const totalsOf = (out: Columns): bigint[] =>
  TOTALS.map(({ id }) => totalOf(out[id] as NonNullable<(typeof out)[string]>))

// ── one pass an operation ──────────────────────────────────────────────────────────────────────────────────────

/** As array libraries work: each operation a pass over preallocated arrays of doubles, groups by their offsets. */
class ArrayPasses {
  readonly #people: People
  readonly #a: Float64Array
  readonly #b: Float64Array
  readonly #insurance: Float64Array
  readonly #tax: Float64Array
  readonly #salaries: Float64Array
  readonly #insurances: Float64Array
  readonly #taxes: Float64Array
  readonly #children: Float64Array
  readonly #net: Float64Array
  readonly #benefit: Float64Array

  constructor(people: People) {
    this.#people = people
    const { persons, households } = people
    this.#a = new Float64Array(persons)
    this.#b = new Float64Array(persons)
    this.#insurance = new Float64Array(persons)
    this.#tax = new Float64Array(persons)
    this.#salaries = new Float64Array(households)
    this.#insurances = new Float64Array(households)
    this.#taxes = new Float64Array(households)
    this.#children = new Float64Array(households)
    this.#net = new Float64Array(households)
    this.#benefit = new Float64Array(households)
  }

  run(): bigint[] {
    const { persons: n, households, salary, dependants, years } = this.#people
    const [a, b, insurance, tax] = [this.#a, this.#b, this.#insurance, this.#tax]
    for (let i = 0; i < n; i++) a[i] = Math.min(salary[i] as number, CAP)
    for (let i = 0; i < n; i++) a[i] = (a[i] as number) * 105
    for (let i = 0; i < n; i++) a[i] = (a[i] as number) + 500
    for (let i = 0; i < n; i++) a[i] = (a[i] as number) / 1000
    for (let i = 0; i < n; i++) insurance[i] = Math.floor(a[i] as number)
    for (let i = 0; i < n; i++) a[i] = (salary[i] as number) - (insurance[i] as number)
    for (let i = 0; i < n; i++) b[i] = (dependants[i] as number) * DEPENDANT
    for (let i = 0; i < n; i++) a[i] = (a[i] as number) - (b[i] as number)
    for (let i = 0; i < n; i++) a[i] = (a[i] as number) - SELF
    for (let i = 0; i < n; i++) a[i] = Math.max(a[i] as number, 0)
    tax.fill(0)
    for (const [k, [from, rate]] of BRACKETS.entries()) {
      const step = rate - (BRACKETS[k - 1]?.[1] ?? 0)
      for (let i = 0; i < n; i++) b[i] = Math.max((a[i] as number) - from, 0)
      for (let i = 0; i < n; i++) b[i] = (b[i] as number) * step
      for (let i = 0; i < n; i++) tax[i] = (tax[i] as number) + (b[i] as number)
    }
    for (let i = 0; i < n; i++) a[i] = (tax[i] as number) + 50
    for (let i = 0; i < n; i++) a[i] = (a[i] as number) / 100
    for (let i = 0; i < n; i++) tax[i] = Math.floor(a[i] as number)
    this.#sum(salary, this.#salaries)
    this.#sum(insurance, this.#insurances)
    this.#sum(tax, this.#taxes)
    for (let i = 0; i < n; i++) b[i] = (years[i] as number) < 16 ? 1 : 0
    this.#sum(b, this.#children)
    const [net, benefit, first] = [this.#net, this.#benefit, this.#people.first]
    for (let h = 0; h < households; h++)
      net[h] = (this.#salaries[h] as number) - (this.#insurances[h] as number)
    for (let h = 0; h < households; h++) net[h] = (net[h] as number) - (this.#taxes[h] as number)
    for (let h = 0; h < households; h++) benefit[h] = (this.#children[h] as number) * ALLOWANCE
    for (let h = 0; h < households; h++) {
      const members = (first[h + 1] as number) - (first[h] as number)
      benefit[h] = (net[h] as number) < LINE * members ? (benefit[h] as number) : 0
    }
    for (let h = 0; h < households; h++) net[h] = (net[h] as number) + (benefit[h] as number)
    return [this.#insurances, this.#taxes, benefit, net].map((column) => {
      let [total, part] = [0n, 0]
      for (let h = 0; h < households; h++) {
        part += column[h] as number
        if (part > 2 ** 52) {
          total += BigInt(part)
          part = 0
        }
      }
      return total + BigInt(part)
    })
  }

  #sum(from: ArrayLike<number>, to: Float64Array): void {
    const { first, households } = this.#people
    for (let h = 0; h < households; h++) {
      let sum = 0
      for (let i = first[h] as number; i < (first[h + 1] as number); i++) sum += from[i] as number
      to[h] = sum
    }
  }
}

// ── DuckDB ─────────────────────────────────────────────────────────────────────────────────────────────────────

interface Database {
  totals(): Promise<bigint[]>
  close(): void
}

/** The same law as SQL over the same people, on one thread. */
async function databaseOf(people: People): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run(
    'CREATE TABLE persons (person_id INTEGER, household_id INTEGER, salary INTEGER, dependants UTINYINT, years UTINYINT); CREATE TABLE households (household_id INTEGER)',
  )
  const { households, first, salary, dependants, years } = people
  const persons = await connection.createAppender('persons')
  const groups = await connection.createAppender('households')
  for (let h = 0; h < households; h++) {
    groups.appendValue(h, INTEGER)
    groups.endRow()
    for (let i = first[h] as number; i < (first[h + 1] as number); i++) {
      persons.appendValue(i, INTEGER)
      persons.appendValue(h, INTEGER)
      persons.appendValue(salary[i] as number, INTEGER)
      persons.appendValue(dependants[i] as number, UTINYINT)
      persons.appendValue(years[i] as number, UTINYINT)
      persons.endRow()
    }
  }
  persons.closeSync()
  groups.closeSync()
  const { households: statement, problems } = emitSql(lawOf(false), 'duckdb', { ordered: false })
  if (statement === null) throw new Error(problems[0]?.message.en)
  const sums = OUTPUTS.map((name) => `CAST(sum(${name}) AS HUGEINT) AS ${name}`).join(', ')
  return {
    totals: async () => {
      const reader = await connection.runAndReadAll(`SELECT ${sums} FROM (${statement})`)
      return (reader.getRowsJS()[0] as (bigint | number)[]).map((value) => BigInt(value as bigint))
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

// ── workers ────────────────────────────────────────────────────────────────────────────────────────────────────

interface Task {
  readonly persons: number
  readonly seed: number
}

/** One worker: makes its people, says so, runs when told, gives its totals and milliseconds. */
function work(): void {
  const port = parentPort
  if (port === null) throw new Error('no parent')
  const { persons, seed } = workerData as Task
  const chunks = chunksOf(peopleOf(persons, seed))
  const kernel = reportKernel()
  // Warmed up on a few chunks, as a node that has served one request is.
  runAll(kernel, chunks.slice(0, 8))
  port.on('message', () => {
    const out = runAll(kernel, chunks)
    const sums = Object.keys(out).filter((id) => id.startsWith('sum:'))
    port.postMessage({
      totals: sums.map((id) => [id, totalOf(out[id] as NonNullable<(typeof out)[string]>)]),
    })
  })
  port.postMessage('ready')
}

/** Milliseconds that so many workers take over so many distinct persons, each over its own part. */
async function withWorkers(workers: number, persons: number): Promise<number> {
  const threads = await Promise.all(
    Array.from({ length: workers }, async (_, w) => {
      const task: Task = { persons: Math.floor(persons / workers), seed: 7 + w }
      // A worker knows nothing of the loader for TypeScript until it is told.
      const code = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(import.meta.url)}) })`
      const worker = new Worker(code, { eval: true, execArgv: [], workerData: task })
      await message(worker)
      return worker
    }),
  )
  const start = performance.now()
  for (const worker of threads) worker.postMessage('go')
  const answers = (await Promise.all(threads.map(message))) as { totals: [string, bigint][] }[]
  const ms = performance.now() - start
  await Promise.all(threads.map((worker) => worker.terminate()))
  if (answers.some(({ totals }) => totals.length !== 2 * OUTPUTS.length))
    throw new Error('a worker gave no totals')
  return ms
}

const message = (worker: Worker): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })

// ── measures ───────────────────────────────────────────────────────────────────────────────────────────────────

const SIZE = { quick: 1_000_000, full: 10_000_000 } as const
const RUNS = 7

function best(run: () => unknown): number {
  run()
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  }).sort((a, b) => a - b)
  return times[RUNS >> 1] as number
}

const NAME = (persons: number) => `tax, insurance and benefit of ${persons / 1e6} M persons, one core`

let made: { people: People; totals: bigint[] } | undefined
function shared({ full }: Context): { people: People; totals: bigint[] } {
  if (made === undefined) {
    const people = peopleOf(full ? SIZE.full : SIZE.quick, 7)
    made = { people, totals: totalsOf(runAll(totalsKernel(), chunksOf(people))) }
  }
  return made
}

const same = (a: readonly bigint[], b: readonly bigint[]) =>
  a.length === b.length && a.every((n, i) => n === b[i])

async function ours(context: Context): Promise<Measure[]> {
  const { people } = shared(context)
  const chunks = chunksOf(people)
  const kernel = totalsKernel()
  const ms = best(() => runAll(kernel, chunks))
  const report = reportKernel()
  const reportMs = best(() => runAll(report, chunks))
  const measures: Measure[] = [
    {
      name: NAME(people.persons),
      value: people.persons / ms / 1000,
      uom: 'M persons/s',
      better: 'more',
      floor: 40,
    },
    {
      name: `base, reform and distribution of ${people.persons / 1e6} M persons, one core`,
      value: people.persons / reportMs / 1000,
      uom: 'M persons/s',
      better: 'more',
    },
  ]
  const persons = context.full ? 100_000_000 : 4_000_000
  for (const workers of [1, 2]) {
    const took = await withWorkers(workers, persons)
    const goal = context.full && workers === 2
    measures.push({
      name: `base, reform and distribution of ${persons / 1e6} M distinct persons, ${workers} workers, compute only`,
      value: took / 1000,
      uom: 's',
      better: 'less',
      ...(goal ? { floor: 12 } : {}),
    })
  }
  measures.push({
    name: 'greatest memory',
    value: process.resourceUsage().maxRSS / 2 ** 20,
    uom: 'GiB',
    better: 'less',
    ...(context.full ? { floor: 4 } : {}),
  })
  return measures
}

const bench: Bench = {
  name: 'policy-population',
  about:
    'a law over a whole population in exact money; peers run the same law over the same people and agree on every total',
  run: ours,
  peers: [
    {
      who: 'one pass an operation over arrays',
      version: process.version,
      run: async (context) => {
        const { people, totals } = shared(context)
        const passes = new ArrayPasses(people)
        if (!same(passes.run(), totals)) return { skipped: 'not comparable: totals differ' }
        const ms = best(() => passes.run())
        return [
          {
            name: NAME(people.persons),
            value: people.persons / ms / 1000,
            uom: 'M persons/s',
            better: 'more',
          },
        ]
      },
    },
    {
      who: 'DuckDB SQL, one thread',
      version: '1.5.5',
      run: async (context) => {
        const { people, totals } = shared(context)
        const database = await databaseOf(people)
        try {
          if (!same(await database.totals(), totals)) return { skipped: 'not comparable: totals differ' }
          const times: number[] = []
          for (let k = 0; k < (context.full ? 3 : RUNS); k++) {
            const start = performance.now()
            await database.totals()
            times.push(performance.now() - start)
          }
          const ms = times.sort((a, b) => a - b)[times.length >> 1] as number
          return [
            {
              name: NAME(people.persons),
              value: people.persons / ms / 1000,
              uom: 'M persons/s',
              better: 'more',
            },
          ]
        } finally {
          database.close()
        }
      },
    },
  ],
}

if (!isMainThread) work()

export default bench
