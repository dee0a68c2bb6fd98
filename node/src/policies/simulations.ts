import { readFile } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { isPeriod } from '@nhip/calendar/period'
import { contentHash } from '@nhip/canonical/content-hash'
import type { Problem } from '@nhip/canonical/problem'
import { type ReformHash, reformHashes } from '@nhip/policy/certificate'
import type { SimulationCost as PassCost } from '@nhip/policy/simulate/cost'
import { DEFAULT_THRESHOLD, type LawSource } from '@nhip/policy/simulate/request'
import { SimulationRefused } from '@nhip/policy/simulate/runner'
import { refuse } from '../http/problem.ts'
import { inTurn } from '../in-turn.ts'
import type { Blobs } from '../records/blobs.ts'
import type { Actor, Records } from '../records/contract.ts'
import { addJob, cancelJob, type JobHandler, type RunningJob } from '../records/jobs.ts'
import { uuidv7 } from '../records/uuidv7.ts'
import {
  defaultAnalyses,
  type SimulationCost,
  type SimulationDetail,
  type SimulationItem,
  type SimulationRequest,
} from './contract.ts'
import { carryOut, type Watching } from './laboratory.ts'
import type { Library, StoredBundle } from './library.ts'
import type { Order, Simulated } from './orders.ts'
import type { Populations } from './populations.ts'
import {
  endSimulation,
  findSimulation,
  insertSimulation,
  readSimulations,
  type StoredSimulation,
} from './store.ts'

export const simulateJob = 'policies.simulate'
export const synthJob = 'policies.synth'

/** A law that takes longer to read is no law. */
const CHECK_MS = 60_000
/** A report has some dozens of pages. */
const PRINT_MS = 60_000
/** A simulation shows how far it is so often. */
const PROGRESS_MS = 500
/** Columns, incomes under both laws and what is worked out beside them, rounded up. */
const BYTES_PER_PERSON = 100
/** Progress of a job in thousandths. */
const WHOLE = 1_000

export interface SimulationsOptions {
  records: Records
  blobs: Blobs
  library: Library
  populations: Populations
  /** Names of provinces by their codes, as they were on a day. */
  placeNames: (day: string, lang: 'vi' | 'en') => Readonly<Record<string, string>>
  /** Threads of one simulation; default all processors but one, at most four. */
  threads?: number
  /** Bytes of memory of this computer, of which a population may take half. */
  memory?: number
  now?: () => number
}

/** Simulations on this node: asked for, carried out as jobs, certified, kept. */
export class Simulations {
  readonly #options: SimulationsOptions
  readonly #threads: number
  readonly #memory: number
  readonly #now: () => number
  readonly #checking = inTurn()
  readonly #printing = inTurn()

  constructor(options: SimulationsOptions) {
    this.#options = options
    this.#threads = options.threads ?? Math.max(1, Math.min(4, availableParallelism() - 1))
    this.#memory = options.memory ?? totalmem()
    this.#now = options.now ?? Date.now
  }

  /**
   * Checks a request and queues it. @returns its id
   * @throws 404 for a policy or population that is not there, 422 with the loader's problems for a law with errors,
   *   422 for a population that memory does not hold
   */
  async add(actor: Actor, asked: SimulationRequest, by: string): Promise<string> {
    const { records } = this.#options
    // What is not said is kept as it is now, so that another release does not run it otherwise.
    const request = { analyses: [...defaultAnalyses], threshold: DEFAULT_THRESHOLD, ...asked }
    const { bundle, laws } = await this.#sound(request)
    const id = uuidv7()
    await records.tx(actor, async (tx) => {
      const job = await addJob(tx, {
        kind: simulateJob,
        payload: { simulation: id, actor: actor.id },
        maxAttempts: 3,
      })
      await insertSimulation(tx, { id, request, bundleSha256: bundle.sha256, job, createdBy: by })
      tx.audit({
        action: 'simulation.request',
        targetType: 'simulation',
        targetId: id,
        after: {
          policy: request.policy,
          bundle: bundle.sha256,
          period: request.period,
          asKnown: request.asKnown ?? null,
          base: reformHashes(laws.base.reforms),
          reform: laws.reform ? [...laws.changed, ...reformHashes(laws.reform.reforms)] : null,
          population: request.population,
        },
      })
    })
    return id
  }

