import { civilFromDays } from '@nhip/calendar/civil-date'
import { containing, previous, type TilingKind } from '@nhip/calendar/period'
import type { Bundle } from '../bundle/bundle.ts'
import { periodFrom } from '../interpret/period-text.ts'
import { weightsOf } from '../population/population.ts'
import { Assembler, type MergedTally, mergeTallies } from './assemble.ts'
import { dependenciesOf } from './dependencies.ts'
import { equalTreatment } from './equal-treatment.ts'
import { type Exact, exact } from './exact-json.ts'
import { inlinePool } from './inline-pool.ts'
import { mergeCliff } from './margin.ts'
import { type Prepared, prepare, type SimulateOptions } from './prepare.ts'
import { gini, perHead, rankOrder, tenths } from './rank.ts'
import type {
  CliffFinding,
  DateFinding,
  DeadFinding,
  FlipFinding,
  InvariantResult,
  MarginalRates,
  SensitivityLine,
  SimulationResult,
} from './result.ts'
import { Runner } from './runner.ts'
import type {
  CliffGroup,
  LawName,
  MarginTally,
  Perturbation,
  PerturbTally,
  RunnerSetup,
  SimulationPool,
  Tally,
  Task,
  TaskResult,
} from './task.ts'
import { adjustableTrials, dateTrials, flipTrials, ruleTrials, type Trials } from './trials.ts'
import { witnessOf } from './witness.ts'

/** What is worked out beside budget, winners, deciles, Gini and poverty. */
export type Analysis = 'paths' | 'emtr' | 'invariants' | 'dead' | 'sensitivity' | 'equal' | 'dates'
export const ANALYSES: readonly Analysis[] = [
  'paths',
  'emtr',
  'invariants',
  'dead',
  'sensitivity',
  'equal',
  'dates',
]

export interface RunOptions {
  readonly analyses?: readonly Analysis[]
  /** Who carries out the work; default the calling thread. */
  readonly pool?: (setup: RunnerSetup) => SimulationPool
  readonly signal?: AbortSignal
  /** Tasks done, and how many are known so far. */
  readonly onProgress?: (done: number, of: number) => void
}

/**
 * Simulates one law, or a law and its reform, on a population. The result does not depend on the number of threads, the size of chunks
 * or the back end: everything that is added is a whole number, and everything that is divided is so afterwards, once.
 *
 * @throws {SimulationRefused} when a law or the population cannot be used
 * @throws the signal's reason when cancelled
 */
export async function simulate(options: SimulateOptions, run: RunOptions = {}): Promise<SimulationResult> {
  return new Simulation(prepare(options), options, run).result()
}

/** Work on a range, before the range is known. */
type RangeTask =
  | Omit<Extract<Task, { kind: 'margin' }>, 'from' | 'to'>
  | Omit<Extract<Task, { kind: 'holds' }>, 'from' | 'to'>

class Simulation {
  readonly #prepared: Prepared
  readonly #options: SimulateOptions
  readonly #setup: RunnerSetup
  readonly #pool: SimulationPool
  readonly #run: RunOptions
  readonly #analyses: ReadonlySet<Analysis>
  #done = 0
  #known = 0

  constructor(prepared: Prepared, options: SimulateOptions, run: RunOptions) {
    this.#run = run
    this.#options = options
    this.#analyses = new Set(run.analyses ?? ANALYSES)
    const { setup } = prepared
    this.#setup =
      this.#analyses.has('paths') || this.#analyses.has('emtr') || this.#analyses.has('invariants')
        ? setup
        : { ...setup, traced: [] }
    this.#prepared = prepared
    this.#pool = (run.pool ?? inlinePool)(this.#setup)
  }

