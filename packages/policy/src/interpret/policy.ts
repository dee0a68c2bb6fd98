import type { CivilDate } from '@nhip/calendar/civil-date'
import type { FeelValue } from '@nhip/feel/values'
import { Case } from './case.ts'
import { ParametersAt } from './parameters.ts'
import type { CompiledFormula, CompiledVariable, Program } from './program.ts'
import type { Situation } from './situation.ts'

export interface PolicyOptions {
  /** Only what was enacted by this day is seen. Default: everything. */
  readonly asKnown?: CivilDate | null
  /** Values that replace parameters on every date: for trying things out. */
  readonly parameters?: ReadonlyMap<string, FeelValue>
}

/**
 * The law of a bundle as it was known on a day: evaluates any number of situations. Parameters and the choice of
 * formulas are worked out once a day or period asked, values of a situation once each.
 */
export class Policy {
  readonly program: Program
  readonly parameters: ParametersAt
  readonly #formulas = new Map<CompiledVariable, Map<string, CompiledFormula | null>>()

  constructor(program: Program, { asKnown = null, parameters }: PolicyOptions = {}) {
    this.program = program
    this.parameters = new ParametersAt(program.model, asKnown, program.compute, parameters)
  }

  /** Begins the evaluation of one situation; nothing is worked out until asked for. */
  case(situation: Situation): Case {
    return new Case(this, situation)
  }

  /** The formula of a variable for a period that begins on a day; null when there is none. */
  formulaOf(variable: CompiledVariable, start: CivilDate | null): CompiledFormula | null {
    if (variable.formulas.length === 0) return null
    const key = start ?? ''
    let byStart = this.#formulas.get(variable)
    if (byStart === undefined) {
      byStart = new Map()
      this.#formulas.set(variable, byStart)
    }
    const known = byStart.get(key)
    if (known !== undefined) return known
    const found = variable.formulas.find(
      ({ formula }) => formula.from === null || start === null || formula.from <= start,
    )
    const ended = found?.formula.to != null && start !== null && start > found.formula.to
    const formula = found === undefined || ended ? null : found
    byStart.set(key, formula)
    return formula
  }
}
