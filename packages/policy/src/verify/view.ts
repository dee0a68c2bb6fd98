import type { Node, TestsNode } from '@nhip/feel/ast'
import { walk } from '@nhip/feel/ast'
import { BUILT_IN_NAMES } from '@nhip/feel/builtins'
import { check } from '@nhip/feel/check'
import { parse } from '@nhip/feel/parse'
import { print } from '@nhip/feel/print'
import type { FeelType } from '@nhip/feel/types'
import type { LinkedModel } from '../dmn/link.ts'
import type { DecisionTable, FeelText } from '../dmn/model.ts'
import type { Box } from './box.ts'
import { type CellSets, Column } from './column.ts'
import {
  componentOf,
  type Declared,
  declaredType,
  formsOfAllowed,
  formsOfFacets,
  scaleOfType,
} from './declared.ts'
import type { FoundTable } from './find-tables.ts'
import { type IndexSet, intersect, run, union } from './index-set.ts'
import type { KnownName, KnownNames } from './known-names.ts'
import { type Outputs, outputsOf } from './outputs.ts'
import { readCell } from './read-cell.ts'
import { columnOfSides, isComparable, type SplitForm, sidesIn, splitForm } from './relations.ts'
import { formOfCell, isOpaque, type Side, type TestForm } from './test-form.ts'

/** Where the values of a column come from. */
export type Origin =
  /** Input data, an upstream decision, a parameter: a name, or components of it. */
  | {
      readonly kind: 'name'
      readonly name: string
      readonly known: KnownName
      readonly path: readonly string[]
    }
  /** Worked out from names. */
  | { readonly kind: 'computed'; readonly reads: readonly string[] }

/** One column of the analysis: inputs of a table with the same expression are one. */
export interface ViewColumn {
  readonly column: Column
  /** The same without what upstream decisions can give; undefined where nothing is upstream. */
  readonly declared: Column | undefined
  readonly inputs: readonly number[]
  readonly origin: Origin
  /** Of a column that is none of the table's: on which side of another value a column's lies. */
  readonly relation?: { readonly left: number; readonly operand: Node; readonly text: string }
  /** True when its real values may not reach to both ends of its domain: nothing says how far they go. */
  readonly openEnded: boolean
}

export interface ViewCell {
  readonly source: FeelText | undefined
  readonly ast: TestsNode
  readonly form: TestForm
  /** In one spelling, as two rules may share it. */
  readonly text: string
  readonly opaque: boolean
}

/** A decision table as sets: what the checks look at. */
export interface TableView {
  readonly found: FoundTable
  readonly table: DecisionTable
  readonly decision: string
  readonly columns: readonly ViewColumn[]
  /** By rule and input of the table. */
  readonly cells: readonly (readonly ViewCell[])[]
  /** The values for which a rule surely holds, by rule. */
  readonly must: readonly Box[]
  /** The values for which it may hold. */
  readonly may: readonly Box[]
  readonly domain: Box
  readonly outputs: Outputs
}

/** What is known of the values that a name or a component of it can have. */
export interface Reachable {
  readonly form: TestForm
  readonly nullable: boolean
}

export type ReachableOf = (known: KnownName, path: readonly string[]) => Reachable | undefined

