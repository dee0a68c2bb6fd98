import type { Node } from '@nhip/feel/ast'
import { compile } from '@nhip/feel/compile'
import { compare, type FeelValue } from '@nhip/feel/values'
import type { DrgElement } from '../dmn/model.ts'
import type { Box } from './box.ts'
import type { Budget } from './budget.ts'
import { Column } from './column.ts'
import { formsOfAllowed, formsOfFacets, scaleOfType } from './declared.ts'
import { has, type IndexSet, size } from './index-set.ts'
import type { KnownName } from './known-names.ts'
import { anyOf, between } from './point.ts'
import { type InputValue, keyOf, piecesOf, type Realised } from './realise.ts'
import { ALL, type Relation, SIDES, type Side, type TestForm } from './test-form.ts'
import type { TableView } from './view.ts'

/** Kinds of which any two values are less, equal or greater. */
const COMPARABLE = new Set(['number', 'date', 'days and time duration', 'years and months duration'])

export const isComparable = (kind: string): boolean => COMPARABLE.has(kind)

/** A cell taken apart: what it asks of the input alone, and on which sides of other values the input must lie. */
export interface SplitForm {
  readonly own: TestForm
  readonly relations: readonly Relation[]
}

/** Takes a form apart; undefined where it is no product of both: `< 0, > Limit`. */
export function splitForm(form: TestForm): SplitForm | undefined {
  switch (form.op) {
    case 'unknown':
      return form.relation && { own: ALL, relations: [form.relation] }
    case 'and': {
      const parts = form.tests.map(splitForm)
      if (parts.includes(undefined)) return undefined
      const split = parts as SplitForm[]
      const own = split.map((part) => part.own).filter(({ op }) => op !== 'all')
      return {
        own: own.length === 0 ? ALL : { op: 'and', tests: own },
        relations: split.flatMap(({ relations }) => relations),
      }
    }
    case 'or': {
      const parts = form.tests.map(splitForm)
      if (parts.every((part) => part?.relations.length === 0)) return { own: form, relations: [] }
      const [first] = parts
      const one = first?.relations[0]
      const alike = parts.every(
        (part) =>
          part?.own.op === 'all' && part.relations.length === 1 && part.relations[0]?.text === one?.text,
      )
      if (!alike || !one) return undefined
      const sides = SIDES.filter((side) => parts.some((part) => part?.relations[0]?.sides.includes(side)))
      return { own: ALL, relations: [{ ...one, sides }] }
    }
    case 'not': {
      const part = splitForm(form.test)
      if (part?.relations.length === 0) return { own: form, relations: [] }
      const [one] = part?.relations ?? []
      if (!part || !one || part.relations.length > 1 || part.own.op !== 'all') return undefined
      return { own: ALL, relations: [{ ...one, sides: SIDES.filter((side) => !one.sides.includes(side)) }] }
    }
    default:
      return { own: form, relations: [] }
  }
}

/** A column of the three sides on which a value may lie of another. */
export function columnOfSides(name: string): Column {
  const sides: TestForm = { op: 'or', tests: SIDES.map((value) => ({ op: 'point', value })) }
  return new Column({ name, kind: 'string', cells: [], domain: [sides] })
}

/** The sides of a set, in the order of `SIDES`. */
export function sidesIn(column: Column, set: IndexSet): Side[] {
  return SIDES.filter((side) => has(set, column.locate(side)))
}

/** One input that a region speaks of: what it may be there. */
interface Unknown {
  readonly element: DrgElement
  readonly path: readonly string[]
  readonly kind: string
  readonly constraints: { readonly column: Column; readonly set: IndexSet }[]
  candidates: FeelValue[]
}

const MOST_CANDIDATES = 24
const MOST_TRIES = 20_000

/**
 * Input data for a region of a table whose cells compare inputs with each other: values at and beside the constants and beside
 * each other are tried. Not found is `unknown`, unless the bounds of two inputs exclude what is asked.
 */
