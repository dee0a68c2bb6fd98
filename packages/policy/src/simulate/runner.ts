import type { Problem } from '@nhip/canonical/problem'
import { loadBundle } from '../bundle/load.ts'
import type { Policy } from '../interpret/policy.ts'
import { chunkOf, entitiesOf, type PopulationChunk, weightsOf } from '../population/population.ts'
import { makeEvaluator } from './backend.ts'
import type { Evaluator, OutputColumn } from './evaluator.ts'
import { ExactSums } from './exact-sum.ts'
import { marginOf } from './margin.ts'
import { type LawSource, openLaw } from './request.ts'
import { tallyOf } from './tally.ts'
import type {
  HoldsTally,
  LawName,
  Perturbation,
  PerturbTally,
  RunnerSetup,
  Task,
  TaskResult,
} from './task.ts'

/** A law or column that cannot be simulated; the problems say where. */
export class SimulationRefused extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ message }) => message.en).join('; ') || 'the simulation was refused')
    this.problems = problems
  }
}

/** Carries out the tasks of one simulation on one thread. Compiled laws and scratch space are kept between tasks. */
export class Runner {
  readonly setup: RunnerSetup
  readonly weights: ReturnType<typeof weightsOf>['weights']
  readonly entities: ReadonlyMap<string, 'person' | 'household'>
  readonly #policies = new Map<LawName, Policy>()
  readonly #loaded = new Map<ReadonlyMap<string, string>, ReturnType<typeof loadBundle>>()
  readonly #evaluators = new Map<string, Evaluator>()

  constructor(setup: RunnerSetup) {
    this.setup = setup
    this.weights = weightsOf(setup.population).weights
    this.entities = entitiesOf(setup.population.manifest)
  }

  /** @throws {SimulationRefused} when the law cannot be evaluated by the back end */
  run(task: Task): TaskResult {
    switch (task.kind) {
      case 'incomes':
        this.#incomes(task.from, task.to)
        return { kind: 'incomes' }
      case 'tally':
        return { kind: 'tally', tally: tallyOf(this, task.from, task.to) }
      case 'margin':
        return { kind: 'margin', margin: marginOf(this, task) }
      case 'holds':
        return { kind: 'holds', holds: this.#holds(task) }
      case 'perturb':
        return { kind: 'perturb', perturb: this.#perturb(task.law, task.change) }
    }
  }

  /** Pieces of a range, of the set number of households. */
  *chunks(from: number, to: number): Generator<{ chunk: PopulationChunk; from: number }> {
    for (let at = from; at < to; at += this.setup.chunk) {
      const end = Math.min(to, at + this.setup.chunk)
      yield { chunk: chunkOf(this.setup.population, at, end), from: at }
    }
  }

  /** An evaluator of one law, or of both in one pass. */
  evaluator(law: LawName | 'both', outputs: readonly string[]): Evaluator {
    const key = `${law} ${outputs.join(' ')}`
    let made = this.#evaluators.get(key)
    if (made === undefined) {
      const both = law === 'both' && this.setup.reform !== null
      const base = this.#policy(law === 'both' ? 'base' : law)
      made = this.#make(base, both ? this.#policy('reform') : null, outputs, this.setup.period)
      this.#evaluators.set(key, made)
    }
    return made
  }

  #make(base: Policy, reform: Policy | null, outputs: readonly string[], period: string): Evaluator {
    const { evaluator, problems } = makeEvaluator(this.setup.backend, base, reform, {
      period,
      outputs,
      available: new Set(this.setup.available),
      maxMembers: this.setup.maxMembers,
    })
    if (evaluator === null) throw new SimulationRefused(problems)
    return evaluator
  }

  #policy(law: LawName): Policy {
    let policy = this.#policies.get(law)
    if (policy === undefined) {
      policy = this.#open(law === 'reform' && this.setup.reform ? this.setup.reform : this.setup.base)
      this.#policies.set(law, policy)
    }
    return policy
  }

