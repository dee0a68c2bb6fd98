import { readFile, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isDate } from '@nhip/calendar/civil-date'
import { isPeriod } from '@nhip/calendar/period'
import { openPopulation, openSpec } from '@nhip/node/policies/population-folder'
import { WorkerPool } from '@nhip/node/policies/simulation-pool'
import {
  bundleHashes,
  type Certificate,
  certify,
  inputDifferences,
  type PopulationSource,
  readCertificate,
  reformHashes,
  resultDifferences,
  type SimulationInputs,
} from '@nhip/policy/certificate'
import type { Population } from '@nhip/policy/population/population'
import { synthesise } from '@nhip/policy/population/synth/synthesise'
import type { BackendName } from '@nhip/policy/simulate/evaluator'
import { exactJson } from '@nhip/policy/simulate/exact-json'
import { inlinePool } from '@nhip/policy/simulate/inline-pool'
import { DEFAULT_THRESHOLD, type LawSource, type ReformSource } from '@nhip/policy/simulate/request'
import type { SimulationResult } from '@nhip/policy/simulate/result'
import { SimulationRefused } from '@nhip/policy/simulate/runner'
import { ANALYSES, type Analysis, simulate as runSimulation } from '@nhip/policy/simulate/simulate'
import { spreadOf } from '@nhip/policy/simulate/spread'
import { type Io, UsageError } from '../verb.ts'
import { progressLine, shareOf, wholeNumber } from './population.ts'
import { asUsage, problemLines, readFolder, readText, refuse } from './read-bundle.ts'
import { simulationText } from './simulation-text.ts'
import { writeSimulation } from './write-simulation.ts'

const OPTIONS = {
  population: { type: 'string', multiple: true },
  synth: { type: 'string' },
  seeds: { type: 'string', default: '1' },
  share: { type: 'string', default: '0.01' },
  period: { type: 'string' },
  'as-known': { type: 'string' },
  base: { type: 'string', multiple: true },
  reform: { type: 'string', multiple: true },
  backend: { type: 'string', default: 'kernel' },
  jobs: { type: 'string' },
  emtr: { type: 'string' },
  step: { type: 'string', default: '100000' },
  analyses: { type: 'string' },
  chunk: { type: 'string', default: '16384' },
  replay: { type: 'string' },
  out: { type: 'string' },
} as const

