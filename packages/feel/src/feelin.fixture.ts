import { FeelFunction, evaluate as feelin } from 'feelin'
import { children, type Node } from './ast.ts'
import { BUILT_IN_NAMES } from './builtins.ts'
import { compile } from './compile.ts'
import { Dice } from './fuzz.fixture.ts'
import { parse } from './parse.ts'
import { type FeelValue, fromData, isList, kindOf, toText } from './values.ts'

/** The values both sides see. */
export const INPUTS = {
  x: 7,
  y: -2.5,
  none: null,
  flag: true,
  word: 'Hà Nội',
  list: [3, 1, 2],
  people: [
    { name: 'An', age: 40 },
    { name: 'Bình', age: 17 },
  ],
}
const VALUES = Object.fromEntries(Object.entries(INPUTS).map(([name, value]) => [name, fromData(value)]))
const SCOPE = { names: Object.keys(INPUTS), functions: BUILT_IN_NAMES }

type Kind =
  | 'number'
  | 'boolean'
  | 'string'
  | 'numbers'
  | 'strings'
  | 'date'
  | 'days'
  | 'months'
  | 'context'
  | 'range'

/** A random expression of a kind; now and then one of another kind, to meet the errors. */
export class Generator {
  readonly #dice: Dice

  constructor(seed: number) {
    this.#dice = new Dice(seed)
  }

