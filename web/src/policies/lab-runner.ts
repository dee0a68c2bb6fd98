import type { Problem } from '@nhip/canonical/problem'
import type { Loaded } from '@nhip/policy/bundle/load'
import type { Policy } from '@nhip/policy/interpret/policy'
import { lower } from '@nhip/policy/ir/lower'
import { compileClosures } from '@nhip/policy/kernel/closures'
import { compileKernel } from '@nhip/policy/kernel/compile'
import type { Columns, Kernel } from '@nhip/policy/kernel/contract'
import type { Evaluator, OutputColumn } from '@nhip/policy/simulate/evaluator'
import { openLaw } from '@nhip/policy/simulate/request'
import { Runner, SimulationRefused } from '@nhip/policy/simulate/runner'
import type { LawName, RunnerSetup } from '@nhip/policy/simulate/task'

/**
 * The runner of simulations in a browser. Laws that are already loaded are not loaded again, and where the page's security policy
 * forbids code from text, the same graph runs through closures.
 */
export class LabRunner extends Runner {
  readonly #load: (files: ReadonlyMap<string, string>) => Loaded
  readonly #compile: typeof compileKernel
  readonly #laws = new Map<LawName, Policy>()
  readonly #made = new Map<string, Evaluator>()

  constructor(setup: RunnerSetup, load: (files: ReadonlyMap<string, string>) => Loaded, mayCompile: boolean) {
    super(setup)
    this.#load = load
    this.#compile = mayCompile ? compileKernel : compileClosures
  }

  /** The law of one side, with everything that the set-up lays on it. @throws {SimulationRefused} */
  policy(name: LawName): Policy {
    const known = this.#laws.get(name)
    if (known) return known
    const source = name === 'reform' && this.setup.reform ? this.setup.reform : this.setup.base
    const { law, problems } = openLaw(source, this.setup.asKnown, this.#load(source.files))
    if (law === undefined) throw new SimulationRefused(problems)
    this.#laws.set(name, law.policy)
    return law.policy
  }

  override evaluator(law: LawName | 'both', outputs: readonly string[]): Evaluator {
    const key = `${law} ${outputs.join(' ')}`
    const known = this.#made.get(key)
    if (known) return known
    const both = law === 'both' && this.setup.reform !== null
    const base = this.policy(law === 'both' ? 'base' : law)
    const made = this.#lowered(base, both ? this.policy('reform') : null, outputs)
    this.#made.set(key, made)
    return made
  }

  #lowered(base: Policy, reform: Policy | null, outputs: readonly string[]): Evaluator {
    const { period, available, maxMembers } = this.setup
    const options = { period, available: new Set(available), maxMembers, memo: true }
    const own = lower(base, outputs, options)
    const other = reform ? lower(reform, outputs, options) : null
    const problems: Problem[] = [...own.problems, ...(other?.problems ?? [])]
    if (own.ir === null || (other && other.ir === null)) throw new SimulationRefused(problems)
    const kernel = this.#compile({ base: own.ir, ...(other?.ir ? { reform: other.ir } : {}), outputs })
    return evaluatorOf(kernel)
  }
}

function evaluatorOf(kernel: Kernel): Evaluator {
  let room = { persons: 0, households: 0 }
  let columns: Columns = {}
  return {
    inputs: [...kernel.inputs.person, ...kernel.inputs.household],
    run(chunk) {
      if (chunk.persons > room.persons || chunk.households > room.households) {
        room = {
          persons: Math.max(chunk.persons, room.persons),
          households: Math.max(chunk.households, room.households),
        }
        columns = kernel.columns(room.persons, room.households)
      }
      kernel.run(chunk, columns)
      const out: Record<string, OutputColumn> = {}
      for (const { name, level } of kernel.outputs) {
        const column = columns[name]
        if (column) out[name] = { ...column, level: level === 'person' ? 'person' : 'household' }
      }
      return out
    },
  }
}