export function realiseRelated(view: TableView, region: Box, budget: Budget): Realised {
  const values = region.map((set, d) => {
    const { column, relation } = view.columns[d] as TableView['columns'][number]
    return relation ? null : column.witness(set)
  })
  const unknown: Realised = { kind: 'unknown', values }
  const unknowns = new Map<string, Unknown>()
  const unknownOf = (known: KnownName, path: readonly string[], kind: string): Unknown | undefined => {
    const { element } = known
    if (element?.kind !== 'input data') return undefined
    const key = keyOf({ element, path })
    const found = unknowns.get(key)
    if (found) return found
    const forms =
      path.length === 0 ? [...formsOfAllowed(known.declared.allowed), ...formsOfFacets(known.type)] : []
    const column = new Column({ name: '', kind, cells: [], domain: forms, scale: scaleOfType(known.type) })
    const made: Unknown = { element, path, kind, constraints: [{ column, set: column.full }], candidates: [] }
    unknowns.set(key, made)
    return made
  }
  const owners = new Map<number, Unknown>()
  for (const [d, { column, origin, relation }] of view.columns.entries()) {
    const set = region[d] as IndexSet
    if (relation) continue
    const owner = origin.kind === 'name' ? unknownOf(origin.known, origin.path, column.kind) : undefined
    if (owner === undefined) {
      if (size(set) < column.size) return unknown
      continue
    }
    owner.constraints.push({ column, set })
    owners.set(d, owner)
  }
  const links: { left: Unknown; operands: Unknown[]; value: () => FeelValue; sides: readonly Side[] }[] = []
  const chosen = new Map<Unknown, FeelValue>()
  for (const [d, { column, relation }] of view.columns.entries()) {
    if (!relation) continue
    const left = owners.get(relation.left)
    const program = compile(relation.operand)
    const operands = program.inputs.map((name) => {
      const known = view.found.names.get(name)
      return known && unknownOf(known, [], known.type.kind)
    })
    if (left === undefined || operands.includes(undefined)) return unknown
    const own = operands as Unknown[]
    links.push({
      left,
      operands: own,
      sides: sidesIn(column, region[d] as IndexSet),
      value: () =>
        program.evaluate(
          Object.fromEntries(program.inputs.map((name, i) => [name, chosen.get(own[i] as Unknown) ?? null])),
        ).value,
    })
  }
  for (const { left, operands, sides } of links) {
    const [other] = operands
    const plain = other && operands.length === 1 && view.found.names.get(other.element.name) !== undefined
    if (plain && !sides.some((side) => mayLie(left, side, other)) && isPlain(view, left, other))
      return { kind: 'impossible' }
  }
  for (const one of unknowns.values()) {
    for (const value of piecesOf(one.constraints.map(({ column }) => column))) offer(one, value)
    if (one.candidates.length === 0) offer(one, anyOf(one.kind))
  }
  // Beside each other: twice, so that a value may pass on what it was given.
  for (let round = 0; round < 2; round++) {
    for (const { left, operands, value } of links) {
      const [operand] = operands
      if (operand && operands.length === 1) {
        for (const near of left.candidates) for (const v of around(near)) offer(operand, v)
        for (const own of operand.candidates) {
          chosen.set(operand, own)
          for (const v of around(value())) offer(left, v)
        }
      }
    }
  }
  chosen.clear()
  const order = [...unknowns.values()]
  let tries = 0
  const search = (at: number): boolean => {
    const one = order[at]
    if (one === undefined) return true
    for (const candidate of one.candidates) {
      if (++tries > MOST_TRIES || !budget.spend(50)) return false
      chosen.set(one, candidate)
      const fits = links.every(({ left, operands, sides, value }) => {
        if (sides.length === SIDES.length || ![left, ...operands].every((u) => chosen.has(u))) return true
        const order_ = compare(chosen.get(left) ?? null, value())
        return order_ !== null && sides.includes(SIDES[Math.sign(order_) + 1] as Side)
      })
      if (fits && search(at + 1)) return true
      chosen.delete(one)
    }
    return false
  }
  if (!search(0)) return unknown
  const inputs = new Map<string, InputValue>()
  for (const [key, one] of unknowns)
    inputs.set(key, { element: one.element, path: one.path, value: chosen.get(one) ?? null })
  const shown = values.map((value, d) => chosen.get(owners.get(d) as Unknown) ?? value)
  return { kind: 'found', inputs, values: shown }
}

/** Adds a candidate that meets everything asked of the input alone. */
function offer(one: Unknown, value: FeelValue | undefined): void {
  if (value === undefined || value === null || one.candidates.length >= MOST_CANDIDATES) return
  const fits = one.constraints.every(({ column, set }) => {
    const at = column.locate(value)
    return at >= 0 && has(set, at)
  })
  if (fits && !one.candidates.some((known) => compare(known, value) === 0)) one.candidates.push(value)
}

function around(value: FeelValue): (FeelValue | undefined)[] {
  if (value === null) return []
  return [value, between(null, value, undefined), between(value, null, undefined)]
}

/** Whether an operand is the other input itself, not something worked out from it. */
function isPlain(view: TableView, left: Unknown, other: Unknown): boolean {
  return view.columns.some(({ relation }, d) => {
    const node: Node | undefined = relation?.operand
    return (
      node?.kind === 'name' &&
      node.name === other.element.name &&
      view.columns[relation?.left ?? d]?.origin.kind === 'name' &&
      left !== other
    )
  })
}

/** Whether the bounds of two inputs let the first lie on a side of the second. */
function mayLie(left: Unknown, side: Side, right: Unknown): boolean {
  const [a, b] = [boundsOf(left), boundsOf(right)]
  const below = (x: FeelValue, y: FeelValue, orEqual: boolean) => {
    const order = x === null || y === null ? null : compare(x, y)
    return order === null || order < 0 || (orEqual && order === 0)
  }
  if (side === '<') return below(a.low, b.high, false)
  if (side === '>') return below(b.low, a.high, false)
  return below(a.low, b.high, true) && below(b.low, a.high, true)
}

/** The narrowest bounds that the constraints of an input give; null where there is none. */
function boundsOf({ constraints }: Unknown): { low: FeelValue; high: FeelValue } {
  let low: FeelValue = null
  let high: FeelValue = null
  for (const { column, set } of constraints) {
    const own = column.bounds(set)
    if (own.low !== null && (low === null || (compare(own.low, low) ?? 0) > 0)) low = own.low
    if (own.high !== null && (high === null || (compare(own.high, high) ?? 0) < 0)) high = own.high
  }
  return { low, high }
}
