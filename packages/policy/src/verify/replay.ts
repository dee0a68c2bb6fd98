import { Runtime } from '@nhip/feel/runtime'
import type { FeelValue } from '@nhip/feel/values'
import { Environment, Names } from '../dmn/environment.ts'
import type { Code, Surroundings } from '../dmn/feel-text.ts'
import { ANYTHING, type ItemTypes } from '../dmn/item-type.ts'
import { compileTable } from '../dmn/table.ts'
import type { TableView } from './view.ts'

/** Runs single cases through a table by the interpreter, with values put straight into its columns. */
export class TableReplay {
  readonly #code: Code
  readonly #names: readonly string[]
  readonly #view: TableView
  #hits: readonly number[] | undefined

  constructor(view: TableView, types: ItemTypes) {
    const { table, found } = view
    this.#view = view
    this.#names = table.inputs.map((_, i) => `column ${i + 1}`)
    const inputs = table.inputs.map((input, i) => ({
      ...input,
      expression: { ...input.expression, text: this.#names[i] as string },
    }))
    const around: Surroundings = {
      itemType: (typeRef) => types.resolve(found.owner.definitions, typeRef) ?? ANYTHING,
      types: types.named(found.owner.definitions),
      report: () => {},
      matched: (_, rules) => {
        this.#hits = rules
      },
      located: () => {},
    }
    const known = [...found.names].map(([name, { type }]) => [name, type] as const)
    const own = this.#names.map((name) => [name, { kind: 'Any' } as const] as const)
    // Every rule that holds must be seen, also those that a hit policy passes over.
    const all = { ...table, inputs, hitPolicy: 'COLLECT' as const, outputs: [] }
    this.#code = compileTable(all, new Names(undefined, [...known, ...own]), around)
  }

  /** The rules that hold for a value of every column of the view; undefined where the table refuses the values. */
  hits(values: readonly FeelValue[]): readonly number[] | undefined {
    const bound = this.#view.columns.flatMap(({ inputs }, c) =>
      inputs.map((i) => [this.#names[i] as string, values[c] ?? null] as const),
    )
    this.#hits = undefined
    this.#code(new Environment(undefined, bound), new Runtime())
    return this.#hits
  }
}
