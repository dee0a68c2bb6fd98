import { BUILT_IN_NAMES } from './builtins.ts'
import { check } from './check.ts'
import { compile } from './compile.ts'
import { parse, parseType, parseUnaryTests } from './parse.ts'
import { print } from './print.ts'
import { type FeelValue, fromData } from './values.ts'

/** A small generator of pseudo-random numbers (mulberry32), so that a failing text can be made again from its seed. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  below(n: number): number {
    return Math.floor(this.next() * n)
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T
  }
}

const SEEDS = [
  'if a > 1 then "x" else [1, 2, 3][item > 1]',
  '{a: 1, b c: a + 2, "d+": function(x: number, y) x * y}.b c',
  'for i in 1..5, j in [1, 2] return i * j + count(partial)',
  'some x in [1, null, 3] satisfies x > 2',
  'every x in list satisfies x.age >= 18 and not(x.name = null)',
  'date and time("2026-07-01T10:00:00@Asia/Ho_Chi_Minh").time offset + duration("PT1H30M")',
  '@"2026-02-28" + @"P1M" in (@"2026-01-01"..@"2026-12-31"]',
  '(function(f, x) f(f, x))(function(f, x) f(f, x + 1), 0)',
  'list[-1].name = "Nguyễn" or list.age[2] between 18 and 60',
  'sort(list, function(a, b) a.age < b.age)[1..3]',
  'replace("abracadabra", "(a)(b|r)?", "$1$2-", "i")',
  'matches("số 12/3", "^\\p{L}+ [0-9-[5]]+/\\d$")',
  'x instance of list<context<a: number, b: function<string> -> date and time>>',
  'string join(for s in split("a;b;c", ";") return upper case(s), "-")',
  'number("1.234,5", ".", ",") ** -2 / 3 % 4',
  '1.5e300 * 2 ** 1000 - -7 + .5',
  'context put(context merge([{a: 1}, {b: {c: 2}}]), ["b", "c"], 3)',
  'years and months duration(date("2020-02-29"), @"2026-11-21")',
  'overlaps before([1..5], (3..8)) and includes(]1..9[, 4)',
  'range("[1..10)") = [1..10) // comment',
  '/* c */ decimal(1 / 3, 2) in (< 1, (=0.33), !=5)',
  'thu nhập - giảm trừ * thuế suất',
  'not(1, 2, > 5)',
  '? > 5 and ? < 10, [1..3], "a"',
  'a-b+a.b*a/b',
  '[1, [2, [3]], null, true].x[item = 2](1)(x: 2)',
]

const TOKENS = [
  ...'()[]{}<>=!+-*/.,:?@"\\|&%#$^~;\'` \n\t',
  '..',
  '**',
  '<=',
  '>=',
  '!=',
  '->',
  '//',
  '/*',
  '*/',
  '""',
  '@"',
  '\\u0041',
  '\\uD83D',
  '\u00a0',
  '\u200b',
  'é',
  '🐎',
  '\ud800',
  '\0',
  'if',
  'then',
  'else',
  'for',
  'in',
  'return',
  'some',
  'every',
  'satisfies',
  'between',
  'and',
  'or',
  'not',
  'instance of',
  'function',
  'external',
  'null',
  'true',
  'false',
  'list<',
  'context<',
  'range<',
  'number',
  'date',
  'item',
  'partial',
  'a',
  'b',
  'list',
  'x',
  'thu nhập',
  'a-b',
  '1',
  '0',
  '-1',
  '2.5',
  '.5',
  '1e9',
  '99999999999999999999',
  '"s"',
  '@"P1D"',
  '@"10:00:00Z"',
  ...BUILT_IN_NAMES,
]

/** One text: a seed cut, spliced and scattered with tokens, or tokens alone, or a pile of brackets. */
export function randomText(dice: Dice): string {
  const kind = dice.next()
  if (kind < 0.003)
    return dice
      .pick(['(', '[', '{a:', '-', '1+', 'if ', 'a.', 'a[', 'a(', 'not(', ']1..', 'x in ('])
      .repeat(dice.below(700))
  if (kind < 0.3)
    return Array.from({ length: dice.below(25) }, () => dice.pick(TOKENS)).join(dice.next() < 0.5 ? ' ' : '')
  let text = dice.pick(SEEDS)
  for (let changes = dice.below(6); changes > 0; changes--) {
    const [i, j] = [dice.below(text.length + 1), dice.below(text.length + 1)].sort((x, y) => x - y) as [
      number,
      number,
    ]
    const how = dice.next()
    if (how < 0.35) text = text.slice(0, i) + dice.pick(TOKENS) + text.slice(i)
    else if (how < 0.6) text = text.slice(0, i) + text.slice(Math.min(j, i + 6))
    else if (how < 0.75) text = text.slice(0, j) + text.slice(i, j) + text.slice(j)
    else if (how < 0.9) text = text.slice(0, i) + dice.pick(SEEDS).slice(dice.below(20))
    else text = text.slice(0, i) + String.fromCharCode(dice.below(0x2100)) + text.slice(i)
  }
  return text
}

const VALUES: Record<string, FeelValue> = {
  a: fromData(3),
  b: fromData('b'),
  'a-b': fromData([1, 2]),
  list: fromData([
    { name: 'An', age: 20 },
    { name: null, age: 65 },
  ]),
  'thu nhập': fromData(10_000_000),
  '?': fromData(7),
  'giảm trừ': null,
}
const SCOPE = { names: Object.keys(VALUES).filter((name) => name !== '?'), functions: BUILT_IN_NAMES }
const LIMITS = { steps: 20_000, text: 100_000 }

/** Everything a host may do with a text. Throws when something throws that must not. */
export function exercise(text: string, entry: 'expression' | 'tests' | 'type'): void {
  if (entry === 'type') {
    parseType(text, SCOPE)
    return
  }
  const { ast, problems } = (entry === 'tests' ? parseUnaryTests : parse)(text, SCOPE, {
    unknownNames: 'keep',
  })
  check(ast, { typeOf: () => undefined }, 'lenient')
  print(ast)
  compile(ast).evaluate(VALUES, { limits: LIMITS })
  if (problems.some((p) => p.start > p.end || p.end > text.length || (p.line ?? 0) < 1)) {
    throw new Error('place outside the text')
  }
}

const ENTRIES = ['expression', 'expression', 'tests', 'expression', 'type'] as const

/** Runs so many texts; the slowest one's milliseconds. An error names the text. */
export function fuzz(count: number, seed: number): { slowest: number; text: string } {
  const dice = new Dice(seed)
  let worst = { slowest: 0, text: '' }
  for (let i = 0; i < count; i++) {
    const text = randomText(dice)
    const start = performance.now()
    try {
      exercise(text, ENTRIES[i % ENTRIES.length] as (typeof ENTRIES)[number])
    } catch (error) {
      throw new Error(`text ${i} of seed ${seed} ${JSON.stringify(text)}: ${(error as Error).stack}`)
    }
    const took = performance.now() - start
    if (took > worst.slowest) worst = { slowest: took, text }
  }
  return worst
}
