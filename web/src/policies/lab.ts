import type { Problem } from '@nhip/canonical/problem'
import { toText } from '@nhip/feel/values'
import type { Bundle } from '@nhip/policy/bundle/bundle'
import { type Loaded, loadBundle } from '@nhip/policy/bundle/load'
import { changesBetween } from '@nhip/policy/diff/changes'
import { unpackPopulation } from '@nhip/policy/population/packed'
import type { Population } from '@nhip/policy/population/population'
import { exactJson } from '@nhip/policy/simulate/exact-json'
import type { Threshold } from '@nhip/policy/simulate/request'
import { type Analysis, simulate } from '@nhip/policy/simulate/simulate'
import { type Situation, statedHousehold } from '@nhip/policy/simulate/stated-household'
import { checkBundle } from '@nhip/policy/verify/check-bundle'
import { findingJson } from '@nhip/policy/verify/finding'
import { householdView } from './household-view.ts'
import type {
  Checked,
  Files,
  HouseholdAsk,
  HouseholdView,
  LabCalls,
  Laws,
  Outline,
  SampleRun,
  ShownFinding,
} from './lab-messages.ts'
import { LabRunner } from './lab-runner.ts'
import type { ShownResult } from './plain.ts'

/** A search for gaps in one table that takes longer says "not proved": the next key may be pressed any moment. */
const BUDGET_MS = 400

/** What the policy lab does off the page's own thread: loads and checks what is being written, and runs it on a sample. */
export class Lab {
  #files: ReadonlyMap<string, string> = new Map()
  #mayCompile = false
  #population: Population | null = null
  /** Loaded laws by what their files say; a few are kept, since each key pressed gives another. */
  readonly #loaded = new Map<string, { files: ReadonlyMap<string, string>; loaded: Loaded }>()
  #runner: { of: string; runner: LabRunner } | null = null

  open({ files, mayCompile }: LabCalls['open']['ask']): null {
    this.#files = new Map(Object.entries(files))
    this.#mayCompile = mayCompile
    this.#loaded.clear()
    this.#runner = null
    return null
  }

  /** Everything that is wrong with what was written, what there is to change, and what was changed. */
  check(laws: Laws): Checked {
    const { bundle, problems } = this.#law(laws.edited).loaded
    const base = this.#base(laws)
    const usable = bundle !== undefined && !problems.some(({ severity }) => severity === 'error')
    const findings =
      usable && bundle
        ? checkBundle(bundle, { clock: () => performance.now(), budgetMs: BUDGET_MS }).findings.map(
            (finding): ShownFinding => JSON.parse(findingJson(finding)),
          )
        : []
    return {
      problems,
      findings,
      outline: bundle ? outlineOf(bundle, usable ? laws.period : null) : null,
      changes: bundle && base ? changesBetween(base.model, bundle.model) : null,
      usable,
    }
  }

  sample({ packed }: LabCalls['sample']['ask']): LabCalls['sample']['answer'] {
    this.#population = unpackPopulation(packed)
    this.#runner = null
    const { households, persons } = this.#population
    return { households, persons }
  }