  /** The law that is looked at for flaws: the reform where there is one. */
  get #law(): LawName {
    return this.#prepared.reform ? 'reform' : 'base'
  }

  get #bundle(): Bundle {
    return (this.#prepared.reform ?? this.#prepared.base).bundle
  }

  get #trials(): Trials {
    const { setup, base, reform } = this.#prepared
    const { income, budget, period, asKnown } = setup
    return { law: reform ?? base, wanted: [income, ...budget], period, asKnown }
  }

  async result(): Promise<SimulationResult> {
    const { base, reform, scale, defaulted, unverified } = this.#prepared
    const setup = this.#setup
    const { population, income } = setup
    const weighted = weightsOf(population)
    await this.#ranges('incomes')
    const order = this.#order(setup.incomeBase)
    const persons = (row: number): number =>
      (weighted.weights[row] as number) *
      ((population.first[row + 1] as number) - (population.first[row] as number))
    setup.tenths.set(tenths(order, persons))
    const tallies = (await this.#ranges('tally')).flatMap((r): Tally[] =>
      r.kind === 'tally' ? [r.tally] : [],
    )
    const tally = mergeTallies(tallies)
    const made = new Assembler(setup, tally, weighted.scale)
    const giniOf = (of: Float64Array, at: Uint32Array): number | null =>
      gini(at, persons, (row) => (weighted.weights[row] as number) * (of[row] as number))
    const { model } = base.bundle
    const scaleOf = (name: string): number => model.variables.get(name)?.scale ?? 0
    const { manifest } = population
    return {
      nhip: 'simulation/1',
      bundle: { id: model.id, title: model.title, version: model.version },
      base: setup.base.reforms.map(nameOf),
      reform: setup.reform ? setup.reform.reforms.map(nameOf) : null,
      period: setup.period,
      synthetic: manifest.synthetic,
      population: {
        id: manifest.id,
        title: manifest.title,
        reference_date: manifest.reference_date,
        seed: manifest.seed ?? null,
      },
      rows: { persons: population.persons, households: population.households },
      persons: made.total('persons'),
      households: made.total('households'),
      income,
      budget: setup.budget.map((name, i) =>
        made.budgetLine(
          i,
          name,
          model.outcomes.budget.find(({ variable }) => variable === name)?.sign ?? 'revenue',
          scaleOf(name),
        ),
      ),
      threshold: {
        amount: exact(BigInt(setup.threshold.amount), scale),
        percent: setup.threshold.permille / 10,
      },
      winners: {
        persons: made.counts('persons'),
        households: made.counts('households'),
        by_decile: made.tenths(scale),
        by: made.moversBy(),
      },
      paths: this.#analyses.has('paths') ? made.paths(scale) : [],
      inequality: {
        gini: {
          base: giniOf(setup.incomeBase, order),
          reform: giniOf(setup.incomeReform, reform ? this.#order(setup.incomeReform) : order),
        },
        negative: { base: tally.negative[0], reform: tally.negative[1] },
        poverty: made.poverty(scale),
      },
      emtr: this.#analyses.has('emtr') ? await this.#marginalRates(made) : null,
      invariants: this.#analyses.has('invariants') ? await this.#invariants(made) : [],
      ...(await this.#flaws(tally)),
      equal_treatment: this.#analyses.has('equal')
        ? equalTreatment(new Runner(setup), model, this.#law, setup.budget)
        : [],
      flips: this.#analyses.has('equal') ? await this.#flips(made) : [],
      ...(await this.#dates()),
      defaulted,
      unknown: tally.unknown,
      unverified,
      assumptions: manifest.assumptions ?? [],
    }
  }

  #order(incomes: Float64Array): Uint32Array {
    const { first, households } = this.#setup.population
    const heads = new Float64Array(households)
    for (let h = 0; h < households; h++)
      heads[h] = perHead(incomes[h] as number, (first[h + 1] as number) - (first[h] as number))
    return rankOrder(heads)
  }

  // ── running tasks ────────────────────────────────────────────────────────────────────────────────────────────

  /** Carries out tasks, as many at once as the pool can; answers in the order of the tasks. */
  async #all(tasks: readonly Task[]): Promise<TaskResult[]> {
    this.#known += tasks.length
    const results: TaskResult[] = []
    let next = 0
    const work = async (): Promise<void> => {
      while (next < tasks.length) {
        this.#run.signal?.throwIfAborted()
        const i = next++
        results[i] = await this.#pool.run(tasks[i] as Task)
        this.#done++
        this.#run.onProgress?.(this.#done, this.#known)
      }
    }
    await Promise.all(Array.from({ length: Math.min(this.#pool.size, tasks.length) }, work))
    this.#run.signal?.throwIfAborted()
    return results
  }

  /** Ranges of whole chunks, a few for each thread. */
  #ranges(task: 'incomes' | 'tally' | RangeTask): Promise<TaskResult[]> {
    const { population, chunk } = this.#setup
    const { households } = population
    const step = chunk * Math.max(1, Math.ceil(households / chunk / (this.#pool.size * 8)))
    const tasks: Task[] = []
    for (let from = 0; from < households; from += step) {
      const range = { from, to: Math.min(households, from + step) }
      tasks.push(typeof task === 'string' ? { kind: task, ...range } : { ...task, ...range })
    }
    return this.#all(tasks)
  }

  async #perturb(changes: readonly Perturbation[]): Promise<PerturbTally[]> {
    const results = await this.#all(changes.map((change) => ({ kind: 'perturb', law: this.#law, change })))
    return results.flatMap((r) => (r.kind === 'perturb' ? [r.perturb] : []))
  }

  // ── marginal rates and invariants ────────────────────────────────────────────────────────────────────────────

  async #marginalRates(made: Assembler): Promise<SimulationResult['emtr']> {
    const { model } = this.#prepared.base.bundle
    const declared = this.#options.margin ?? {
      variable: model.invariants.find(({ increasing }) => increasing)?.increasing?.[0] ?? '',
      delta: 100_000,
    }
    const { variable } = declared
    const known = model.variables.get(variable)
    if (known === undefined || this.#setup.population.columns[variable] === undefined) return null
    const delta = Math.round(declared.delta * 10 ** (known.scale ?? 0))
    const one = async (law: LawName): Promise<MarginalRates> => {
      const target = this.#setup.income
      const merged = await this.#margin(law, variable, target, delta)
      return {
        variable,
        target,
        delta: exact(BigInt(delta), known.scale ?? 0),
        persons: made.people(merged.persons),
        above100: made.people(merged.bins[11] as bigint),
        max: merged.least === null ? null : Math.round((1 - merged.least.gain / delta) * 1e6) / 1e4,
        histogram: merged.bins.map((persons, b) => ({
          from: b === 0 ? null : (b - 1) * 10,
          to: b === 11 ? null : b * 10,
          persons: made.people(persons),
        })),
        witnesses: merged.cliffs.map((cliff) => this.#cliff(made, cliff, variable, target)),
      }
    }
    return { base: await one('base'), reform: this.#prepared.reform ? await one('reform') : null }
  }

  async #margin(law: LawName, variable: string, target: string, delta: number): Promise<MarginTally> {
    const parts = (await this.#ranges({ kind: 'margin', law, variable, target, delta })).flatMap((r) =>
      r.kind === 'margin' ? [r.margin] : [],
    )
    const groups = new Map<string, CliffGroup>()
    for (const { cliffs } of parts) for (const cliff of cliffs) mergeCliff(groups, cliff)
    let least: MarginTally['least'] = null
    for (const part of parts)
      if (part.least !== null && (least === null || part.least.gain < least.gain)) least = part.least
    return {
      people: parts.reduce((n, { people }) => n + people, 0),
      persons: parts.reduce((n, { persons }) => n + persons, 0n),
      bins: Array.from({ length: 12 }, (_, b) => parts.reduce((n, { bins }) => n + (bins[b] ?? 0n), 0n)),
      least,
      cliffs: [...groups.values()].sort((a, b) => b.people - a.people || (a.path < b.path ? -1 : 1)),
    }
  }

  #cliff(
    made: Assembler,
    { path, people, persons, money, lowest, highest, witness }: CliffGroup,
    variable: string,
    target: string,
  ): CliffFinding {
    const { model } = this.#bundle
    const [own, of] = [model.variables.get(variable)?.scale ?? 0, model.variables.get(target)?.scale ?? 0]
    return {
      path,
      people,
      persons: made.people(persons),
      money: made.money(money, of),
      lowest_threshold: exact(BigInt(lowest), own),
      highest_threshold: exact(BigInt(highest), own),
      witness: {
        ...witnessOf(this.#setup.population, model, witness.household, witness.member, {
          variable,
          value: witness.threshold,
        }),
        variable,
        threshold: exact(BigInt(witness.threshold), own),
        before: exact(BigInt(witness.before), of),
        after: exact(BigInt(witness.after), of),
      },
    }
  }

  async #invariants(made: Assembler): Promise<InvariantResult[]> {
    const { model } = this.#bundle
    const out: InvariantResult[] = []
    for (const { id, increasing, severity } of model.invariants) {
      if (increasing === null || this.#setup.population.columns[increasing[0]] === undefined) continue
      const [variable, target] = increasing
      const delta = 100_000 * 10 ** (model.variables.get(variable)?.scale ?? 0)
      const { cliffs } = await this.#margin(this.#law, variable, target, delta)
      out.push({
        id,
        severity,
        ok: cliffs.length === 0,
        people: cliffs.reduce((n, { people }) => n + people, 0),
        persons: made.people(cliffs.reduce((n, { persons }) => n + persons, 0n)),
        witnesses: cliffs.map((cliff) => this.#cliff(made, cliff, variable, target)),
        witness: null,
      })
    }
    const written = model.invariants.filter(({ feel }) => feel !== null)
    for (const [i, { name }] of this.#prepared.conditions.entries()) {
      const { id = name, severity = 'warning' } = written[i] ?? {}
      const parts = (await this.#ranges({ kind: 'holds', law: this.#law, variable: name })).flatMap((r) =>
        r.kind === 'holds' ? [r.holds] : [],
      )
      const first = parts.find((part) => part.first !== null)?.first ?? null
      out.push({
        id,
        severity,
        ok: first === null,
        people: parts.reduce((n, { broken }) => n + broken, 0),
        persons: made.people(parts.reduce((n, { persons }) => n + persons, 0n)),
        witnesses: [],
        witness: first && witnessOf(this.#setup.population, model, first.household, first.member),
      })
    }
    return out
  }

  // ── parameters and rules ─────────────────────────────────────────────────────────────────────────────────────

  async #flaws(tally: MergedTally): Promise<{ dead: DeadFinding[]; sensitivity: SensitivityLine[] }> {
    const { setup } = this.#prepared
    const { policy, bundle } = this.#prepared.reform ?? this.#prepared.base
    const { model } = bundle
    const wanted = [setup.income, ...setup.budget]
    const { parameters } = dependenciesOf(policy, wanted, setup.period)
    const dead: DeadFinding[] = []
    const sensitivity: SensitivityLine[] = []
    if (this.#analyses.has('dead')) {
      for (const path of model.parameters.keys())
        if (!parameters.has(path)) dead.push({ kind: 'parameter', name: path, how: 'never-read' })
      const law = this.#law === 'reform' ? 1 : 0
      for (const [i, name] of setup.budget.entries()) {
        const hit = tally.nonzero[i]?.[law] ?? 0
        if (hit === 0) dead.push({ kind: 'budget', name, how: 'nobody' })
        else if (hit === tally.rows[i]) dead.push({ kind: 'budget', name, how: 'everybody' })
      }
      dead.push(...(await this.#deadRules()))
    }
    if (this.#analyses.has('sensitivity')) {
      const { start } = periodFrom(setup.period)
      const lines = adjustableTrials(this.#trials)
      const tried = await this.#perturb(
        lines.flatMap(({ path, step }) =>
          [step, `-${step}`].map((add) => ({ nudge: { path, add, from: start } })),
        ),
      )
      const [unchanged] = await this.#perturb([{}])
      for (const [i, { path, step }] of lines.entries()) {
        const [up, down] = [tried[2 * i], tried[2 * i + 1]].map((one) => this.#difference(one, unchanged))
        sensitivity.push({ parameter: path, step, up: up ?? null, down: down ?? null })
        if (
          this.#analyses.has('dead') &&
          tried[2 * i]?.changed === 0 &&
          tried[2 * i + 1]?.changed === 0 &&
          isZero(up) &&
          isZero(down)
        )
          dead.push({ kind: 'parameter', name: path, how: 'never-decisive' })
      }
      const size = ({ up, down }: SensitivityLine): number =>
        Math.max(
          ...[up, down]
            .flatMap((side) => (side ? [side.income, ...Object.values(side.budget)] : []))
            .map((x) => Math.abs(Number(x))),
          0,
        )
      sensitivity.sort((a, b) => size(b) - size(a) || (a.parameter < b.parameter ? -1 : 1))
    }
    return { dead, sensitivity }
  }

  #difference(one: PerturbTally | undefined, unchanged: PerturbTally | undefined): SensitivityLine['up'] {
    if (one === undefined || unchanged === undefined || one.problems.length > 0) return null
    const { model } = this.#bundle
    const scale = weightsOf(this.#setup.population).scale
    const money = (units: bigint, name: string): Exact =>
      exact(units, scale + (model.variables.get(name)?.scale ?? 0))
    return {
      income: money(one.income - unchanged.income, this.#setup.income),
      persons: exact(one.changedPersons, scale),
      budget: Object.fromEntries(
        this.#setup.budget.map((name, i) => [
          name,
          money((one.budget[i] ?? 0n) - (unchanged.budget[i] ?? 0n), name),
        ]),
      ),
    }
  }

  /** Rules of decision tables without which nobody's income or budget line is another. */
  async #deadRules(): Promise<DeadFinding[]> {
    const { start } = periodFrom(this.#prepared.setup.period)
    const rules = ruleTrials(this.#trials)
    if (rules.length === 0) return []
    const [unchanged] = await this.#perturb([{}])
    const tried = await this.#perturb(
      rules.map(({ table, rule }) => ({ without: { table, rule, from: start } })),
    )
    return tried.flatMap((one, i) => {
      const { table, rule } = rules[i] as (typeof rules)[number]
      const same = one.problems.length === 0 && one.changed === 0 && isZero(this.#difference(one, unchanged))
      return same ? [{ kind: 'rule' as const, name: `${table} ${rule}`, how: 'never-decisive' as const }] : []
    })
  }

  // ── protected attributes and dates ───────────────────────────────────────────────────────────────────────────

  /** Whose income changes when a word that the law does not declare relevant is another? */
  async #flips(made: Assembler): Promise<FlipFinding[]> {
    const { model } = this.#bundle
    const { population, available } = this.#setup
    const columns = flipTrials(model, available)
    const tried = await this.#perturb(columns.map((flip) => ({ flip })))
    return tried.map(({ changed, changedPersons, first }, i) => ({
      column: columns[i]?.column ?? '',
      households: changed,
      persons: made.people(changedPersons),
      witness: first < 0 ? null : witnessOf(population, model, first, 0),
    }))
  }

  async #dates(): Promise<Pick<SimulationResult, 'dates' | 'births'>> {
    if (!this.#analyses.has('dates')) return { dates: [], births: null }
    const { setup } = this.#prepared
    const { bundle } = this.#prepared.reform ?? this.#prepared.base
    const own = periodFrom(setup.period)
    const pairs = dateTrials(this.#trials).map((date) => {
      const after = containing(date, own.kind as TilingKind)
      // A rule that begins within a period holds from the next: the law is that of a period's first day.
      const begins = after.start === date ? after : periodAfter(after.start, own.kind as TilingKind, date)
      return { date, before: previous(begins).text, after: begins.text }
    })
    const tried = await this.#perturb(
      pairs.flatMap(({ before, after }) => [{ period: before }, { period: after }]),
    )
    const scale = weightsOf(setup.population).scale
    const dates = pairs.flatMap(({ date, before, after }, i): DateFinding[] => {
      const [a, b] = [tried[2 * i], tried[2 * i + 1]]
      if (!a || !b || a.problems.length > 0 || b.problems.length > 0) return []
      return [
        {
          date,
          before,
          after,
          budget: Object.fromEntries(
            setup.budget.map((name, k) => {
              const decimals = scale + (bundle.model.variables.get(name)?.scale ?? 0)
              const sum = (of: PerturbTally): bigint | null =>
                (of.unknown[k] ?? 0) > 0 ? null : (of.budget[k] ?? 0n)
              const [x, y] = [sum(a), sum(b)]
              const shown = (units: bigint | null): Exact | null =>
                units === null ? null : exact(units, decimals)
              return [
                name,
                {
                  before: shown(x),
                  after: shown(y),
                  difference: shown(x === null || y === null ? null : y - x),
                },
              ]
            }),
          ),
        },
      ]
    })
    return { dates, births: await this.#births() }
  }

  /** Who would be treated otherwise if born a day earlier or later, and how many are born on 29 February. */
  async #births(): Promise<SimulationResult['births']> {
    const { model } = this.#bundle
    const column = this.#setup.available.find(
      (name) => model.variables.get(name)?.type === 'date' && this.#setup.population.columns[name],
    )
    if (column === undefined) return null
    const [earlier, later] = await this.#perturb([
      { shift: { column, by: -1 } },
      { shift: { column, by: 1 } },
    ])
    let leap = 0
    const { data, valid } = this.#setup.population.columns[column] as {
      data: ArrayLike<number>
      valid?: Uint8Array
    }
    for (let i = 0; i < data.length; i++) {
      if (valid?.[i] === 0) continue
      const { month, day } = civilFromDays(data[i] as number)
      if (month === 2 && day === 29) leap++
    }
    return { day_earlier: earlier?.changed ?? 0, day_later: later?.changed ?? 0, on_29_february: leap }
  }
}

const nameOf = (source: { id: string } | { file: string }): string =>
  'id' in source ? source.id : source.file

function isZero(side: SensitivityLine['up'] | undefined): boolean {
  return side != null && [side.income, ...Object.values(side.budget)].every((x) => x === 0n)
}

function periodAfter(start: string, kind: TilingKind, date: string): ReturnType<typeof containing> {
  let at = containing(start, kind)
  while (at.start < date) at = containing(nextStart(at), kind)
  return at
}

function nextStart({ end }: ReturnType<typeof containing>): string {
  return end
}