/** Turns a table into sets. `reachable` says what upstream decisions can give. */
export function viewOf(model: LinkedModel, found: FoundTable, reachable: ReachableOf): TableView {
  const { table, names, owner } = found
  const readable = [...names.keys()]
  const inputs = table.inputs.map((input) => {
    const { ast } = parse(
      input.expression.text,
      { names: readable, typeOf: (name) => names.get(name)?.type, functions: BUILT_IN_NAMES },
      { unknownNames: 'keep' },
    )
    return { input, ast, name: print(ast), origin: originOf(ast, names) }
  })
  const cache = new Map<string, ViewCell>()
  const read = table.rules.map((rule) => inputs.map((_, i) => viewCell(rule.inputs[i], readable, cache)))
  const groups = new Map<string, number[]>()
  for (const [i, { name }] of inputs.entries()) groups.set(name, [...(groups.get(name) ?? []), i])
  const real = [...groups.values()].map((members): ViewColumn => {
    const [first] = members
    const { origin, ast } = inputs[first as number] as (typeof inputs)[number]
    const declared = members.map((i) => declaredType(model, owner.definitions, table.inputs[i]?.typeRef))
    const named = origin.kind === 'name' ? declaredAlong(model, origin) : undefined
    const type = staticType(ast, names)
    const upstream = origin.kind === 'name' ? reachable(origin.known, origin.path) : undefined
    const kind = kindAmong([...declared, ...(named ? [named] : [])], type)
    const values = members.flatMap((i) => table.inputs[i]?.values ?? [])
    const allowed = [...declared, ...(named ? [named] : [])].flatMap((one) => one.allowed)
    const domain = [...formsOfAllowed([...values, ...allowed]), ...formsOfFacets(type)]
    const options = {
      name: (inputs[first as number] as (typeof inputs)[number]).name,
      kind,
      cells: members.flatMap((i) => read.map((row) => simple((row[i] as ViewCell).form, kind))),
      domain,
      scale: kind === 'number' ? scaleOfType(type) : undefined,
    }
    const declaredColumn = new Column(options)
    const column = upstream
      ? new Column({
          ...options,
          domain: [...domain, upstream.form],
          ...(upstream.nullable ? { nullable: true } : {}),
        })
      : declaredColumn
    return {
      column,
      declared: upstream ? declaredColumn : undefined,
      inputs: members,
      origin,
      openEnded: domain.length === 0 && upstream === undefined && isWorkedOut(origin),
    }
  })
  const { columns, splits } = related(real, read, names)
  const domain = columns.map(({ column }) => column.full)
  const columnOf = new Map(real.flatMap(({ inputs: members }, d) => members.map((i) => [i, d] as const)))
  const cells = read.map((row) =>
    row.map((cell, i) =>
      cell.opaque && splits[columnOf.get(i) as number]?.has(cell.form) ? { ...cell, opaque: false } : cell,
    ),
  )
  const whole = columns.map(({ column: { full } }) => ({ must: full, may: full }))
  const sets = cells.map((row) =>
    columns.map(({ column, inputs: members, relation }, d) => {
      // Most cells of a wide table say nothing.
      if (!relation && members.every((i) => row[i]?.form.op === 'all')) return whole[d] as CellSets
      let [must, may]: [IndexSet, IndexSet] = [column.full, column.full]
      if (relation) {
        for (const i of columns[relation.left]?.inputs ?? []) {
          const { relations = [] } = splits[relation.left]?.get((row[i] as ViewCell).form) ?? {}
          for (const { text, sides } of relations)
            if (text === relation.text) may = intersect(may, setOfSides(column, sides))
        }
        return { must: may, may }
      }
      for (const i of members) {
        const { ast, form: written } = row[i] as ViewCell
        const form = splits[d]?.get(written)?.own ?? written
        const own = column.sets(
          ast,
          column.isScalar || form.op === 'all' ? form : { op: 'unknown', text: '' },
        )
        must = intersect(must, own.must)
        may = intersect(may, own.may)
      }
      return { must, may }
    }),
  )
  return {
    found,
    table,
    decision: owner.element.name,
    columns,
    cells,
    must: sets.map((row) => row.map(({ must }) => must)),
    may: sets.map((row) => row.map(({ may }) => may)),
    domain,
    outputs: outputsOf(model, found),
  }
}

/**
 * Columns beside the table's for every value that cells compare their input with, and by column the cells taken apart for them. A
 * comparison with null holds on no side, so inputs that may be null are left alone.
 */
function related(
  real: readonly ViewColumn[],
  rows: readonly (readonly ViewCell[])[],
  names: KnownNames,
): { columns: readonly ViewColumn[]; splits: readonly ReadonlyMap<TestForm, SplitForm>[] } {
  const splits = real.map(() => new Map<TestForm, SplitForm>())
  const columns = [...real]
  const mayBeNull = (name: string): boolean =>
    real.some(({ column, origin }) => column.isNullable && origin.kind === 'name' && origin.name === name)
  for (const [left, { column, inputs }] of real.entries()) {
    if (!isComparable(column.kind) || column.isNullable) continue
    const known = new Set<string>()
    for (const form of rows.flatMap((row) => inputs.map((i) => (row[i] as ViewCell).form))) {
      if (!isOpaque(form) || splits[left]?.has(form)) continue
      const split = splitForm(form)
      const fits = split?.relations.every(({ operand }) => {
        const reads = namesIn(operand)
        return (
          staticType(operand, names).kind === column.kind &&
          reads.every((name) => names.has(name) && !mayBeNull(name))
        )
      })
      if (!split || !fits) continue
      splits[left]?.set(form, split)
      for (const { operand, text } of split.relations) {
        if (known.has(text)) continue
        known.add(text)
        const name = `${column.name} ? ${text}`
        const origin: Origin = { kind: 'computed', reads: [...namesIn(operand)] }
        columns.push({
          column: columnOfSides(name),
          declared: undefined,
          inputs: [],
          origin,
          openEnded: false,
          relation: { left, operand, text },
        })
      }
    }
  }
  return { columns, splits }
}

