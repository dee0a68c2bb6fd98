import type { Problem } from '@nhip/canonical/problem'
import { Policy, type PolicyOptions } from '../interpret/policy.ts'
import { compileProgram, type Program } from '../interpret/program.ts'
import { applyReform } from './apply-reform.ts'
import type { BundleModel } from './model.ts'
import { suggestion } from './nearest.ts'
import type { PolicyTest } from './policy-test.ts'
import type { ReformFile } from './reform.ts'

/** A loaded bundle. Immutable: a reform gives another one. */
export class Bundle {
  readonly model: BundleModel
  readonly program: Program
  readonly reforms: readonly ReformFile[]
  readonly tests: readonly PolicyTest[]
  readonly #policies = new Map<string, Policy>()

  constructor(
    model: BundleModel,
    program: Program,
    reforms: readonly ReformFile[],
    tests: readonly PolicyTest[],
  ) {
    this.model = model
    this.program = program
    this.reforms = reforms
    this.tests = tests
  }

  /**
   * The bundle with reforms laid on it in the order given: ids of the bundle's own, or reforms read from elsewhere. A
   * patch that hits nothing and whatever the patched bundle lacks are problems.
   */
  withReforms(wanted: readonly (string | ReformFile)[]): { bundle: Bundle; problems: Problem[] } {
    if (wanted.length === 0) return { bundle: this, problems: [] }
    const problems: Problem[] = []
    let model = this.model
    for (const one of wanted) {
      const reform = typeof one === 'string' ? this.reforms.find(({ id }) => id === one) : one
      if (reform === undefined) {
        const hint = suggestion(
          String(one),
          this.reforms.map(({ id }) => id),
        )
        problems.push({
          severity: 'error',
          code: 'name.unknown',
          value: String(one),
          message: { vi: `không có cải cách "${one}"`, en: `there is no reform "${one}"` },
          ...(hint ? { hint } : {}),
        })
        continue
      }
      model = applyReform(model, reform, problems)
    }
    const compiled = compileProgram(model)
    return {
      bundle: new Bundle(model, compiled.program, this.reforms, this.tests),
      problems: [...problems, ...compiled.problems],
    }
  }

  /** The law as it was known on a day. The same one is given for the same day again. */
  at(options: PolicyOptions = {}): Policy {
    if (options.parameters !== undefined) return new Policy(this.program, options)
    const key = options.asKnown ?? ''
    let policy = this.#policies.get(key)
    if (policy === undefined) {
      policy = new Policy(this.program, options)
      this.#policies.set(key, policy)
    }
    return policy
  }
}