  /** @throws {SimulationRefused} when a law cannot be evaluated or the sample does not fit it */
  async run({ analyses, threshold, ...laws }: LabCalls['run']['ask']): Promise<SampleRun> {
    const began = performance.now()
    const { result, runner } = await this.#simulated(laws, this.#sample, { analyses, threshold })
    this.#runner = { of: keyOf(laws), runner }
    return { result, ms: performance.now() - began, compiled: this.#mayCompile }
  }

  /** @throws {RangeError} when there is no such household */
  async household(asked: LabCalls['household']['ask']): Promise<HouseholdView> {
    return householdView(await this.#runnerFor(asked), asked)
  }

  async #runnerFor(asked: Laws & HouseholdAsk): Promise<LabRunner> {
    const { household, situation } = asked
    if (situation !== null) {
      const { bundle } = this.#law({}).loaded
      if (bundle === undefined) throw new RangeError('the bundle cannot be read')
      const alone = statedHousehold(situation as Situation, household, bundle.model, this.#sample)
      return (await this.#simulated(asked, alone)).runner
    }
    const key = keyOf(asked)
    if (this.#runner?.of !== key)
      this.#runner = { of: key, runner: (await this.#simulated(asked, this.#sample)).runner }
    return this.#runner.runner
  }

  get #sample(): Population {
    if (this.#population === null) throw new RangeError('there is no sample yet')
    return this.#population
  }

  async #simulated(
    laws: Laws,
    population: Population,
    { analyses = [], threshold }: { analyses?: readonly Analysis[]; threshold?: Threshold } = {},
  ): Promise<{ result: ShownResult; runner: LabRunner }> {
    let runner: LabRunner | undefined
    const { edited, baseReforms, period } = laws
    const own = { files: this.#law({}).files, reforms: baseReforms.map((id) => ({ id })) }
    const other = { files: this.#law(edited).files, reforms: [] }
    const alike = baseReforms.length === 0 && own.files === other.files
    const load = (files: ReadonlyMap<string, string>): Loaded => this.#known(files)
    const result = await simulate(
      {
        base: own,
        reform: alike ? null : other,
        period,
        population,
        chunk: 4_096,
        load,
        ...(threshold ? { threshold } : {}),
      },
      {
        analyses,
        pool: (setup) => {
          const made = new LabRunner(setup, load, this.#mayCompile)
          runner = made
          return {
            size: 1,
            async run(task) {
              return made.run(task)
            },
          }
        },
      },
    )
    if (runner === undefined) throw new Error('the simulation asked for no runner')
    return { result: JSON.parse(exactJson(result)) as ShownResult, runner }
  }

  #base({ baseReforms }: Laws): Bundle | null {
    const { bundle } = this.#law({}).loaded
    return bundle?.withReforms(baseReforms).bundle ?? null
  }

  /** The law with changed files, loaded once. */
  #law(edited: Files): { files: ReadonlyMap<string, string>; loaded: Loaded } {
    const changed = Object.entries(edited).filter(([path, text]) => this.#files.get(path) !== text)
    const key = JSON.stringify(changed)
    let law = this.#loaded.get(key)
    if (law === undefined) {
      const files = new Map([...this.#files, ...changed])
      law = { files, loaded: loadBundle(files) }
      const [oldest] = [...this.#loaded.keys()].filter((known) => known !== '[]')
      if (this.#loaded.size > 4 && oldest !== undefined) this.#loaded.delete(oldest)
      this.#loaded.set(key, law)
    }
    return law
  }

  #known(files: ReadonlyMap<string, string>): Loaded {
    for (const law of this.#loaded.values()) if (law.files === files) return law.loaded
    return loadBundle(files)
  }
}

const keyOf = (laws: Laws): string => JSON.stringify([laws.edited, laws.baseReforms, laws.period])

function outlineOf(bundle: Bundle, period: string | null): Outline {
  const { model } = bundle
  const { parameters } = bundle.at()
  const now = (path: string): { now: string | null; unverified: boolean } => {
    const start = period === null ? null : startOf(period)
    if (start === null) return { now: null, unverified: false }
    const { value, scale, unverified } = parameters.at(path, start)
    return { now: scale || value === null ? null : toText(value), unverified: unverified.length > 0 }
  }
  return {
    parameters: [...model.parameters.values()].map((parameter) => ({
      path: parameter.path,
      file: parameter.place.file,
      title: parameter.title,
      uom: parameter.uom,
      kind: parameter.kind,
      ...now(parameter.path),
    })),
    folders: Object.fromEntries(model.folders),
    variables: Object.fromEntries(
      [...model.variables.values()].map((v) => [v.name, { title: v.title, uom: v.uom }]),
    ),
    sources: [...model.sources.values()].map(({ id, title, number }) => ({ id, title, number })),
    decisions: [...model.decisions.keys()],
  }
}

/** The first day of a month or a year. */
function startOf(period: string): string | null {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(period)) return `${period}-01`
  return /^\d{4}$/.test(period) ? `${period}-01-01` : null
}

/** Problems that an error carries, as simulations that are refused do. */
export function problemsOf(error: unknown): readonly Problem[] {
  const { problems } = (error ?? {}) as { problems?: readonly Problem[] }
  return problems ?? []
}