function setOfSides(column: Column, sides: readonly Side[]): IndexSet {
  return sides.reduce<IndexSet>((set, side) => {
    const at = column.locate(side)
    return union(set, run(at, at + 1))
  }, [])
}

function viewCell(
  source: FeelText | undefined,
  names: readonly string[],
  cache: Map<string, ViewCell>,
): ViewCell {
  const text = source?.text ?? ''
  const known = cache.get(text)
  if (known) return { ...known, source }
  const { ast } = readCell(text, names)
  const form = formOfCell(ast)
  const cell = { source, ast, form, text: print(ast), opaque: isOpaque(form) }
  cache.set(text, cell)
  return cell
}

/** Whether the values come from an expression, whose reach nothing declares. */
function isWorkedOut(origin: Origin): boolean {
  if (origin.kind === 'computed') return true
  const { element } = origin.known
  return element?.kind === 'decision' && element.expression !== undefined
}

const PARTS = new Set(['list', 'context', 'function', 'range'])

/** A cell about values with parts, or of unknown kind, cannot be looked into. */
function simple(form: TestForm, kind: string): TestForm {
  if (form.op === 'all' || !PARTS.has(kind)) return form
  return { op: 'unknown', text: '' }
}

function kindAmong(declared: readonly Declared[], type: FeelType): string {
  return declared.find(({ kind }) => kind !== 'Any')?.kind ?? (type.kind === 'Null' ? 'Any' : type.kind)
}

function staticType(ast: Node, names: KnownNames): FeelType {
  return check(ast, { typeOf: (name) => names.get(name)?.type }, 'lenient').type
}

/** A name or a path of components; anything else is computed. */
export function originOf(ast: Node, names: KnownNames): Origin {
  const path: string[] = []
  let at = ast
  while (at.kind === 'path') {
    path.unshift(at.name)
    at = at.source
  }
  if (at.kind === 'name') {
    const known = names.get(at.name)
    // A property of a date is computed from it; only entries of contexts are parts of the input.
    const isPart =
      known && (path.length === 0 || known.declared.kind === 'context' || known.element?.kind === 'decision')
    if (known && isPart) return { kind: 'name', name: at.name, known, path }
  }
  return { kind: 'computed', reads: namesIn(ast) }
}

/** The names of the host that an expression reads. */
export function namesIn(ast: Node): string[] {
  const names = new Set<string>()
  walk(ast, (node) => {
    if (node.kind === 'name' && (node.binding === 'scope' || node.binding === 'unknown')) names.add(node.name)
    return true
  })
  return [...names]
}

function declaredAlong(model: LinkedModel, { known, path }: Extract<Origin, { kind: 'name' }>): Declared {
  return path.reduce((declared, name) => componentOf(model, declared, name), known.declared)
}

/** Whether no cell of a rule is opaque. */
export function isTransparent(cells: readonly ViewCell[]): boolean {
  return cells.every(({ opaque }) => !opaque)
}

const SIGNS: Readonly<Record<string, string>> = {
  '<': '<',
  '=': '=',
  '>': '>',
  '<=': '<=',
  '=>': '>=',
  '<>': '!=',
}

/** A region as tests by column, without the columns that do not matter; `Age < Limit` is a column that is true. */
export function regionText({ columns }: TableView, region: Box): Record<string, string> {
  return Object.fromEntries(
    columns.flatMap(({ column, relation }, d) => {
      const set = region[d] as IndexSet
      const text = column.text(set)
      if (text === '-') return []
      if (!relation) return [[column.name, text] as const]
      const sign = SIGNS[sidesIn(column, set).join('')]
      return [[`${columns[relation.left]?.column.name} ${sign} ${relation.text}`, 'true'] as const]
    }),
  )
}
