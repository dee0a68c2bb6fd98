import { join } from 'node:path'
import type { Bench, Context, Measure } from './contract.ts'
import { ArrayPasses } from './policy/array-passes.ts'
import { Crew, type Report } from './policy/crew.ts'
import { databaseOf } from './policy/database.ts'
import { OUTPUTS, reportKernel, runAll, totalsKernel, totalsOf } from './policy/law.ts'
import { writePeople } from './policy/parquet.ts'
import { chunksOf, type People, peopleOf } from './policy/people.ts'

/**
 * A whole population through insurance, a tax of seven brackets and a household benefit, in exact money: our fused kernel, the same
 * written as one pass an operation over arrays (as array libraries work), and the same law as SQL in DuckDB. All agree
 * on every total before anything is timed. Amounts are invented.
 */

/** The peers are compared on so many persons, also in the full tier: they are slower by an order, and linear. */
const COMPARED = 1_000_000
const DISTINCT = { quick: 2_000_000, full: 100_000_000 } as const
const FROM_FILES = { quick: 200_000, full: 20_000_000 } as const
const RUNS = 7
/** Reports of one population: the first ones still compile. */
const REPORTS = 3

/** Milliseconds of the run in the middle, after one that warms up. */
function median(run: () => unknown): number {
  run()
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return times.sort((a, b) => a - b)[RUNS >> 1] as number
}

const NAME = `tax, insurance and benefit of ${COMPARED / 1e6} M persons, one core`

let made: { people: People; totals: bigint[] } | undefined
function shared(): { people: People; totals: bigint[] } {
  if (made === undefined) {
    const people = peopleOf(COMPARED, 7)
    made = { people, totals: totalsOf(runAll(totalsKernel(), chunksOf(people))) }
  }
  return made
}

const same = (a: readonly bigint[], b: readonly bigint[]) =>
  a.length === b.length && a.every((n, i) => n === b[i])

const speed = (name: string, persons: number, ms: number): Measure => ({
  name,
  value: persons / ms / 1000,
  uom: 'M persons/s',
  better: 'more',
})

/** What a crew's report must be: tenths that hold everybody and all money, cuts where sorting puts them. */
function demandSound({ totals, tenths, cuts }: Report, persons: number): void {
  const sum = (of: Float64Array) => of.reduce((a, b) => a + b, 0)
  if (totals.size !== 2 * OUTPUTS.length) throw new Error('a worker gave no totals')
  if (sum(tenths.persons) !== persons) throw new Error('tenths lack persons')
  if (BigInt(sum(tenths.base)) !== totals.get('sum:cash')) throw new Error('tenths lack money')
  if (cuts.some((cut, k) => k > 0 && cut < (cuts[k - 1] as number))) throw new Error('cuts are out of order')
}

/** The cuts as a sort finds them: the income per head of the household in which a tenth of all persons is reached. */
function sortedCuts(people: People): number[] {
  const kernel = totalsKernel(['cash'])
  const heads: { income: number; size: number }[] = []
  for (const chunk of chunksOf(people)) {
    const out = kernel.columns(chunk.persons, chunk.households)
    kernel.run(chunk, out)
    for (let h = 0; h < chunk.households; h++) {
      const size = (chunk.first[h + 1] as number) - (chunk.first[h] as number)
      heads.push({ income: (out.cash?.data[h] as number) / size, size })
    }
  }
  heads.sort((a, b) => a.income - b.income)
  const cuts: number[] = []
  let passed = 0
  for (const { income, size } of heads) {
    passed += size
    while (cuts.length < 9 && passed >= ((cuts.length + 1) * people.persons) / 10) cuts.push(income)
  }
  return cuts
}

/** Reports over people in memory, made once however often the bench is repeated. */
const crews = new Map<string, Promise<Crew>>()
async function reported(workers: number, persons: number): Promise<Report> {
  const key = `${workers} ${persons}`
  let crew = crews.get(key)
  if (crew === undefined) {
    const each = Math.floor(persons / workers)
    crew = Crew.of(Array.from({ length: workers }, (_, w) => ({ persons: each, seed: 7 + w })))
    crews.set(key, crew)
  }
  const reports: Report[] = []
  for (let k = 0; k < REPORTS; k++) {
    const report = await (await crew).report()
    demandSound(report, persons)
    reports.push(report)
  }
  return reports.sort((a, b) => a.ms - b.ms)[REPORTS >> 1] as Report
}

/** From files to the report: each of two workers reads a file of its own. */
async function fromFiles({ folder }: Context, persons: number): Promise<number> {
  const each = persons / 2
  const sources = [1, 2].map((seed) => ({ persons: each, file: join(folder, `${seed}.parquet`), seed }))
  for (const { file, seed } of sources) await writePeople(file, each, seed)
  const crew = await Crew.of(sources.map(({ file }) => ({ persons: each, file })))
  const report = await crew.report()
  await crew.end()
  demandSound(report, persons)
  return report.ms
}

async function ours(context: Context): Promise<Measure[]> {
  const { people } = shared()
  const alone = await reported(1, COMPARED)
  const sorted = sortedCuts(people)
  if (alone.cuts.some((cut, k) => cut !== sorted[k]))
    throw new Error(`cuts ${alone.cuts} are not those of sorting, ${sorted}`)
  const chunks = chunksOf(people)
  const kernel = totalsKernel()
  const report = reportKernel()
  const persons = context.full ? DISTINCT.full : DISTINCT.quick
  const files = context.full ? FROM_FILES.full : FROM_FILES.quick
  const measures: Measure[] = [
    {
      ...speed(
        NAME,
        COMPARED,
        median(() => runAll(kernel, chunks)),
      ),
      floor: 40,
    },
    speed(
      `base and reform of ${COMPARED / 1e6} M persons, one core`,
      COMPARED,
      median(() => runAll(report, chunks)),
    ),
    {
      name: `base, reform and tenths of ${persons / 1e6} M distinct persons, 2 workers, compute only`,
      value: (await reported(2, persons)).ms / 1000,
      uom: 's',
      better: 'less',
      ...(context.full ? { floor: 12 } : {}),
    },
    speed(`base, reform and tenths of ${COMPARED / 1e6} M persons, one core`, COMPARED, alone.ms),
  ]
  measures.push(
    speed(
      `the same from Parquet to the report, ${files / 1e6} M persons, 2 workers`,
      files,
      await fromFiles(context, files),
    ),
    {
      name: 'greatest memory',
      value: process.resourceUsage().maxRSS / 2 ** 20,
      uom: 'GiB',
      better: 'less',
      ...(context.full ? { floor: 4 } : {}),
    },
  )
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
      run: async () => {
        const { people, totals } = shared()
        const passes = new ArrayPasses(people)
        if (!same(passes.run(), totals)) return { skipped: 'not comparable: totals differ' }
        return [
          speed(
            NAME,
            COMPARED,
            median(() => passes.run()),
          ),
        ]
      },
    },
    {
      who: 'DuckDB SQL, one thread',
      version: '1.5.5',
      run: async () => {
        const { people, totals } = shared()
        const database = await databaseOf(people)
        try {
          if (!same(await database.totals(), totals)) return { skipped: 'not comparable: totals differ' }
          const times: number[] = []
          for (let k = 0; k < RUNS; k++) {
            const start = performance.now()
            await database.totals()
            times.push(performance.now() - start)
          }
          return [speed(NAME, COMPARED, times.sort((a, b) => a - b)[RUNS >> 1] as number)]
        } finally {
          database.close()
        }
      },
    },
  ],
}

export default bench