  any(): string {
    return this.#of(
      this.#dice.pick([
        'number',
        'number',
        'boolean',
        'boolean',
        'string',
        'numbers',
        'strings',
        'date',
        'days',
        'months',
        'context',
      ] as const),
      3,
    )
  }

  #of(kind: Kind, depth: number): string {
    const wanted =
      this.#dice.next() < 0.02
        ? this.#dice.pick(['number', 'string', 'boolean', 'numbers', 'date'] as const)
        : kind
    const forms =
      depth <= 0
        ? this.#leaves(wanted)
        : this.#dice.next() < 0.2
          ? this.#leaves(wanted)
          : this.#forms(wanted, depth - 1)
    return this.#dice.pick(forms)()
  }

  #leaves(kind: Kind): (() => string)[] {
    const dice = this.#dice
    switch (kind) {
      case 'number':
        return [
          () => String(dice.below(20)),
          () => `${dice.below(9)}.${dice.pick([25, 5, 75])}`,
          () => dice.pick(['x', 'y', '-3', '0', 'none', 'people[1].age']),
        ]
      case 'boolean':
        return [() => dice.pick(['true', 'false', 'flag', 'null'])]
      case 'string':
        return [() => dice.pick(['"a"', '"abc"', '""', 'word', '"b;c"', '"Việt 🐎"', 'people[2].name'])]
      case 'numbers':
        return [() => dice.pick(['[]', 'list', '[1, 2, 3]', '[5, 5, 1]', 'people.age', '[1, null]'])]
      case 'strings':
        return [() => dice.pick(['["a", "b"]', '["b"]', 'people.name', '["a", null]'])]
      case 'date':
        return [
          () => dice.pick(['date("2026-02-28")', '@"2024-02-29"', 'date(2026, 7, 1)', 'date("1999-12-31")']),
        ]
      case 'days':
        return [() => dice.pick(['duration("P1D")', 'duration("PT36H")', '@"-P2DT3H"', 'duration("P0D")'])]
      case 'months':
        return [() => dice.pick(['duration("P1M")', 'duration("P2Y3M")', '@"-P14M"'])]
      case 'context':
        return [() => dice.pick(['people[1]', '{}', '{a: 1, b: "t"}'])]
      case 'range':
        return [() => dice.pick(['[1..5]', '(2..8)', '[3..3]', ']1..7[', '(0..5]'])]
    }
  }

  #forms(kind: Kind, depth: number): (() => string)[] {
    const dice = this.#dice
    const n = () => this.#of('number', depth)
    const b = () => this.#of('boolean', depth)
    const s = () => this.#of('string', depth)
    const ns = () => this.#of('numbers', depth)
    const ss = () => this.#of('strings', depth)
    const d = () => this.#of('date', depth)
    const choice = (make: () => string) => () => `(if ${b()} then ${make()} else ${make()})`
    switch (kind) {
      case 'number':
        return [
          () => `(${n()} ${dice.pick(['+', '-', '*'])} ${n()})`,
          () => `(${n()} / ${dice.pick(['2', '4', '0', '8'])})`,
          () => `(${n()} ** ${dice.below(4)})`,
          () => `${dice.pick(['abs', 'floor', 'ceiling'])}(${n()})`,
          () =>
            `${dice.pick(['round up', 'round down', 'round half up', 'round half down', 'decimal'])}(${n()}, ${dice.below(2)})`,
          () => `modulo(${n()}, ${n()})`,
          () => `${dice.pick(['sum', 'min', 'max', 'count', 'product', 'mean', 'median'])}(${ns()})`,
          () => `string length(${s()})`,
          () => `${ns()}[${dice.pick(['1', '-1', '2', '5', '0'])}]`,
          () => `${d()}.${dice.pick(['year', 'month', 'day', 'weekday'])}`,
          () => `(-${n()})`,
          choice(n),
        ]
      case 'boolean':
        return [
          () => `(${n()} ${dice.pick(['<', '<=', '>', '>=', '=', '!='])} ${n()})`,
          () => `(${s()} ${dice.pick(['<', '>=', '=', '!='])} ${s()})`,
          () => `(${d()} ${dice.pick(['<', '<=', '=', '>'])} ${d()})`,
          () => `(${b()} ${dice.pick(['and', 'or'])} ${b()})`,
          () => `not(${b()})`,
          () => `(${n()} between ${n()} and ${n()})`,
          () => `(${n()} in ${this.#of('range', depth)})`,
          () => `(${n()} in (${n()}, < ${n()}))`,
          () => `(${ns()} = ${ns()})`,
          () => `list contains(${ns()}, ${n()})`,
          () => `${dice.pick(['contains', 'starts with', 'ends with'])}(${s()}, ${s()})`,
          () => `(${dice.pick(['some', 'every'])} i in ${ns()} satisfies i > ${n()})`,
          () => `(${dice.pick(['all', 'any'])}([${b()}, ${b()}]))`,
          () => `${dice.pick(['odd', 'even'])}(${n()})`,
          () => `(${n()} instance of ${dice.pick(['number', 'string', 'Any'])})`,
          () => `(${n()} = null)`,
          choice(b),
        ]
      case 'string':
        return [
          () => `(${s()} + ${s()})`,
          () => `${dice.pick(['upper case', 'lower case'])}(${s()})`,
          () => `substring(${s()}, ${dice.pick(['1', '2', '-1'])})`,
          () =>
            `${dice.pick(['substring before', 'substring after'])}(${s()}, ${dice.pick(['"b"', '";"', '""'])})`,
          () => `string(${n()})`,
          () => `string join(${ss()}, ${dice.pick(['"-"', '""'])})`,
          () => `replace(${s()}, "[a-c]", "-")`,
          () => `${ss()}[1]`,
          choice(s),
        ]
      case 'numbers':
        return [
          () => `[${n()}, ${n()}]`,
          () => `${ns()}[item > ${n()}]`,
          () => `(for i in ${ns()} return i + ${n()})`,
          () => `(for i in 1..${dice.below(4)} return ${n()} * i)`,
          () => `append(${ns()}, ${n()})`,
          () => `concatenate(${ns()}, ${ns()})`,
          () => `reverse(${ns()})`,
          () => `distinct values(${ns()})`,
          () => `union(${ns()}, ${ns()})`,
          () => `sublist(${ns()}, 1, 1)`,
          () => `remove(${ns()}, 1)`,
          () => `insert before(${ns()}, 1, ${n()})`,
          () => `index of(${ns()}, ${n()})`,
          () => `sort(${ns()}, function(a, b) a < b)`,
          () => `flatten([${ns()}, [${ns()}]])`,
          () => `people[age > ${n()}].age`,
          choice(ns),
        ]
      case 'strings':
        return [
          () => `[${s()}, ${s()}]`,
          () => `split(${s()}, ";")`,
          () => `people[age > ${n()}].name`,
          () => `(for i in ${ss()} return upper case(i))`,
          () => `reverse(${ss()})`,
        ]
      case 'date':
        return [
          () => `(${d()} + ${this.#of('days', depth)})`,
          () => `(${d()} - ${this.#of('months', depth)})`,
          () => `(${this.#of('months', depth)} + ${d()})`,
          choice(d),
        ]
      case 'days':
        return [
          () => `(${d()} - ${d()})`,
          () => `(${this.#of('days', depth)} + ${this.#of('days', depth)})`,
          () => `(${this.#of('days', depth)} * ${dice.below(4)})`,
        ]
      case 'months':
        return [
          () => `(${this.#of('months', depth)} + ${this.#of('months', depth)})`,
          () => `years and months duration(${d()}, ${d()})`,
          () => `(${this.#of('months', depth)} * ${dice.below(4)})`,
        ]
      case 'context':
        return [
          () => `{p: ${n()}, q: p + ${n()}}`,
          () => `context put(${this.#of('context', depth)}, "z", ${n()})`,
          () => `context merge([${this.#of('context', depth)}, ${this.#of('context', depth)}])`,
        ]
      case 'range':
        return [() => `[${n()}..${n()}]`, () => `(${n()}..${n()}]`]
    }
  }
}