  #open(source: LawSource): Policy {
    let loaded = this.#loaded.get(source.files)
    if (loaded === undefined) {
      loaded = loadBundle(source.files)
      this.#loaded.set(source.files, loaded)
    }
    const { law, problems } = openLaw(source, this.setup.asKnown, loaded)
    if (law === undefined) throw new SimulationRefused(problems)
    return law.policy
  }

  #incomes(from: number, to: number): void {
    const { income, incomeBase, incomeReform, reform } = this.setup
    const evaluator = this.evaluator('both', [income])
    for (const { chunk, from: at } of this.chunks(from, to)) {
      const out = evaluator.run(chunk)
      const base = out[income] as OutputColumn
      const other = reform ? (out[`reform:${income}`] as OutputColumn) : base
      for (let h = 0; h < chunk.households; h++) {
        incomeBase[at + h] = base.valid?.[h] === 0 ? 0 : (base.data[h] as number)
        incomeReform[at + h] = other.valid?.[h] === 0 ? 0 : (other.data[h] as number)
      }
    }
  }

  #holds({ law, variable, from, to }: Extract<Task, { kind: 'holds' }>): HoldsTally {
    const evaluator = this.evaluator(law, [variable])
    let broken = 0
    let persons = 0n
    let first: HoldsTally['first'] = null
    for (const { chunk, from: at } of this.chunks(from, to)) {
      const { level, data, valid } = evaluator.run(chunk)[variable] as OutputColumn
      for (let h = 0; h < chunk.households; h++) {
        const begin = chunk.first[h] as number
        const end = chunk.first[h + 1] as number
        const household = level === 'household'
        for (let r = household ? h : begin; r < (household ? h + 1 : end); r++) {
          if (data[r] === 1 && valid?.[r] !== 0) continue
          broken++
          persons += BigInt((this.weights[at + h] as number) * (household ? end - begin : 1))
          first ??= { household: at + h, member: household ? 0 : r - begin }
        }
      }
    }
    return { broken, persons, first }
  }

  #perturb(law: LawName, change: Perturbation): PerturbTally {
    const { setup } = this
    const source = law === 'reform' && setup.reform ? setup.reform : setup.base
    const patched = {
      ...source,
      ...(change.nudge ? { nudge: change.nudge } : {}),
      ...(change.without ? { without: change.without } : {}),
    }
    const budget = [...new Set([setup.income, ...setup.budget])]
    let evaluator: Evaluator
    try {
      evaluator =
        change.nudge || change.without || change.period
          ? this.#make(this.#open(patched), null, budget, change.period ?? setup.period)
          : this.evaluator(law, budget)
    } catch (error) {
      // A nudge may cross two thresholds, a table may need its rule: then there is nothing to compare.
      if (!(error instanceof SimulationRefused)) throw error
      return {
        budget: [],
        unknown: [],
        income: 0n,
        changed: 0,
        changedPersons: 0n,
        first: -1,
        problems: error.problems,
      }
    }
    const before = law === 'reform' ? setup.incomeReform : setup.incomeBase
    const sums = new ExactSums(setup.budget.length + 2)
    const unknown = setup.budget.map(() => 0)
    let changed = 0
    let first = -1
    for (const { chunk, from } of this.chunks(0, setup.population.households)) {
      const out = evaluator.run(perturbed(chunk, change))
      const income = out[setup.income] as OutputColumn
      for (let h = 0; h < chunk.households; h++) {
        const weight = this.weights[from + h] as number
        const value = income.valid?.[h] === 0 ? 0 : (income.data[h] as number)
        sums.addProduct(setup.budget.length, value, weight)
        if (value !== before[from + h]) {
          changed++
          if (first < 0) first = from + h
          sums.add(
            setup.budget.length + 1,
            weight * ((chunk.first[h + 1] as number) - (chunk.first[h] as number)),
          )
        }
        for (const [i, name] of setup.budget.entries()) {
          const column = out[name] as OutputColumn
          const household = column.level === 'household'
          const last = household ? h + 1 : (chunk.first[h + 1] as number)
          for (let r = household ? h : (chunk.first[h] as number); r < last; r++) {
            if (column.valid?.[r] === 0) unknown[i] = (unknown[i] as number) + 1
            else sums.addProduct(i, column.data[r] as number, weight)
          }
        }
      }
    }
    return {
      budget: setup.budget.map((_, i) => sums.total(i)),
      unknown,
      income: sums.total(setup.budget.length),
      changed,
      changedPersons: sums.total(setup.budget.length + 1),
      first,
      problems: [],
    }
  }
}

/** A chunk with one column moved or its codes turned on. */
function perturbed(chunk: PopulationChunk, { shift, flip }: Perturbation): PopulationChunk {
  const name = shift?.column ?? flip?.column
  const column = name === undefined ? undefined : chunk.columns[name]
  if (name === undefined || column === undefined) return chunk
  const data = column.data.slice()
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number
    if (shift) data[i] = value + shift.by
    else if (flip) data[i] = value + 1 === flip.size ? 0 : value + 1
  }
  return { ...chunk, columns: { ...chunk.columns, [name]: { ...column, data } } }
}