  /** What a request would cost. @throws as {@link add} does */
  async cost(request: SimulationRequest): Promise<SimulationCost> {
    const { cost } = await this.#sound(request)
    const { id, share, seeds } = request.population
    const { male, female } = (await this.#options.library.spec(id))?.spec.totals ?? { male: 0, female: 0 }
    const extra = Object.values(cost.analyses).reduce((sum, passes) => sum + passes, 0)
    return {
      persons: Math.round(share * (male + female)),
      populations: seeds.length,
      passes: { plain: cost.plain, analyses: { ...cost.analyses } },
      total: seeds.length * cost.plain + extra,
    }
  }

  /** Queues the making of a population. @returns the id of the job */
  async synth(actor: Actor, population: { id: string; seed: number; share: number }): Promise<string> {
    await this.#demandPopulation(population)
    return this.#options.records.tx(actor, async (tx) => {
      const job = await addJob(tx, { kind: synthJob, payload: population, maxAttempts: 3 })
      tx.audit({
        action: 'population.synth',
        targetType: 'population',
        targetId: population.id,
        after: { seed: population.seed, share: population.share },
      })
      return job
    })
  }

  /** What the queue of jobs calls. */
  jobs(): Record<string, JobHandler> {
    return {
      [simulateJob]: (job) => this.#run(job),
      [synthJob]: (job) =>
        this.#options.populations.synth(
          job.payload as { id: string; seed: number; share: number },
          watching(job),
        ),
    }
  }

  /** Newest first. */
  async items(page: {
    limit: number
    before: string | undefined
    policy: string | undefined
  }): Promise<SimulationItem[]> {
    return (await readSimulations(this.#options.records, page)).map(itemOf)
  }

  async item(id: string): Promise<SimulationItem> {
    return itemOf(await this.#known(id))
  }

  async detail(id: string): Promise<SimulationDetail> {
    const known = await this.#known(id)
    const { request, certificate, resultSha256, jobState, jobError } = known
    const text = resultSha256 === null ? null : await readFile(this.#options.blobs.path(resultSha256), 'utf8')
    const problems = known.problems
    if (known.state === 'queued' && jobState === 'dead') problems.push(fault(jobError?.detail ?? ''))
    return {
      ...itemOf(known),
      request,
      result: text === null ? null : JSON.parse(text),
      certificate,
      problems,
    }
  }

  /** The blob with the report. @throws 404 while there is none */
  async result(id: string): Promise<string> {
    const { resultSha256 } = await this.#known(id)
    if (resultSha256 === null) throw refuse(404, 'no-result', { params: { simulation: id } })
    return resultSha256
  }

  /**
   * A finished simulation as a file for people. Equal results give equal bytes.
   * @throws 404 while there is no result
   */
  async report(id: string, format: 'xlsx' | 'pdf', lang: 'vi' | 'en'): Promise<Buffer> {
    const { blobs, library, placeNames } = this.#options
    const { population } = await this.#known(id)
    const result = blobs.path(await this.result(id))
    const day = (await library.spec(population.id))?.spec.reference_date
    const provinces = day === undefined ? {} : placeNames(day, lang)
    const signal = AbortSignal.timeout(PRINT_MS)
    const ended = await this.#printing(() =>
      carryOut({ kind: 'report', result, format, lang, provinces }, { signal }),
    )
    return Buffer.from((ended as { printed: Uint8Array }).printed)
  }

  /** Asks for a simulation to stop; one that has ended stays as it is. */
  async cancel(actor: Actor, id: string): Promise<void> {
    const { job } = await this.#known(id)
    await cancelJob(this.#options.records, actor, job)
  }

  /** Does the work of one; may be repeated after a crash, because only the first end is kept. */
  async #run(job: RunningJob): Promise<{ simulation: string; state: string }> {
    const { populations, library, blobs, records } = this.#options
    const { simulation: id, actor } = job.payload as { simulation: string; actor: string }
    const known = await this.#known(id)
    if (known.state !== 'queued') return { simulation: id, state: known.state }
    const { request } = known
    const failed = async (problems: readonly Problem[]) => {
      await records.tx({ id: actor }, async (tx) => {
        if (!(await endSimulation(tx, id, { problems }))) return
        tx.audit({
          action: 'simulation.fail',
          targetType: 'simulation',
          targetId: id,
          after: { codes: [...new Set(problems.map(({ code }) => code))] },
        })
      })
      return { simulation: id, state: 'failed' }
    }
    const bundle = await library.policy(known.policy)
    if (bundle?.sha256 !== known.bundleSha256) return failed([changedSince(known.policy)])
    const { base, reform, changed } = lawsOf(bundle, request)
    const { population } = request
    let simulated: Simulated
    try {
      const ended = await carryOut(
        {
          kind: 'simulate',
          base,
          reform,
          changed,
          asKnown: request.asKnown ?? null,
          period: request.period,
          analyses: request.analyses ?? [],
          threshold: request.threshold ?? DEFAULT_THRESHOLD,
          margin: request.margin ?? null,
          spec: library.specPath(population.id),
          folder: populations.folder,
          id: population.id,
          seeds: population.seeds,
          share: population.share,
          jobs: this.#threads,
          started: new Date(this.#now()).toISOString(),
        },
        watching(job),
      )
      simulated = (ended as { simulated: Simulated }).simulated
    } catch (error) {
      if (error instanceof SimulationRefused) return failed(error.problems)
      throw error
    }
    const { certificate } = simulated
    const blob = await blobs.put([Buffer.from(simulated.report)])
    await records.tx({ id: actor }, async (tx) => {
      await blobs.enter(tx, blob, 'application/json')
      if (!(await endSimulation(tx, id, { result: blob.sha256, certificate }))) return
      tx.audit({
        action: 'simulation.certify',
        targetType: 'simulation',
        targetId: id,
        after: {
          certificate: certificate.sha256,
          inputs: certificate.inputs_sha256,
          results: certificate.result_sha256,
          report: blob.sha256,
        },
      })
    })
    return { simulation: id, state: 'done' }
  }

  /** The bundle and the laws of a request that can be carried out, and their cost. */
  async #sound(request: SimulationRequest): Promise<{ bundle: StoredBundle; laws: Laws; cost: PassCost }> {
    demandForm(request)
    const { policy, population } = request
    const bundle = await this.#options.library.policy(policy)
    if (!bundle) throw refuse(404, 'unknown-policy', { params: { policy } })
    await this.#demandPopulation(population)
    const laws = lawsOf(bundle, request)
    return { bundle, laws, cost: await this.#demandSoundness(laws, request) }
  }

  async #demandPopulation({ id, share }: { id: string; share: number }): Promise<void> {
    const spec = await this.#options.library.spec(id)
    if (!spec) throw refuse(404, 'unknown-population', { params: { population: id } })
    const { male, female } = spec.spec.totals
    const largest = this.#memory / 2 / BYTES_PER_PERSON / (male + female)
    if (share > largest)
      throw refuse(422, 'population-too-large', {
        params: { share, largest: Number(largest.toPrecision(2)) },
      })
  }

  async #demandSoundness({ base, reform }: Laws, request: SimulationRequest): Promise<PassCost> {
    const { asKnown = null, period, analyses = defaultAnalyses } = request
    const signal = AbortSignal.timeout(CHECK_MS)
    const order: Order = { kind: 'check', base, reform, asKnown, period, analyses }
    const ended = await this.#checking(() => carryOut(order, { signal })).catch((error: unknown) => {
      if (signal.aborted) throw refuse(422, 'policy-invalid', { errors: [tooSlow()] })
      throw error
    })
    const { problems, cost } = ended as { problems: readonly Problem[]; cost?: PassCost }
    const errors = problems.filter(({ severity }) => severity === 'error')
    if (errors.length > 0 || cost === undefined) throw refuse(422, 'policy-invalid', { errors })
    return cost
  }

  async #known(id: string) {
    const known = await findSimulation(this.#options.records, id)
    if (!known) throw refuse(404, 'unknown-simulation', { params: { simulation: id } })
    return known
  }
}