export interface Compared {
  readonly text: string
  readonly ours: string
  readonly theirs: string
}

/**
 * The smallest part of an expression whose results differ although those of its own parts agree, and a word for it:
 * the operator or function and the kinds of its operands. Parts with loop variables cannot stand alone.
 */
export function rootOf(text: string): { key: string; found: Compared } | null {
  const { ast } = parse(text, SCOPE, { unknownNames: 'keep' })
  return smallest(ast, text)
}

function smallest(node: Node, text: string): { key: string; found: Compared } | null {
  for (const child of children(node)) {
    const inner = smallest(child, text)
    if (inner !== null) return inner
  }
  if (!isClosed(node)) return null
  const found = compareWithFeelin(text.slice(node.start, node.end))
  return found === null ? null : { key: keyOf(node, text), found }
}

/** Whether a part can stand alone: it holds no name that is bound outside of it. */
function isClosed(node: Node): boolean {
  const callee = node.kind === 'name' && node.binding === 'function'
  return !callee && node.kind !== 'unary' && closedIn(node, [], false)
}

function closedIn(node: Node, bound: readonly string[], inFilter: boolean): boolean {
  switch (node.kind) {
    case 'name':
      return node.binding === 'scope' || node.binding === 'function' || inFilter || bound.includes(node.name)
    case 'filter':
      return closedIn(node.source, bound, inFilter) && closedIn(node.condition, bound, true)
    case 'for':
    case 'quantified': {
      const names = [...bound, 'partial', ...node.iterators.map((i) => i.name)]
      return children(node).every((child) => closedIn(child, names, inFilter))
    }
    case 'function':
      return closedIn(node.body, [...bound, ...node.parameters.map((p) => p.name)], inFilter)
    case 'context':
      return node.entries.every((e) =>
        closedIn(e.value, [...bound, ...node.entries.map((x) => x.name)], inFilter),
      )
    default:
      return children(node).every((child) => closedIn(child, bound, inFilter))
  }
}

function keyOf(node: Node, text: string): string {
  const kinds = children(node)
    .filter((child) => child.kind !== 'name' || child.binding !== 'function')
    .map((child) => (isClosed(child) ? kindOf(ourValue(text.slice(child.start, child.end))) : child.kind))
    .join(', ')
  if (node.kind === 'binary') return `${node.operator} (${kinds})`
  if (node.kind === 'call' && node.callee.kind === 'name') return `${node.callee.name}(${kinds})`
  return `${node.kind} (${kinds})`
}

function ourValue(text: string): FeelValue {
  return compile(parse(text, SCOPE, { unknownNames: 'keep' }).ast).evaluate(VALUES).value
}

