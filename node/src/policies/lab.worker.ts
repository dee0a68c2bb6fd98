import { randomUUID } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { Message, Problem } from '@nhip/canonical/problem'
import { type Loaded, loadBundle } from '@nhip/policy/bundle/load'
import {
  bundleHashes,
  certify,
  type PopulationSource,
  reformHashes,
  type SimulationInputs,
} from '@nhip/policy/certificate'
import { changesBetween } from '@nhip/policy/diff/changes'
import { packPopulation } from '@nhip/policy/population/packed'
import { synthesise } from '@nhip/policy/population/synth/synthesise'
import { costOf } from '@nhip/policy/simulate/cost'
import { exactJson } from '@nhip/policy/simulate/exact-json'
import { inlinePool } from '@nhip/policy/simulate/inline-pool'
import { type LawSource, type OpenLaw, openLaw } from '@nhip/policy/simulate/request'
import type { SimulationResult } from '@nhip/policy/simulate/result'
import { SimulationRefused } from '@nhip/policy/simulate/runner'
import { simulate } from '@nhip/policy/simulate/simulate'
import { spreadOf } from '@nhip/policy/simulate/spread'
import { populationOf, specOf } from './kept-population.ts'
import type { LawRead, Made, Order, Simulated, SimulateOrder, Tidings } from './orders.ts'
import { pagesOf } from './report/pages.ts'
import { simulationReport } from './report/simulation-report.ts'
import { workbookOf } from './report/workbook.ts'
import { WorkerPool } from './simulation-pool.ts'

// A law's author may be a stranger and a population is seconds of work, so all of it is done on this thread, which can
// be ended at any time.

const POPULATION: Message = { vi: 'Đang dựng dân số tổng hợp', en: 'Making the synthetic population' }
const RUN: Message = { vi: 'Đang tính trên từng hộ', en: 'Computing each household' }

/** Share of the work of one population that is making it. */
const MAKING = 0.3

function tell(tidings: Tidings): void {
  parentPort?.postMessage(tidings)
}

async function carryOut(order: Order): Promise<Tidings> {
  switch (order.kind) {
    case 'check':
      return checkLaws(order)
    case 'synth': {
      const made = await populationOf(await specOf(order.spec), order.folder, order.population, (done, of) =>
        tell({ fraction: done / of, stage: POPULATION }),
      )
      return { made: { persons: made.persons, households: made.households } }
    }
    case 'sample':
      return { made: await sample(order) }
    case 'report':
      return { printed: await printed(order) }
    case 'simulate':
      return { simulated: await simulated(order) }
  }
}

function checkLaws(order: Extract<Order, { kind: 'check' }>): Extract<Tidings, { problems: unknown }> {
  const { asKnown, period, analyses } = order
  const seen = new Map<string, Problem>()
  // Both laws are often of one bundle, and loading is most of the work.
  const loaded = new Map<LawSource['files'], Loaded>()
  const open = (law: LawSource): OpenLaw | undefined => {
    const own = loaded.get(law.files) ?? loadBundle(law.files)
    loaded.set(law.files, own)
    const opened = openLaw(law, asKnown, own)
    for (const problem of opened.problems) seen.set(JSON.stringify(problem), problem)
    return opened.law
  }
  const base = open(order.base)
  const reform = order.reform ? open(order.reform) : null
  const problems = [...seen.values()]
  if (base === undefined || reform === undefined) return { problems }
  return { problems, cost: costOf({ base, reform }, period, asKnown, analyses) }
}

async function sample({ spec: path, file, seed, share }: Extract<Order, { kind: 'sample' }>): Promise<Made> {
  const { spec, tables, sha256 } = await specOf(path)
  const made = synthesise(spec, tables, { seed, share, specSha256: sha256 })
  const temporary = `${file}.${randomUUID()}`
  await writeFile(temporary, JSON.stringify(packPopulation(made)))
  await rename(temporary, file)
  return { persons: made.persons, households: made.households }
}

async function printed({
  result,
  format,
  lang,
  provinces,
}: Extract<Order, { kind: 'report' }>): Promise<Uint8Array> {
  const report = simulationReport(await readFile(result, 'utf8'), lang, (code) => provinces[code] ?? code)
  return format === 'xlsx' ? workbookOf(report) : pagesOf(report)
}

async function simulated(order: SimulateOrder): Promise<Simulated> {
  const began = performance.now()
  const { base, reform, asKnown, period, threshold, margin, analyses, seeds, share, jobs } = order
  const spec = await specOf(order.spec)
  const results: SimulationResult[] = []
  const sources: PopulationSource[] = []
  for (const [i, seed] of seeds.entries()) {
    const tellFraction = (fraction: number, stage: Message): void =>
      tell({ fraction: (i + fraction) / seeds.length, stage })
    const population = await populationOf(spec, order.folder, { id: order.id, seed, share }, (done, of) =>
      tellFraction((MAKING * done) / of, POPULATION),
    )
    sources.push({ kind: 'synthetic', id: spec.spec.id, spec_sha256: spec.sha256, seed, share })
    let pool: WorkerPool | undefined
    try {
      results.push(
        await simulate(
          { base, reform, asKnown, period, population, threshold, ...(margin ? { margin } : {}) },
          {
            // The first population is looked at closely, the others give the spread.
            analyses: i === 0 ? analyses : [],
            onProgress: (done, of) => tellFraction(MAKING + ((1 - MAKING) * done) / of, RUN),
            pool: (setup) => {
              if (jobs < 2) return inlinePool(setup)
              pool = new WorkerPool(setup, jobs)
              return pool
            },
          },
        ),
      )
    } finally {
      await pool?.close()
    }
  }
  const inputs: SimulationInputs = {
    bundle: bundleHashes(base.files),
    base: reformHashes(base.reforms),
    reform: reform ? [...order.changed, ...reformHashes(reform.reforms)] : null,
    population: sources,
    options: { period, as_known: asKnown, threshold, margin, analyses },
  }
  const ms = Math.round(performance.now() - began)
  const certificate = certify(results, inputs, { started: order.started, ms })
  const report = {
    ...results[0],
    spread: results.length > 1 ? spreadOf(results) : null,
    timing: { ms, jobs, backend: 'kernel' },
    certificate,
    law: lawRead(base, reform, asKnown),
  }
  return { report: exactJson(report), certificate }
}

/** Where the numbers come from in law: the texts, and what the reform changes, as a lawyer reads it. */
function lawRead(base: LawSource, reform: LawSource | null, asKnown: string | null): LawRead {
  const before = openLaw(base, asKnown).law?.bundle
  const after = reform ? openLaw(reform, asKnown).law?.bundle : before
  return {
    titles: Object.fromEntries([...(after?.model.variables.values() ?? [])].map((v) => [v.name, v.title])),
    reforms: Object.fromEntries((after?.reforms ?? []).map(({ id, title }) => [id, title])),
    sources: [...(after?.model.sources.values() ?? [])],
    changes: before && after && before !== after ? changesBetween(before.model, after.model) : [],
  }
}

carryOut(workerData as Order).then(tell, (error: unknown) => {
  if (error instanceof SimulationRefused) tell({ problems: error.problems })
  else
    setImmediate(() => {
      throw error
    })
})
