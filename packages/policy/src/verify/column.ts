import type { TestsNode } from '@nhip/feel/ast'
import { compile } from '@nhip/feel/compile'
import { scaleOf } from '@nhip/feel/facets'
import { Num } from '@nhip/feel/number'
import { compare, equal, type FeelValue, kindOf } from '@nhip/feel/values'
import { EMPTY, has, type IndexSet, intersect, run, same, subtract, union } from './index-set.ts'
import { anyOf, between, isDiscrete, literalOf } from './point.ts'
import { asksForNull, constantsOf, type End, isOpaque, type TestForm } from './test-form.ts'

/** The atoms for which a cell surely holds, and those for which it may. */
export interface CellSets {
  readonly must: IndexSet
  readonly may: IndexSet
}

/** One of the pieces into which the constants of a column cut its domain: no cell tells two values of a piece apart. */
type Atom =
  | { readonly kind: 'point'; readonly value: FeelValue }
  | { readonly kind: 'interval'; readonly low: FeelValue; readonly high: FeelValue }
  | { readonly kind: 'other' }
  | { readonly kind: 'null' }

export interface ColumnOptions {
  /** The input expression as written: how findings call the column. */
  readonly name: string
  /** The kind of its values; `Any` is settled by the constants. */
  readonly kind: string
  /** The forms of all cells. */
  readonly cells: readonly TestForm[]
  /** What holds of every value: allowed values, bounds. */
  readonly domain: readonly TestForm[]
  /** Decimals of its numbers, where that is declared. */
  readonly scale?: number | undefined
  /** Whether null is among its values; else null counts only where a cell asks for it. */
  readonly nullable?: boolean | undefined
}

const ORDERED = new Set([
  'number',
  'date',
  'time',
  'date and time',
  'days and time duration',
  'years and months duration',
])

/** The domain of one input of a decision table, cut into atoms. */
export class Column {
  readonly name: string
  readonly kind: string
  readonly scale: number | undefined
  /** All atoms of the domain. */
  readonly full: IndexSet
  readonly size: number
  /** Whether a declared domain holds a test that could not be turned into sets. */
  readonly vagueDomain: boolean
  /** Whether its values are cut into intervals; else each constant stands for itself and the rest is one piece. */
  readonly ordered: boolean
  /** The constants that cut the domain. */
  readonly points: readonly FeelValue[]
  readonly #atoms: readonly Atom[]
  /** Of each raw atom, how many alive ones come before it. */
  readonly #before: Int32Array
  readonly #nonEmpty: readonly boolean[]
  readonly #alive: readonly boolean[]
  readonly #null: number
  readonly #places: ReadonlyMap<FeelValue, number>