/** Both results as text, numbers to ten digits since theirs are doubles; null when they are the same. */
export function compareWithFeelin(text: string): Compared | null {
  const { ast } = parse(text, SCOPE, { unknownNames: 'keep' })
  const ours = shown(compile(ast).evaluate(VALUES).value)
  let theirs: string
  try {
    theirs = shownTheirs(feelin(text, INPUTS).value)
  } catch (error) {
    theirs = `throws ${(error as Error).name}`
  }
  return ours === theirs ? null : { text, ours, theirs }
}

function shown(value: FeelValue): string {
  if (kindOf(value) === 'function') return 'function'
  if (kindOf(value) === 'number') {
    const n = Number(toText(value))
    return String(Number(n.toPrecision(10)))
  }
  if (isList(value)) return `[${value.map(shown).join(', ')}]`
  if (value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'context') {
    return `{${[...value.entries]
      .map(([name, item]) => `${name}: ${shown(item)}`)
      .sort()
      .join(', ')}}`
  }
  return typeof value === 'string' ? JSON.stringify(value) : toText(value)
}

function shownTheirs(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'number') return String(Number(value.toPrecision(10)) + 0)
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map(shownTheirs).join(', ')}]`
  if (typeof value === 'function' || value instanceof FeelFunction) return 'function'
  const object = value as Record<string, unknown>
  if ('toISO' in object || object.constructor !== Object) return String(value)
  return `{${Object.entries(object)
    .map(([name, item]) => `${name}: ${shownTheirs(item)}`)
    .sort()
    .join(', ')}}`
}

/**
 * Where feelin and we differ, and why the text of DMN 1.5 is on our side: what the smallest differing part looks like.
 */
export const CLASSES: readonly {
  readonly key: RegExp
  readonly when?: (found: Compared) => boolean
  readonly why: string
}[] = [
  {
    key: /^\* \(.*duration, number\)$|^\* \(number, .*duration\)$/,
    when: theyGiveUp,
    why: 'arithmetic: a duration times a number is a duration',
  },
  {
    key: /^years and months duration\(date, date\)$/,
    when: ({ ours, theirs }) =>
      /\dD$/.test(theirs) || Math.abs(monthsIn(theirs)) === Math.abs(monthsIn(ours)) + 1,
    why: '10.3.4.1: whole years and months: no days, and nothing rounded up',
  },
  {
    key: /^[+-] \((date, days and time duration|days and time duration, date)\)$/,
    when: ({ theirs }) => theirs.includes('T'),
    why: 'arithmetic: a date plus a duration is a date',
  },
  {
    key: /^- \(days and time duration, date\)$/,
    why: 'arithmetic: nothing can be taken from a duration but a duration',
  },
  {
    key: /^(=|!=) \(list, list\)$/,
    when: ({ ours }) => ours !== 'null',
    why: 'equality: lists of different length are unequal, not incomparable, and [null] is not []',
  },
  {
    key: /^for \(number, number, /,
    when: theyGiveUp,
    why: 'iteration contexts: the ends of an iteration context may descend',
  },
  {
    key: /^(for|quantified) \((?!list|number, number)/,
    why: 'implicit conversions: a value where a list is expected is a list of one',
  },
  {
    key: /^quantified \(list, /,
    when: weGiveNull,
    why: 'logic: "some" and "every" are "or" and "and" of three values',
  },
  {
    key: /^(between \(number, number, number\)|in \(number, range\))$/,
    when: ({ ours, theirs }) => ours === 'false' && theirs === 'true',
    why: 'Table 55: x lies in [a..b] when a <= x and x <= b; swapped ends hold nothing',
  },
  {
    key: /^between \(.*null/,
    when: ({ ours, theirs }) => ours === 'false' && theirs === 'null',
    why: 'Table 55: between is "and" of two comparisons, and false and null is false',
  },
  {
    key: /^(between|in|<|<=|>|>=|=|!=) \(/,
    when: (found) => weGiveNull(found) || theyThrow(found),
    why: 'comparison: values of different kinds, or null, cannot be ordered: null',
  },
  {
    key: /^in \(.*null/,
    when: ({ ours }) => ours === 'false',
    why: 'Table 55: a value in a null test is the comparison with null: false',
  },
  {
    key: /^range \((.*null.*)\)$/,
    when: ({ ours }) => ours.includes('null'),
    why: 'a null end keeps the bracket it was written with; only the text differs',
  },
  {
    key: /^range \(/,
    when: theyThrow,
    why: 'the ends of a range must be of one kind: null, and no exception',
  },
  { key: /^if \((?!boolean|null)/, why: 'if: the else branch unless the condition is true' },
  {
    key: /^(substring|string length|reverse|split)\(string/,
    when: ({ text, theirs }) => theirs === '""' || text.includes('🐎'),
    why: 'strings: characters are code points, not UTF-16 units',
  },
  {
    key: /^substring\(string, number\)$/,
    when: weGiveNull,
    why: '10.3.4.3: there is no such position in the string',
  },
  {
    key: /^(remove|sublist|insert before)\(list, number/,
    when: weGiveNull,
    why: '10.3.4.4: there is no such position in the list',
  },
  {
    key: /^(union|concatenate|append)\(/,
    when: (found) => theyThrow(found) || weGiveNull(found),
    why: 'implicit conversions: an item becomes a list of one, null does not',
  },
  {
    key: /^union\(.*(string|number|date|boolean)/,
    why: 'implicit conversions: an item becomes a list of one; theirs takes a text apart',
  },
  {
    key: /^(union|distinct values)\(/,
    when: ({ ours, theirs }) => ours.length > theirs.length,
    why: 'equality: 1 and [1] are of different kinds and not equal',
  },
  {
    key: /^(abs|floor|ceiling|decimal|round .*|modulo|odd|even|string length|upper case|lower case|substring.*|replace|contains|.* with)\(.*list/,
    when: theyGiveUp,
    why: 'implicit conversions: a list of one is its item',
  },
  {
    key: /^modulo\(number, number\)$/,
    when: ({ theirs }) => theirs !== 'null',
    why: 'numbers: 34 digits; the remainder of doubles such as 13 by 0.2 is off',
  },
  { key: /^sort\(list, function\)$/, when: weGiveNull, why: 'an order that is null for some pair is none' },
  { key: /^median\(list\)$/, when: ({ theirs }) => theirs !== 'null', why: 'feelin sorts numbers as text' },
  {
    key: /^(max|min)\((string|date|list)/,
    when: theyGiveUp,
    why: '10.3.4.4: min and max take any comparable values',
  },
  {
    key: /^string\(number\)$/,
    when: ({ ours }) => ours.length > 18,
    why: 'numbers: 34 digits; theirs are doubles',
  },
  {
    key: /^filter \(/,
    when: (f) => f.ours === '[]' || theyThrow(f),
    why: 'a condition that is null keeps nothing',
  },
]

function monthsIn(duration: string): number {
  const m = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?$/.exec(duration)
  return m === null ? Number.NaN : (m[1] === '-' ? -1 : 1) * (Number(m[2] ?? 0) * 12 + Number(m[3] ?? 0))
}

function theyGiveUp({ theirs }: Compared): boolean {
  return theirs === 'null'
}

function theyThrow({ theirs }: Compared): boolean {
  return theirs.startsWith('throws')
}

function weGiveNull({ ours }: Compared): boolean {
  return ours === 'null'
}

/** Compares so many generated expressions; returns those whose difference has no class. */
export function differences(
  count: number,
  seed: number,
): { compared: number; differing: number; unexplained: string[] } {
  const generator = new Generator(seed)
  const unexplained: string[] = []
  let differing = 0
  for (let i = 0; i < count; i++) {
    const text = generator.any()
    if (compareWithFeelin(text) === null) continue
    differing++
    const root = rootOf(text)
    const known =
      root !== null && CLASSES.some(({ key, when }) => key.test(root.key) && (when?.(root.found) ?? true))
    if (!known)
      unexplained.push(
        `${root?.key}: ${root?.found.text ?? text}: ours ${root?.found.ours}, theirs ${root?.found.theirs}`,
      )
  }
  return { compared: count, differing, unexplained }
}