/** What no schema says of a request. */
function demandForm({ period }: SimulationRequest): void {
  if (!isPeriod(period)) throw refuse(422, 'policy-invalid', { errors: [wrongPeriod(period)] })
}

interface Laws {
  base: LawSource
  /** Null when only one law is looked at. */
  reform: LawSource | null
  changed: ReformHash[]
}

/** The two sides of a request: without reforms and changed files there is one law, and with a base alone the bundle as it stands is the reform. */
function lawsOf({ texts }: StoredBundle, request: SimulationRequest): Laws {
  const { base = [], reforms = [], reformFiles = [], files = [] } = request
  const changed = files.filter(({ path, text }) => texts.get(path) !== text)
  const one = base.length + reforms.length + reformFiles.length + changed.length === 0
  return {
    base: { files: texts, reforms: base.map((id) => ({ id })) },
    reform: one
      ? null
      : {
          files:
            changed.length === 0
              ? texts
              : new Map([...texts, ...changed.map(({ path, text }) => [path, text] as const)]),
          reforms: [
            ...reforms.map((id) => ({ id })),
            ...reformFiles.map(({ path, text }) => ({ file: path, text })),
          ],
        },
    changed: changed.map(({ path, text }) => ({ id: path, sha256: contentHash(text) })),
  }
}

