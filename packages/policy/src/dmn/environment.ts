import type { FeelType } from '@nhip/feel/types'
import type { FeelValue } from '@nhip/feel/values'

/** Values by name while a model runs; inner names hide outer ones. */
export class Environment {
  readonly #outer: Environment | undefined
  readonly #values: Map<string, FeelValue>

  constructor(outer: Environment | undefined, values: Iterable<readonly [string, FeelValue]> = []) {
    this.#outer = outer
    this.#values = new Map(values)
  }

  get(name: string): FeelValue | undefined {
    const own = this.#values.get(name)
    return own === undefined ? this.#outer?.get(name) : own
  }

  set(name: string, value: FeelValue): void {
    this.#values.set(name, value)
  }
}

/** Types by name while a model is compiled: what an expression may speak of. */
export class Names {
  readonly #outer: Names | undefined
  readonly #types: ReadonlyMap<string, FeelType>

  constructor(outer: Names | undefined, types: Iterable<readonly [string, FeelType]> = []) {
    this.#outer = outer
    this.#types = new Map(types)
  }

  typeOf(name: string): FeelType | undefined {
    return this.#types.get(name) ?? this.#outer?.typeOf(name)
  }

  all(): Set<string> {
    const names = this.#outer?.all() ?? new Set<string>()
    for (const name of this.#types.keys()) names.add(name)
    return names
  }
}