  constructor({ name, kind, cells, domain, scale, nullable }: ColumnOptions) {
    this.name = name
    this.scale = scale
    const constants = [...cells, ...domain].flatMap(constantsOf)
    this.kind = kind === 'Any' ? settle(constants) : kind
    const forms = [...cells, ...domain]
    this.ordered = ORDERED.has(this.kind) || (this.kind === 'string' && forms.some(hasInterval))
    this.points =
      this.kind === 'boolean'
        ? [false, true]
        : distinct(
            constants.filter((value) => kindOf(value) === this.kind),
            this.ordered,
          )
    this.#places = new Map(this.points.map((point, i) => [point, i]))
    this.#nonEmpty = this.#rawAtoms().map((atom) => this.#hasValues(atom))
    let alive = run(0, this.#nonEmpty.length)
    for (const form of domain) alive = intersect(alive, this.#raw(form).may)
    this.vagueDomain = domain.some(isOpaque)
    this.#alive = this.#nonEmpty.map((nonEmpty, i) => nonEmpty && has(alive, i))
    const atoms = this.#rawAtoms().filter((_, i) => this.#alive[i])
    this.#before = new Int32Array(this.#alive.length + 1)
    for (const [i, is] of this.#alive.entries())
      this.#before[i + 1] = (this.#before[i] as number) + Number(is)
    const withNull = nullable ?? (forms.some(asksForNull) && !domain.some(excludesNull))
    this.#null = withNull ? atoms.length : -1
    this.#atoms = withNull ? [...atoms, { kind: 'null' }] : atoms
    this.size = this.#atoms.length
    this.full = run(0, this.size)
  }

  /** Whether its values are of one simple kind: lists, contexts and mixtures are not looked into. */
  get isScalar(): boolean {
    return ORDERED.has(this.kind) || this.kind === 'string' || this.kind === 'boolean'
  }

  /** Whether a declaration leaves out some values of the kind. */
  get isLimited(): boolean {
    return this.#alive.some((alive, i) => !alive && this.#nonEmpty[i])
  }

  /** The atoms of a cell. */
  sets(cell: TestsNode, form: TestForm): CellSets {
    if (form.op === 'all') return { must: this.full, may: this.full }
    const raw = this.#raw(form)
    const opaque = isOpaque(form)
    const sets = { must: this.#kept(raw.must), may: this.#kept(raw.may) }
    if (this.#null < 0) return sets
    const atNull = run(this.#null, this.#null + 1)
    if (opaque) return { must: sets.must, may: union(sets.may, atNull) }
    // The engine's own word on null: `not(5)` holds for it, `not([1..5])` does not.
    const holds = compile(cell).evaluate({ '?': null }).value === true
    return holds ? { must: union(sets.must, atNull), may: union(sets.may, atNull) } : sets
  }

  /** The atoms of a form that is no cell: a set of values that can occur. */
  setOf(form: TestForm): IndexSet {
    const kept = this.#kept(this.#raw(form).may)
    return this.#null >= 0 && asksForNull(form) ? union(kept, run(this.#null, this.size)) : kept
  }

  /** Whether a test could hold for some value of the kind, whatever the declared domain. */
  satisfiable(form: TestForm): boolean {
    const { may } = this.#raw(form)
    return asksForNull(form) || this.#nonEmpty.some((nonEmpty, i) => nonEmpty && has(may, i))
  }

  /** Constants with which a test compares although no value of the domain comes near them. */
  outside(form: TestForm): FeelValue[] {
    switch (form.op) {
      case 'point':
        return this.#allows(form.value) ? [] : [form.value]
      case 'interval':
        return [form.low, form.high].flatMap((end) => (end === null || this.#reaches(end) ? [] : [end.value]))
      case 'not':
        return this.outside(form.test)
      case 'or':
      case 'and':
        return form.tests.flatMap((test) => this.outside(test))
      default:
        return []
    }
  }

  /** The atom of a value; -1 when it is not of the domain. */
  locate(value: FeelValue): number {
    if (value === null) return this.#null
    if (kindOf(value) !== this.kind) return -1
    const raw = this.ordered ? this.#rank(value) : this.#unorderedRaw(value)
    if (raw === undefined || !this.#alive[raw]) return -1
    if (this.kind === 'number' && this.scale !== undefined && scaleOf(value as Num) > this.scale) return -1
    return this.#before[raw] as number
  }

  /** A value of a set, at a boundary where it has one. */
  witness(set: IndexSet): FeelValue {
    let best: Atom | undefined
    for (let i = 0; i < set.length; i += 2) {
      for (let at = set[i] as number; at < (set[i + 1] as number); at++) {
        const atom = this.#atoms[at] as Atom
        if (atom.kind === 'point') return atom.value
        best ??= atom
        if (best.kind === 'null') best = atom
      }
    }
    return best === undefined ? null : this.#valueIn(best)
  }

  /** Whether null is one of its values. */
  get isNullable(): boolean {
    return this.#null >= 0
  }

  /** Between what the values of a set lie, for ordered columns; null where nothing bounds them. */
  bounds(set: IndexSet): { readonly low: FeelValue; readonly high: FeelValue } {
    const first = this.#atoms[set[0] ?? -1]
    const last = this.#atoms[(set.at(-1) ?? 0) - 1]
    const end = (atom: Atom | undefined, side: 'low' | 'high'): FeelValue =>
      atom?.kind === 'point' ? atom.value : atom?.kind === 'interval' ? atom[side] : null
    return { low: end(first, 'low'), high: end(last, 'high') }
  }

  /** The set without values before its first and after its last constant, for columns whose real reach is not known. */
  inner(): IndexSet {
    if (!this.#atoms.some((atom) => atom.kind === 'point')) return this.full
    const open = this.#atoms.flatMap((atom, i) =>
      atom.kind === 'other' || (atom.kind === 'interval' && (atom.low === null || atom.high === null))
        ? [i]
        : [],
    )
    return open.reduce((set, i) => subtract(set, run(i, i + 1)), this.full)
  }

  /** A set as a cell of a decision table would ask for it. */
  text(set: IndexSet): string {
    if (same(set, this.full)) return '-'
    const parts: string[] = []
    const other = this.#atoms.findIndex((atom) => atom.kind === 'other')
    if (other >= 0 && has(set, other)) {
      const missing = this.#atoms.flatMap((atom, i) =>
        atom.kind === 'point' && !has(set, i) ? [literalOf(atom.value)] : [],
      )
      parts.push(missing.length === 0 ? 'not(null)' : `not(${missing.join(', ')})`)
    } else {
      for (let i = 0; i < set.length; i += 2)
        parts.push(...this.#runText(set[i] as number, set[i + 1] as number))
    }
    if (this.#null >= 0 && has(set, this.#null)) parts.push('null')
    return parts.join(', ')
  }

  /** All of the domain, written out. */
  list(): string {
    return this.ordered
      ? this.#runText(0, this.size).join(', ')
      : this.points
          .filter((p) => this.locate(p) >= 0)
          .map(literalOf)
          .join(', ')
  }

  #runText(from: number, end: number): string[] {
    const atoms = this.#atoms.slice(from, end).filter((atom) => atom.kind !== 'null')
    const [first, last] = [atoms[0], atoms.at(-1)]
    if (first === undefined || last === undefined) return []
    if (!this.ordered || !this.#atoms.some((atom) => atom.kind === 'interval'))
      return atoms.map((atom) => literalOf(atom.kind === 'point' ? atom.value : null))
    if (atoms.length === 1 && first.kind === 'point') return [literalOf(first.value)]
    const low = first.kind === 'point' ? first.value : first.kind === 'interval' ? first.low : null
    const high = last.kind === 'point' ? last.value : last.kind === 'interval' ? last.high : null
    const [lowIn, highIn] = [first.kind === 'point', last.kind === 'point']
    if (low === null && high === null) return ['not(null)']
    if (low === null) return [`${highIn ? '<=' : '<'} ${literalOf(high)}`]
    if (high === null) return [`${lowIn ? '>=' : '>'} ${literalOf(low)}`]
    return [`${lowIn ? '[' : '('}${literalOf(low)}..${literalOf(high)}${highIn ? ']' : ')'}`]
  }

  #valueIn(atom: Atom): FeelValue {
    switch (atom.kind) {
      case 'point':
        return atom.value
      case 'interval':
        return between(atom.low, atom.high, this.scale) ?? atom.low ?? atom.high ?? anyOf(this.kind)
      case 'null':
        return null
      case 'other':
        return this.#another()
    }
  }

  /** A text that no cell speaks of; any value of an unknown kind. */
  #another(): FeelValue {
    if (this.kind !== 'string') return null
    let text = '…'
    while (this.points.includes(text)) text += '…'
    return text
  }

  #rawAtoms(): Atom[] {
    const points = this.points.map((value): Atom => ({ kind: 'point', value }))
    if (this.kind === 'boolean') return points
    if (!this.ordered) return [...points, { kind: 'other' }]
    const atoms: Atom[] = []
    for (let i = 0; i <= this.points.length; i++) {
      atoms.push({ kind: 'interval', low: this.points[i - 1] ?? null, high: this.points[i] ?? null })
      const point = points[i]
      if (point) atoms.push(point)
    }
    return atoms
  }

  #hasValues(atom: Atom): boolean {
    if (atom.kind === 'point')
      return !(atom.value instanceof Num && this.scale !== undefined && scaleOf(atom.value) > this.scale)
    if (atom.kind !== 'interval') return true
    const { low, high } = atom
    // Nothing is less than the empty text.
    if (low === null) return high !== ''
    if (high === null || !isDiscrete(this.kind, this.scale)) return true
    return between(low, high, this.scale) !== undefined
  }

  /** Raw index of a value of an ordered kind; undefined when it cannot be compared with the others. */
  #rank(value: FeelValue): number | undefined {
    let [low, high] = [0, this.points.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const order = compare(value, this.points[middle] as FeelValue)
      if (order === null) return undefined
      if (order === 0) return 2 * middle + 1
      if (order < 0) high = middle
      else low = middle + 1
    }
    return 2 * low
  }

  #unorderedRaw(value: FeelValue): number {
    if (typeof value === 'string') return this.#places.get(value) ?? this.points.length
    const at = this.points.findIndex((point) => equal(point, value) === true)
    return at < 0 ? this.points.length : at
  }

  #raw(form: TestForm): CellSets {
    const all = run(0, this.#nonEmpty.length)
    const exactly = (set: IndexSet): CellSets => ({ must: set, may: set })
    switch (form.op) {
      case 'all':
        return exactly(all)
      case 'none':
      case 'null':
        return exactly(EMPTY)
      case 'unknown':
        return { must: EMPTY, may: all }
      case 'point': {
        // A truth value beside an input that is none is a condition of its own.
        if (typeof form.value === 'boolean' && this.kind !== 'boolean')
          return exactly(form.value ? all : EMPTY)
        if (kindOf(form.value) !== this.kind) return exactly(EMPTY)
        const at = this.ordered ? this.#rank(form.value) : this.#unorderedRaw(form.value)
        return at === undefined ? { must: EMPTY, may: all } : exactly(run(at, at + 1))
      }
      case 'interval': {
        const ends = [form.low, form.high].map((end) =>
          end === null ? null : kindOf(end.value) === this.kind ? (this.#rank(end.value) ?? -1) : -2,
        )
        if (ends.includes(-2) || !this.ordered) return exactly(EMPTY)
        if (ends.includes(-1)) return { must: EMPTY, may: all }
        const [low, high] = ends
        const from = low === null || low === undefined ? 0 : form.low?.included ? low : low + 1
        const end =
          high === null || high === undefined ? this.#nonEmpty.length : form.high?.included ? high + 1 : high
        return exactly(run(from, end))
      }
      case 'not': {
        const { must, may } = this.#raw(form.test)
        return { must: subtract(all, may), may: subtract(all, must) }
      }
      case 'or':
      case 'and': {
        const join = form.op === 'or' ? union : intersect
        let sets = exactly(form.op === 'or' ? EMPTY : all)
        for (const test of form.tests) {
          const { must, may } = this.#raw(test)
          sets = { must: join(sets.must, must), may: join(sets.may, may) }
        }
        return sets
      }
    }
  }

  /** Raw atoms as atoms of the domain. */
  #kept(raw: IndexSet): IndexSet {
    const out: number[] = []
    for (let i = 0; i < raw.length; i += 2) {
      const from = this.#before[raw[i] as number] as number
      const end = this.#before[raw[i + 1] as number] as number
      if (from === end) continue
      if (out.length > 0 && out.at(-1) === from) out[out.length - 1] = end
      else out.push(from, end)
    }
    return out
  }

  #allows(value: FeelValue): boolean {
    if (typeof value === 'boolean' && this.kind !== 'boolean') return true
    return this.locate(value) >= 0
  }

  /** Whether an end of an interval lies in the domain, or where the domain ends. */
  #reaches({ value, included }: NonNullable<End>): boolean {
    if (kindOf(value) !== this.kind) return false
    const at = this.#rank(value)
    if (at === undefined) return true
    const [first, last] = [this.#alive.indexOf(true), this.#alive.lastIndexOf(true)]
    if (first < 0 || (at >= first && at <= last)) return true
    // `< 121` where whole numbers end at 120 says no more than `<= 120`.
    const step = at < first ? 1 : -1
    let next = at + step
    while (!included && next !== first && next !== last && this.#nonEmpty[next] === false) next += step
    return next === first || next === last
  }
}

function settle(constants: readonly FeelValue[]): string {
  const kinds = new Set(constants.map(kindOf))
  return kinds.size === 1 ? ([...kinds][0] as string) : 'Any'
}

function hasInterval(form: TestForm): boolean {
  if (form.op === 'not') return hasInterval(form.test)
  return form.op === 'interval' || ((form.op === 'or' || form.op === 'and') && form.tests.some(hasInterval))
}

function excludesNull(form: TestForm): boolean {
  return form.op === 'not' && form.test.op === 'null'
}

function distinct(values: readonly FeelValue[], ordered: boolean): FeelValue[] {
  if (!ordered) {
    const texts = new Set(values.filter((value) => typeof value === 'string'))
    return texts.size > 0
      ? [...texts]
      : values.filter((v, i) => values.findIndex((w) => equal(w, v) === true) === i)
  }
  const [first] = values
  // Moments with a zone and without cannot be ordered: those unlike the first stay out, and their tests unknown.
  const comparable = values.filter((value) => first !== undefined && compare(value, first) !== null)
  const sorted = comparable.sort((a, b) => compare(a, b) ?? 0)
  return sorted.filter((value, i) => i === 0 || compare(value, sorted[i - 1] as FeelValue) !== 0)
}
