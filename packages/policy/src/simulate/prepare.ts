import type { Problem } from '@nhip/canonical/problem'
import * as number from '@nhip/feel/number'
import { Num } from '@nhip/feel/number'
import { type Loaded, loadBundle } from '../bundle/load.ts'
import type { PeriodSize, Variable } from '../bundle/model.ts'
import { periodFrom } from '../interpret/period-text.ts'
import { memoryOf } from '../population/memory.ts'
import { type Population, sharedPopulation } from '../population/population.ts'
import { bindPopulation } from './bind.ts'
import { dependenciesOf } from './dependencies.ts'
import type { BackendName } from './evaluator.ts'
import {
  DEFAULT_THRESHOLD,
  type ExtraVariable,
  extraVariable,
  groupOf,
  type LawSource,
  type OpenLaw,
  openLaw,
  type Threshold,
} from './request.ts'
import { SimulationRefused } from './runner.ts'
import type { RunnerSetup } from './task.ts'

/** What is simulated, on whom, and what is looked for. */
export interface SimulateOptions {
  readonly base: LawSource
  /** Null when there is only one law. */
  readonly reform: LawSource | null
  readonly asKnown?: string | null
  readonly period: string
  readonly population: Population
  readonly backend?: BackendName
  /** A change of income counts from so much; default {@link DEFAULT_THRESHOLD}. */
  readonly threshold?: Threshold
  /** The person's input that is raised for marginal rates, and by how much; default the first invariant's, by 100,000. */
  readonly margin?: { readonly variable: string; readonly delta: number }
  /** Households a chunk. No result depends on it. */
  readonly chunk?: number
  /** Gives the bundle of some files; who runs one law after another keeps what is loaded. Default: loads it each time. */
  readonly load?: (files: LawSource['files']) => Loaded
}

/** The two laws opened, and the set-up that every thread gets. */
export interface Prepared {
  readonly setup: RunnerSetup
  readonly base: OpenLaw
  readonly reform: OpenLaw | null
  readonly defaulted: readonly string[]
  readonly unverified: readonly string[]
  /** Invariants written in FEEL, in the order of the bundle. */
  readonly conditions: readonly ExtraVariable[]
  readonly problems: readonly Problem[]
  /** Units of the income's scale in one unit of money, as a power of ten. */
  readonly scale: number
}

/**
 * Opens the laws and fits the population to them.
 * @throws {SimulationRefused} when a law does not load, names no income, or the population does not fit it
 */
export function prepare(options: SimulateOptions): Prepared {
  const { period, asKnown = null, backend = 'kernel', load = loadBundle } = options
  const opened = (source: LawSource): { law: OpenLaw; problems: Problem[] } => {
    const { law, problems } = openLaw(source, asKnown, load(source.files))
    if (law === undefined) throw new SimulationRefused(problems)
    return { law, problems }
  }
  const base = opened(options.base)
  const reform = options.reform ? opened(options.reform) : null
  const { model } = base.law.bundle
  const income = model.outcomes.income
  if (income === null || model.variables.get(income)?.entity !== groupOf(model).key) {
    throw new SimulationRefused([
      {
        severity: 'error',
        code: 'outcomes.income',
        file: 'policy.yaml',
        path: '/outcomes/income',
        ...(income === null ? {} : { value: income }),
        message: {
          vi: 'muốn mô phỏng, outcomes.income phải là một biến của hộ',
          en: 'to be simulated, outcomes.income must be a variable of the household',
        },
      },
    ])
  }
  const { bound, problems } = bindPopulation(options.population, model)
  if (bound === undefined) throw new SimulationRefused(problems)
  const budget = [...new Set(model.outcomes.budget.map(({ variable }) => variable))]
  const wanted = [income, ...budget]
  const laws = [base.law, ...(reform ? [reform.law] : [])]
  const reached = laws.map(({ policy }) => dependenciesOf(policy, wanted, period))
  const available = bound.used
  const inputs = new Set(reached.flatMap((d) => d.inputs))
  const traced = [...new Set(reached.flatMap((d) => d.computed))].filter((name) =>
    laws.every(({ bundle }) => isTraceable(bundle.model.variables.get(name), period)),
  )
  const conditions = laws[0] ? conditionsOf(laws[0], period) : []
  const population = sharedPopulation(bound.population)
  const { households } = population
  const scale = model.variables.get(income)?.scale ?? 0
  const unit = 10 ** scale
  const { amount, percent } = options.threshold ?? DEFAULT_THRESHOLD
  const lines = model.outcomes.povertyLines.map(({ id }, i) => ({
    id,
    base: lineOf(base.law, i, period, unit, asKnown),
    reform: lineOf(reform?.law ?? base.law, i, period, unit, asKnown),
  }))
  const shared = (): Float64Array => new Float64Array(memoryOf(8 * households))
  let maxMembers = 1
  for (let h = 0; h < households; h++)
    maxMembers = Math.max(maxMembers, (population.first[h + 1] as number) - (population.first[h] as number))
  const incomeBase = shared()
  const setup: RunnerSetup = {
    base: { ...options.base, extras: conditions },
    reform: options.reform && { ...options.reform, extras: conditions },
    asKnown,
    period,
    backend,
    population,
    available,
    maxMembers,
    income,
    budget,
    breakdown: ['province', 'area'].flatMap((column) => {
      const declared = population.manifest.columns.find((c) => c.name === column && c.entity === 'household')
      return declared?.enum ? [{ column, size: declared.enum.length }] : []
    }),
    threshold: { amount: Math.round(amount * unit), permille: Math.round(percent * 10) },
    lines,
    incomeBase,
    incomeReform: reform ? shared() : incomeBase,
    tenths: new Uint8Array(memoryOf(households)),
    traced,
    chunk: options.chunk ?? 16_384,
  }
  const { start } = periodFrom(period)
  const unverified = new Set(
    laws.flatMap(({ policy }, i) =>
      [...(reached[i]?.parameters ?? [])].filter((path) =>
        policy.parameters.at(path, start).unverified.includes(path),
      ),
    ),
  )
  return {
    setup,
    base: base.law,
    reform: reform?.law ?? null,
    defaulted: [...inputs].filter((name) => !available.includes(name)).sort(),
    unverified: [...unverified].sort(),
    conditions,
    problems: [...base.problems, ...(reform?.problems ?? [])],
    scale,
  }
}

