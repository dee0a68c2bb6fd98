import { randomOf } from './differential.fixture.ts'

/**
 * Bundles made by chance from a seed: arithmetic, conditions, scales of every kind, tables of every hit policy that gives a value,
 * aggregates over members, roles, projections, nulls, words, dates and ages. They mean nothing, and must give the same
 * everywhere.
 */
export function bundleOf(seed: number): Map<string, string> {
  return new Maker(seed).files()
}

type Level = 'person' | 'household'
interface Known {
  readonly name: string
  readonly type: 'number' | 'boolean' | 'word'
  readonly level: Level
  readonly text: string
}

const WORDS = ['a', 'b', 'c'] as const
const REFERENCE = 'reference: {source: law, article: Article 1}'
const dated = (value: number | string) =>
  `[{from: 2020-01-01, value: ${value}, certainty: verbatim, ${REFERENCE}}]`

const INPUTS = `
  n1: {entity: person, type: number, scale: 0, min: 0, max: 900000000, period: month, default: 0}
  n2: {entity: person, type: number, scale: 2, min: -100000, max: 100000, period: month, default: 0}
  n3: {entity: person, type: number, scale: 0, min: 0, max: 120, nullable: true, period: month, default: null}
  b1: {entity: person, type: boolean, period: month, default: false}
  b2: {entity: person, type: boolean, nullable: true, period: month, default: null}
  w1: {entity: person, type: word, period: month, default: a}
  w2: {entity: person, type: word, nullable: true, period: month, default: null}
  born: {entity: person, type: date, period: eternity, default: null}
  h1: {entity: household, type: number, scale: 0, min: 0, max: 5000000, period: month, default: 0}
  h2: {entity: household, type: word, period: month, default: b}
  h3: {entity: household, type: boolean, nullable: true, period: month, default: null}`

const KNOWN: readonly Known[] = [
  { name: 'n1', type: 'number', level: 'person', text: 'n1' },
  { name: 'n2', type: 'number', level: 'person', text: 'n2' },
  { name: 'n3', type: 'number', level: 'person', text: 'n3' },
  { name: 'b1', type: 'boolean', level: 'person', text: 'b1' },
  { name: 'b2', type: 'boolean', level: 'person', text: 'b2' },
  { name: 'w1', type: 'word', level: 'person', text: 'w1' },
  { name: 'w2', type: 'word', level: 'person', text: 'w2' },
  { name: 'h1', type: 'number', level: 'household', text: 'h1' },
  { name: 'h2', type: 'word', level: 'household', text: 'h2' },
  { name: 'h3', type: 'boolean', level: 'household', text: 'h3' },
]

const SCALES = ['marginal-rate', 'marginal-amount', 'single-amount', 'average-rate'] as const

class Maker {
  readonly #random: () => number
  readonly #known: Known[] = [...KNOWN]
  readonly #decisions: string[] = []

