import { BUILT_IN_NAMES } from '@nhip/feel/builtins'
import { parse } from '@nhip/feel/parse'
import { print } from '@nhip/feel/print'
import { equal, type FeelValue } from '@nhip/feel/values'
import { listedValues } from '../dmn/item-type.ts'
import type { LinkedModel } from '../dmn/link.ts'
import type { DecisionTable, FeelText } from '../dmn/model.ts'
import { componentOf, type Declared, declaredType } from './declared.ts'
import type { FoundTable } from './find-tables.ts'
import { constantOf } from './test-form.ts'

/** One output entry: its value where it is a constant, and its text in one spelling. */
export interface OutputEntry {
  readonly source: FeelText | undefined
  readonly constant: { readonly value: FeelValue } | undefined
  readonly text: string
}

/** The right side of a table. */
export interface Outputs {
  readonly columns: readonly OutputColumn[]
  /** By rule and output column. */
  readonly rules: readonly (readonly OutputEntry[])[]
  /** What is given where no rule holds; undefined where that is nothing. */
  readonly otherwise: readonly OutputEntry[] | undefined
}

export interface OutputColumn {
  readonly name: string
  readonly declared: Declared
  /** Lists of allowed values, and the order of priority where there is one. */
  readonly allowed: readonly FeelText[]
  readonly order: readonly FeelValue[] | undefined
}

export function outputsOf(model: LinkedModel, { table, names, owner }: FoundTable): Outputs {
  const readable = [...names.keys()]
  const entry = (source: FeelText | undefined): OutputEntry => {
    if (source === undefined || source.text.trim() === '') return { source, constant: undefined, text: '' }
    const { ast, problems } = parse(
      source.text,
      { names: readable, typeOf: (name) => names.get(name)?.type, functions: BUILT_IN_NAMES },
      { unknownNames: 'keep' },
    )
    return { source, constant: problems.length > 0 ? undefined : constantOf(ast), text: print(ast) }
  }
  const whole = declaredType(model, owner.definitions, owner.element.variable.typeRef)
  const columns = table.outputs.map((output): OutputColumn => {
    const own = declaredType(model, owner.definitions, output.typeRef)
    const result = isSingle(table) ? resultOf(model, table, whole, output.name) : undefined
    const declared = own.kind === 'Any' && result ? result : own
    const allowed = [...(output.values ? [output.values] : []), ...own.allowed]
    const listed = output.values ?? own.allowed.at(-1)
    return {
      name: output.name ?? '',
      declared,
      allowed: [
        ...allowed,
        ...(result && result !== declared ? result.allowed : own === declared ? [] : declared.allowed),
      ],
      order: listed && listedValues(listed),
    }
  })
  const defaults = table.outputs.map(({ defaultEntry }) => entry(defaultEntry))
  return {
    columns,
    rules: table.rules.map((rule) => table.outputs.map((_, i) => entry(rule.outputs[i]))),
    otherwise: table.outputs.some(({ defaultEntry }) => defaultEntry) ? defaults : undefined,
  }
}

/** What the table's whole result is declared to be, for one of its outputs. */
function resultOf(
  model: LinkedModel,
  table: DecisionTable,
  whole: Declared,
  name: string | undefined,
): Declared | undefined {
  if (table.outputs.length === 1) return whole.kind === 'context' || whole.kind === 'list' ? undefined : whole
  return whole.kind === 'context' && name !== undefined ? componentOf(model, whole, name) : undefined
}

/** Whether one rule gives the result, not a list or sum of several. */
export function isSingle({ hitPolicy }: DecisionTable): boolean {
  return hitPolicy === 'UNIQUE' || hitPolicy === 'ANY' || hitPolicy === 'FIRST' || hitPolicy === 'PRIORITY'
}

/** Whether two rules give the same: surely, surely not, or undefined where that depends on the case. */
export function sameOutput(a: readonly OutputEntry[], b: readonly OutputEntry[]): boolean | undefined {
  let sure = true
  for (const [i, one] of a.entries()) {
    const other = b[i] as OutputEntry
    if (one.text === other.text) continue
    if (!one.constant || !other.constant) {
      if (one.text === '' || other.text === '') {
        const known = one.constant ?? other.constant
        if (known && known.value !== null) return false
      }
      sure = false
      continue
    }
    if (equal(one.constant.value, other.constant.value) !== true) return false
  }
  return sure ? true : undefined
}

/** The rank of a rule by the order of output values, column by column; undefined where an output is not constant. */
export function rankOf({ columns }: Outputs, row: readonly OutputEntry[]): readonly number[] | undefined {
  const ranks: number[] = []
  for (const [i, { order }] of columns.entries()) {
    const value = row[i]?.text === '' ? null : row[i]?.constant?.value
    if (order === undefined) {
      ranks.push(Number.MAX_SAFE_INTEGER)
      continue
    }
    if (value === undefined) return undefined
    const at = order.findIndex((listed) => equal(listed, value) === true)
    ranks.push(at < 0 ? Number.MAX_SAFE_INTEGER : at)
  }
  return ranks
}

/** Negative when the first rank is stronger. */
export function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [i, rank] of a.entries()) if (rank !== b[i]) return rank - (b[i] as number)
  return 0
}