/** Invariants written in FEEL, as truth values of the household or, where they read what only persons have, of the person. */
function conditionsOf({ bundle }: OpenLaw, period: string): ExtraVariable[] {
  const { model } = bundle
  const size = periodFrom(period).kind as PeriodSize
  return model.invariants.flatMap(({ id, feel }, i): ExtraVariable[] => {
    if (feel === null) return []
    const of = (entity: string): ExtraVariable => ({
      name: `invariant_${i}_${id.replaceAll('-', '_')}`,
      entity,
      type: 'boolean',
      period: size,
      feel,
    })
    const tried = [groupOf(model).key, model.person.key].map((entity) => ({
      extra: of(entity),
      problems: bundle
        .withReforms([extraVariable(of(entity))])
        .problems.filter(({ severity }) => severity === 'error'),
    }))
    const fitting = tried.find(({ problems }) => problems.length === 0)
    if (fitting === undefined) throw new SimulationRefused(tried[0]?.problems ?? [])
    return [fitting.extra]
  })
}

/** Numbers, truth values and words of the run's own period can be compared between two runs. */
function isTraceable(variable: Variable | undefined, period: string): boolean {
  if (variable === undefined || variable.type === 'string' || variable.type === 'list') return false
  return variable.period === periodFrom(period).kind
}

/** A poverty line is FEEL over parameters: it is worked out as a variable of a household that has nobody. */
function lineOf(
  { bundle }: OpenLaw,
  i: number,
  period: string,
  unit: number,
  asKnown: string | null,
): number {
  const line = bundle.model.outcomes.povertyLines[i]
  const own = periodFrom(period)
  if (line === undefined) return 0
  const name = 'poverty_line_of_outcomes'
  const group = groupOf(bundle.model)
  const { bundle: extended, problems } = bundle.withReforms([
    extraVariable({
      name,
      entity: group.key,
      type: 'number',
      period: own.kind as PeriodSize,
      feel: line.feel,
    }),
  ])
  if (problems.some(({ severity }) => severity === 'error')) throw new SimulationRefused(problems)
  const run = extended.at({ asKnown }).case({
    period: own,
    persons: [],
    groups: new Map(
      bundle.model.groups.map((g) => [g.key, g.key === group.key ? [{ id: 'h', members: [] }] : []]),
    ),
    given: new Map(),
    requests: [],
    start: own.start,
  })
  const { value } = run.value(name, 'h', own)
  if (!(value instanceof Num)) {
    throw new SimulationRefused([
      {
        severity: 'error',
        code: 'outcomes.poverty-line',
        ...line.feel.place,
        value: line.id,
        message: {
          vi: `mức chuẩn nghèo "${line.id}" không có giá trị trong kỳ ${period}`,
          en: `the poverty line "${line.id}" has no value in ${period}`,
        },
      },
    ])
  }
  // A household is poor below the line: fractions of the smallest unit of money decide nothing.
  return Math.floor(Number(number.toText(value)) * unit + 1e-9)
}