  constructor(seed: number) {
    this.#random = randomOf(seed)
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n)
  }

  #one<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T
  }

  files(): Map<string, string> {
    const variables: string[] = []
    for (let i = 0; i < 10; i++) {
      const level: Level = i % 5 === 3 || i % 5 === 4 ? 'household' : 'person'
      const type = this.#one(['number', 'number', 'number', 'boolean', 'word'] as const)
      const name = `${level === 'person' ? 'p' : 'g'}${i}`
      const formula =
        this.#random() < 0.35 ? this.#table(level, type, i) : `feel: ${quoted(this.#of(type, level, 3))}`
      variables.push(
        `  ${name}: {entity: ${level}, type: ${type}, nullable: true, period: month, formulas: [{${formula}, basis: identity}]}`,
      )
      this.#known.push({ name, type, level, text: name })
    }
    const files = new Map([
      [
        'policy.yaml',
        `nhip: policy/1
id: made
title: {vi: Gói thử, en: Made by chance}
version: "1"
sources:
  law: {vi: Luật thử, en: Law, number: 1/2020, enacted: 2020-01-01}
entities:
  person: {plural: persons}
  household: {plural: households, group: person, roles: {head: {plural: heads, max: 1}, child: {plural: children}, other: {plural: others}}}
enums:
  word: [${WORDS.join(', ')}]
variables:${INPUTS}
${variables.join('\n')}
`,
      ],
      [
        'parameters/rate.yaml',
        `nhip: parameter/1\ntitle: {vi: Tỷ lệ, en: Rate}\nvalues: ${dated(this.#one([0.08, 0.105, 0.5, 0.015]))}\n`,
      ],
      [
        'parameters/amount.yaml',
        `nhip: parameter/1\ntitle: {vi: Mức, en: Amount}\nvalues: ${dated(this.#one([500000, 2530000, 100, 7]))}\n`,
      ],
    ])
    for (const word of WORDS)
      files.set(
        `parameters/by/${word}.yaml`,
        `nhip: parameter/1\ntitle: {vi: Theo chữ, en: By word}\nvalues: ${dated(this.#one([1.5, 0, 4960000, 0.25]))}\n`,
      )
    for (const kind of SCALES) {
      const amount = kind === 'average-rate' ? 'average_rate' : kind === 'marginal-rate' ? 'rate' : 'amount'
      let threshold = this.#one([0, 0, 1000, -50])
      const brackets = Array.from({ length: 1 + this.#below(5) }, () => {
        const text = `  - {threshold: ${dated(threshold)}, ${amount}: ${dated(kind.endsWith('rate') ? this.#one([0, 0.05, 0.1, 0.35]) : this.#one([100, 25000, 1]))}}`
        threshold += this.#one([500, 5_000_000, 80, 32_000_000])
        return text
      })
      files.set(
        `parameters/${kind.replace('-', '_')}.yaml`,
        `nhip: parameter/1\ntitle: {vi: Biểu, en: Scale}\nkind: ${kind}\nbrackets:\n${brackets.join('\n')}\n`,
      )
    }
    if (this.#decisions.length > 0)
      files.set(
        'decisions/made.dmn',
        `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:made" id="made" name="made">${this.#decisions.join('\n')}</definitions>`,
      )
    return files
  }

  #of(type: Known['type'], level: Level, depth: number): string {
    return type === 'number'
      ? this.#number(level, depth)
      : type === 'boolean'
        ? this.#boolean(level, depth)
        : this.#word(level, depth)
  }

  #variable(type: Known['type'], level: Level): string | undefined {
    const own = this.#known.filter((one) => one.type === type && one.level === level)
    const outer =
      level === 'person' ? this.#known.filter((one) => one.type === type && one.level === 'household') : []
    const all = [...own.map(({ text }) => text), ...outer.map(({ text }) => `household.${text}`)]
    return all.length === 0 ? undefined : this.#one(all)
  }

  #literal(): string {
    return this.#one(['0', '1', '2', '18', '60', '99.5', '0.1', '1000', '2200000', '-5', '12.34', '5000000'])
  }

  #number(level: Level, depth: number): string {
    const leaf = () =>
      this.#random() < 0.7
        ? (this.#variable('number', level) ?? this.#literal())
        : this.#one([this.#literal(), 'parameters.rate', 'parameters.amount'])
    if (depth === 0) return leaf()
    const n = () => this.#number(level, depth - 1)
    switch (this.#below(level === 'household' ? 20 : 16)) {
      case 0:
      case 1:
        return `(${n()} + ${n()})`
      case 2:
        return `(${n()} - ${n()})`
      case 3:
        return `(${n()} * ${this.#one(['parameters.rate', '0.5', '3', '-1', 'parameters.amount'])})`
      case 4:
        return `${this.#one(['round half up', 'round half down', 'round half even', 'round up', 'round down', 'decimal'])}(${n()}, ${this.#one(['0', '0', '1', '-3'])})`
      case 5:
        return `${this.#one(['floor', 'ceiling'])}(${n()} / ${this.#one(['3', '7', 'max(n3, 1)', '-11', '1000']).replace('n3', level === 'person' ? 'n3' : 'h1')})`
      case 6:
        return `round half up(${n()} / ${this.#variable('number', level) ?? '3'}, ${this.#one(['0', '2'])})`
      case 7:
        return `(if ${this.#boolean(level, depth - 1)} then ${n()} else ${n()})`
      case 8:
        return `${this.#one(['min', 'max'])}(${n()}, ${n()})`
      case 9:
        return `abs(${n()})`
      case 10:
        return `modulo(${this.#one(['n1', 'n3', 'n2']).replace(/n\d/, (name) => (level === 'person' ? name : 'h1'))}, ${this.#one(['7', '-4', '12'])})`
      case 11:
        return `clamp(${n()}, ${this.#one(['-100', '0'])}, ${this.#one(['18', '50000000'])})`
      case 12:
        return `scale(parameters.${this.#one(SCALES).replace('-', '_')}, ${n()})`
      case 13:
        return `lookup(parameters.by, ${level === 'person' ? 'w1' : 'h2'})`
      case 14:
        return level === 'person'
          ? this.#one([
              'age(held(born), period.start)',
              'age(held(born), @"2024-02-28", "01-03")',
              'months between(held(born), period.start)',
              'held(born).year',
              '(if role = "child" then position else 0)',
            ])
          : leaf()
      case 15:
        return leaf()
      case 16:
        return `sum(${this.#members()}.${this.#memberNumber()})`
      case 17:
        return `count(${this.#members()})`
      case 18:
        return `${this.#one(['min', 'max'])}(${this.#members()}.${this.#memberNumber()})`
      default:
        return `round half up(sum(members.n1) / count(members), 0)`
    }
  }

  #members(): string {
    return this.#one([
      'members',
      'members[role = "child"]',
      'members[n1 > 1000]',
      'members[b1]',
      'members[b2]',
      'members[n3 != null and n3 < 18]',
      'members[held(born) != null and age(held(born), period.start) >= 60]',
    ])
  }

  #memberNumber(): string {
    return this.#one(this.#known.filter(({ type, level }) => type === 'number' && level === 'person')).name
  }

  #boolean(level: Level, depth: number): string {
    const leaf = () => this.#variable('boolean', level) ?? 'true'
    if (depth === 0) return leaf()
    const n = () => this.#number(level, depth - 1)
    const b = () => this.#boolean(level, depth - 1)
    switch (this.#below(level === 'household' ? 13 : 11)) {
      case 0:
      case 1:
        return `(${n()} ${this.#one(['<', '<=', '>', '>=', '=', '!='])} ${n()})`
      case 2:
        return `(${n()} / ${this.#one(['3', '7'])} ${this.#one(['<', '>='])} ${this.#literal()})`
      case 3:
        return `(${b()} and ${b()})`
      case 4:
        return `(${b()} or ${b()})`
      case 5:
        return `not(${b()})`
      case 6:
        return `(${n()} in [${this.#one(['0', '1', '18'])}..${this.#one(['60', '2200000'])}${this.#one([')', ']'])})`
      case 7:
        return `(${this.#variable('word', level)} = "${this.#one(WORDS)}")`
      case 8:
        return `(${this.#variable('number', level)} ${this.#one(['=', '!='])} null)`
      case 9:
        return level === 'person'
          ? this.#one([
              '(held(born) < period.start)',
              '(held(born) + @"P18Y" <= period.start)',
              '(age(held(born), period.start) >= 18)',
              '(role = "head")',
            ])
          : leaf()
      case 10:
        return leaf()
      case 11:
        return this.#one([
          'any(members.b1)',
          'all(members.b2)',
          'any(members[n1 > 0].b2)',
          '(some m in members satisfies m.n1 > 1000000)',
        ])
      default:
        return '(every m in members satisfies m.n3 < 60)'
    }
  }

  #word(level: Level, depth: number): string {
    const leaf = () =>
      this.#random() < 0.6 ? (this.#variable('word', level) ?? '"a"') : `"${this.#one(WORDS)}"`
    if (depth === 0) return leaf()
    return `(if ${this.#boolean(level, depth - 1)} then ${leaf()} else ${leaf()})`
  }

  // ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────

  #table(level: Level, type: Known['type'], index: number): string {
    const id = `d${index}`
    const policy =
      type === 'number'
        ? this.#one(['UNIQUE', 'FIRST', 'ANY', 'PRIORITY', 'SUM', 'MIN', 'MAX', 'COUNT'])
        : this.#one(['UNIQUE', 'FIRST', 'ANY'])
    const output = () =>
      type === 'number'
        ? this.#one(['0', '1', '500', '2.5'])
        : type === 'boolean'
          ? this.#one(['true', 'false'])
          : `"${this.#one(WORDS)}"`
    const number = () =>
      this.#one([
        '-',
        '< 18',
        '[18..60)',
        '>= 60',
        '5',
        '0,1,2',
        'not(0)',
        '(1000..5000000]',
        '> 5000000',
        '? != null and ? * 2 > 100',
        'null',
        'not(null)',
      ])
    const word = () => this.#one(['-', '"a"', '"b","c"', 'not("a")', '"c"'])
    const rules = Array.from(
      { length: 1 + this.#below(6) },
      () =>
        `<rule><inputEntry><text>${escaped(number())}</text></inputEntry><inputEntry><text>${escaped(word())}</text></inputEntry><outputEntry><text>${escaped(output())}</text></outputEntry></rule>`,
    )
    const aggregation = ['SUM', 'MIN', 'MAX', 'COUNT'].includes(policy)
    const feel = type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : 'string'
    const listed = policy === 'PRIORITY' ? '<outputValues><text>500, 2.5, 1, 0</text></outputValues>' : ''
    const fallback =
      this.#random() < 0.4 ? `<defaultOutputEntry><text>${escaped(output())}</text></defaultOutputEntry>` : ''
    this.#decisions.push(`<inputData id="${id}x" name="${id} number"><variable name="${id} number" typeRef="number"/></inputData>
<inputData id="${id}y" name="${id} word"><variable name="${id} word" typeRef="string"/></inputData>
<decision id="${id}" name="${id}"><variable name="${id}" typeRef="${feel}"/>
<informationRequirement><requiredInput href="#${id}x"/></informationRequirement><informationRequirement><requiredInput href="#${id}y"/></informationRequirement>
<decisionTable hitPolicy="${aggregation ? 'COLLECT' : policy}"${aggregation ? ` aggregation="${policy}"` : ''}>
<input><inputExpression typeRef="number"><text>${id} number</text></inputExpression></input>
<input><inputExpression typeRef="string"><text>${id} word</text></inputExpression>${this.#random() < 0.3 ? '<inputValues><text>"a","b"</text></inputValues>' : ''}</input>
<output typeRef="${feel}">${listed}${fallback}</output>${rules.join('')}</decisionTable></decision>`)
    const inputs = `{${id} number: ${quoted(this.#number(level, 1))}, ${id} word: ${quoted(this.#variable('word', level) ?? '"a"')}}`
    return `decision: "decisions/made.dmn#${id}", inputs: ${inputs}`
  }
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