function itemOf(known: StoredSimulation): SimulationItem {
  const state = stateOf(known)
  return {
    id: known.id,
    policy: known.policy,
    title: known.title,
    period: known.period,
    population: known.population,
    synthetic: true,
    state,
    progress:
      state === 'running'
        ? {
            done: Number(known.jobDone),
            total: known.jobTotal === null ? null : Number(known.jobTotal),
            message: known.jobMessage,
          }
        : null,
    job: known.job,
    certificateSha256: known.certificateSha256,
    resultSha256: known.resultSha256,
    createdBy: known.createdBy,
    createdAt: known.createdAt,
    finishedAt: known.finishedAt,
  }
}

function stateOf({ state, jobState }: StoredSimulation): SimulationItem['state'] {
  if (state !== 'queued') return state
  if (jobState === 'dead') return 'failed'
  // Between its end and the mark on its job nothing is left to say but that it runs.
  return jobState === 'done' ? 'running' : jobState
}

function watching(job: RunningJob): Watching {
  let next = 0
  let telling: Promise<void> | undefined
  return {
    signal: job.signal,
    onProgress(fraction, stage) {
      if (telling || performance.now() < next) return
      next = performance.now() + PROGRESS_MS
      telling = job.progress(Math.floor(fraction * WHOLE), WHOLE, stage).finally(() => {
        telling = undefined
      })
    },
  }
}

function wrongPeriod(value: string): Problem {
  return {
    severity: 'error',
    code: 'date.invalid',
    path: '/period',
    value,
    message: {
      vi: `"${value}" không phải là một kỳ như 2026, 2026-Q3, 2026-07`,
      en: `"${value}" is no period such as 2026, 2026-Q3, 2026-07`,
    },
  }
}

function tooSlow(): Problem {
  return {
    severity: 'error',
    code: 'limit.time',
    message: {
      vi: `đọc và kiểm tra chính sách quá ${CHECK_MS / 1_000} giây nên đã dừng`,
      en: `reading and checking the policy took more than ${CHECK_MS / 1_000} seconds and was stopped`,
    },
  }
}

function changedSince(policy: string): Problem {
  return {
    severity: 'error',
    code: 'policy.changed',
    value: policy,
    message: {
      vi: 'chính sách của nút đã đổi sau khi yêu cầu được gửi; xin gửi lại',
      en: "the node's policy has changed since the request; please send it again",
    },
  }
}

function fault(detail: string): Problem {
  return {
    severity: 'error',
    code: 'fault',
    value: detail,
    message: { vi: 'mô phỏng gặp lỗi của hệ thống', en: 'the simulation met a fault of the system' },
  }
}