/** `nhip policy simulate BUNDLE --population DIR --period P`: what a law does to a population, and where it is flawed. */
export async function simulate(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS })
  const [dir] = positionals
  const found = dir === undefined ? undefined : await stat(dir).catch(() => undefined)
  if (dir === undefined || !found?.isDirectory())
    throw new UsageError({ vi: `Không có thư mục "${dir ?? ''}".`, en: `There is no folder "${dir ?? ''}".` })
  const period = periodOf(values.period)
  const asKnown = values['as-known'] ?? null
  if (asKnown !== null && !isDate(asKnown))
    throw new UsageError({
      vi: `--as-known cần một ngày như 2026-07-01, không phải "${asKnown}".`,
      en: `--as-known wants a date such as 2026-07-01, not "${asKnown}".`,
    })
  const backend = backendOf(values.backend)
  const jobs = values.jobs === undefined ? availableParallelism() : wholeNumber(values.jobs, '--jobs')
  const analyses = analysesOf(values.analyses)
  // Said before anything is worked out that would then be thrown away.
  for (const folder of values.population ?? []) {
    if (!(await stat(folder).catch(() => undefined))?.isDirectory())
      throw new UsageError({ vi: `Không có thư mục "${folder}".`, en: `There is no folder "${folder}".` })
  }
  const files = await readFolder(dir)
  const base: LawSource = { files, reforms: await reformsOf(values.base ?? []) }
  // With a law laid on the baseline alone, the bundle as it stands is the reform.
  const reform: LawSource | null =
    values.reform !== undefined
      ? { files, reforms: await reformsOf(values.reform) }
      : values.base !== undefined
        ? { files, reforms: [] }
        : null
  const margin =
    values.emtr === undefined ? null : { variable: values.emtr, delta: wholeNumber(values.step, '--step') }
  const stated = values.replay === undefined ? null : await openCertificate(values.replay)
  if (stated && 'problems' in stated) return unequal(stated.problems, io)

  const started = Date.now()
  const controller = new AbortController()
  const cancel = (): void => controller.abort(new Error('cancelled'))
  process.once('SIGINT', cancel)
  const threshold = DEFAULT_THRESHOLD
  const results: SimulationResult[] = []
  const sources: PopulationSource[] = []
  const changes: { population: Population; base: Float64Array; reform: Float64Array }[] = []
  try {
    for await (const { population, source, problems } of populations(values, io)) {
      if (population === undefined) return refuse(problems, io)
      sources.push(source)
      // The first population is looked at closely, the others give the spread.
      const closely = results.length === 0 ? analyses : []
      let pool: WorkerPool | undefined
      try {
        results.push(
          await runSimulation(
            {
              base,
              reform,
              asKnown,
              period,
              population,
              backend,
              threshold,
              chunk: wholeNumber(values.chunk, '--chunk'),
              ...(margin ? { margin } : {}),
            },
            {
              analyses: closely,
              signal: controller.signal,
              onProgress: progressLine(io),
              pool: (setup) => {
                if (values.out !== undefined && changes.length === 0)
                  changes.push({ population, base: setup.incomeBase, reform: setup.incomeReform })
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
  } catch (error) {
    if (error instanceof SimulationRefused) return refuse(error.problems, io)
    if (!controller.signal.aborted) throw error
    io.stderr.write(io.lang === 'vi' ? 'Đã hủy.\n' : 'Cancelled.\n')
    return 3
  } finally {
    process.off('SIGINT', cancel)
  }
  const [first] = results
  if (first === undefined)
    throw new UsageError({
      vi: 'Cần --population THƯ-MỤC hoặc --synth ĐẶC-TẢ.yaml.',
      en: '--population DIR or --synth SPEC.yaml is wanted.',
    })
  const inputs: SimulationInputs = {
    bundle: bundleHashes(files),
    base: reformHashes(base.reforms),
    reform: reform ? reformHashes(reform.reforms) : null,
    population: sources,
    options: { period, as_known: asKnown, threshold, margin, analyses },
  }
  if (stated) {
    const differences = [
      ...inputDifferences(stated.certificate, inputs),
      ...resultDifferences(stated.certificate, results),
    ]
    return unequal(differences, io)
  }
  const ms = Date.now() - started
  const certificate = certify(results, inputs, { started: new Date(started).toISOString(), ms })
  const report = {
    ...first,
    spread: results.length > 1 ? spreadOf(results) : null,
    timing: { ms, jobs, backend },
    certificate,
  }
  if (values.out !== undefined) await writeSimulation(values.out, report, certificate, changes[0])
  io.stdout.write(io.json ? `${exactJson(report)}\n` : simulationText(report, io.lang))
  return 0
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values']

/** The populations of the command line, one after the other, so that only one is in memory. */
async function* populations(
  values: Values,
  io: Io,
): AsyncGenerator<{
  population: Population | undefined
  source: PopulationSource
  problems: Awaited<ReturnType<typeof openPopulation>>['problems']
}> {
  for (const dir of values.population ?? []) {
    const { population, problems } = await openPopulation(dir).catch(asUsage)
    const { id = '', files = {} } = population?.manifest ?? {}
    yield { population, source: { kind: 'files', id, files }, problems }
  }
  if (values.synth === undefined) return
  const share = shareOf(values.share ?? '0.01')
  const { opened, problems } = await openSpec(values.synth).catch(asUsage)
  for (const seed of seedsOf(values.seeds ?? '1')) {
    const source: PopulationSource = {
      kind: 'synthetic',
      id: opened?.spec.id ?? '',
      spec_sha256: opened?.sha256 ?? '',
      seed,
      share,
    }
    if (!opened) {
      yield { population: undefined, source, problems }
      return
    }
    const population = synthesise(opened.spec, opened.tables, {
      seed,
      share,
      specSha256: opened.sha256,
      onProgress: progressLine(io),
    })
    yield { population, source, problems }
  }
}

/** `5` is the seeds 1 to 5, `3-7` those, `2,9` just these. */
function seedsOf(text: string): number[] {
  const range = /^(\d{1,9})-(\d{1,9})$/.exec(text)
  const [from, to] = range ? [Number(range[1]), Number(range[2])] : [1, Number(text)]
  if (/^\d{1,9}(,\d{1,9})+$/.test(text)) return text.split(',').map(Number)
  if (!(from <= to && to - from < 1_000))
    throw new UsageError({
      vi: `--seeds cần một số, khoảng hoặc danh sách như 5, 1-5, 1,2,3, không phải "${text}".`,
      en: `--seeds wants a number, a range or a list such as 5, 1-5, 1,2,3, not "${text}".`,
    })
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

/** The text of `--period`. @throws {UsageError} when it is none */
export function periodOf(text: string | undefined): string {
  if (text !== undefined && isPeriod(text)) return text
  throw new UsageError({
    vi: `--period cần một kỳ như 2026, 2026-Q3, 2026-07${text ? `, không phải "${text}"` : ''}.`,
    en: `--period wants a period such as 2026, 2026-Q3, 2026-07${text ? `, not "${text}"` : ''}.`,
  })
}

function backendOf(text: string | undefined): BackendName {
  if (text === 'kernel' || text === 'interpreter') return text
  throw new UsageError({
    vi: `--backend là kernel hoặc interpreter, không phải "${text}".`,
    en: `--backend is kernel or interpreter, not "${text}".`,
  })
}

function analysesOf(text: string | undefined): Analysis[] {
  if (text === undefined) return [...ANALYSES]
  const names = text.split(',').filter((name) => name !== '')
  const wrong = names.find((name) => !ANALYSES.includes(name as Analysis))
  if (wrong !== undefined)
    throw new UsageError({
      vi: `--analyses là danh sách gồm ${ANALYSES.join(', ')}, không có "${wrong}".`,
      en: `--analyses is a list of ${ANALYSES.join(', ')}; there is no "${wrong}".`,
    })
  return names as Analysis[]
}

/** Reforms of the command line as plain data: ids of the bundle, or files. */
export async function reformsOf(names: readonly string[]): Promise<ReformSource[]> {
  return Promise.all(
    names.map(async (name) =>
      /\.ya?ml$/.test(name) ? { file: name, text: await readText(name) } : { id: name },
    ),
  )
}

async function openCertificate(
  path: string,
): Promise<{ certificate: Certificate } | { problems: Parameters<typeof problemLines>[0] }> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UsageError({
      vi: `Không đọc được "${path}": ${error.message}`,
      en: `"${path}" cannot be read: ${error.message}`,
    })
  })
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    data = null
  }
  // A whole report holds its certificate.
  const inner = (data as { certificate?: unknown } | null)?.certificate
  const { certificate, problems } = readCertificate(inner ?? data)
  return certificate ? { certificate } : { problems }
}

/** Says whether a replay came out the same: exit code 0, or 1 with what differs. */
function unequal(problems: Parameters<typeof problemLines>[0], io: Io): number {
  const ok = !problems.some(({ severity }) => severity === 'error')
  if (io.json) io.stdout.write(`${JSON.stringify({ ok, problems })}\n`)
  else {
    io.stdout.write(problemLines(problems, io))
    if (ok) io.stdout.write(io.lang === 'vi' ? 'Tính lại được đúng từng bit.\n' : 'Reproduced bit for bit.\n')
  }
  return ok ? 0 : 1
}
