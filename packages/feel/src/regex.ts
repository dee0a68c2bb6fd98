import { BLOCKS } from './regex-blocks.ts'

/** What makes a regular expression unusable: its syntax, its flags or its size. */
export class PatternError extends Error {
  /** True when it is too large or too slow rather than wrong. */
  readonly limit: boolean

  constructor(message: string, limit = false) {
    super(message)
    this.limit = limit
  }
}

export interface Pattern {
  matches(input: string): boolean
  /** `$0`…`$9` stand for groups, `\$` and `\\` for themselves; anything else after them is refused. */
  replace(input: string, replacement: string): string
  split(input: string): string[]
}

const MAX_PATTERN = 1_000
const cache = new Map<string, Pattern>()

/**
 * A regular expression of XPath and XQuery Functions and Operators 3.1, 5.6 (itself XML Schema's with anchors,
 * groups, back references and flags), run by the engine of JavaScript. Throws PatternError.
 */
export function compilePattern(pattern: string, flags: string): Pattern {
  const key = `${flags}/${pattern}`
  let compiled = cache.get(key)
  if (compiled === undefined) {
    compiled = build(pattern, flags)
    if (cache.size > 1_000) cache.clear()
    cache.set(key, compiled)
  }
  return compiled
}

function build(pattern: string, flags: string): Pattern {
  if (pattern.length > MAX_PATTERN) throw new PatternError('too long', true)
  if (/[^smixq]/.test(flags)) throw new PatternError(`flags "${flags}"`)
  const has = (flag: string) => flags.includes(flag)
  const literal = has('q')
  const translated = literal
    ? { source: pattern.replace(/[\\^$.*+?()[\]{}|/&~!#%,:;<=>@`-]/g, '\\$&'), groups: 0 }
    : new Translator(has('x') ? withoutSpace(pattern) : pattern, has('s'), has('m')).translate()
  let expression: RegExp
  try {
    expression = new RegExp(translated.source, `gv${has('i') ? 'i' : ''}${has('m') ? 'm' : ''}`)
  } catch {
    throw new PatternError(pattern)
  }
  const { groups } = translated
  const search = (input: string) => {
    expression.lastIndex = 0
    return expression.test(input)
  }
  return {
    matches: search,
    replace: (input, replacement) => {
      expression.lastIndex = 0
      return input.replace(expression, literal ? () => replacement : replacer(replacement, groups))
    },
    split(input) {
      const parts: string[] = []
      let from = 0
      for (const match of input.matchAll(expression)) {
        if (match[0].length === 0) continue
        parts.push(input.slice(from, match.index))
        from = match.index + match[0].length
      }
      parts.push(input.slice(from))
      return parts
    },
  }
}

/** Flag x: white space outside character classes does not count. */
function withoutSpace(pattern: string): string {
  let out = ''
  let depth = 0
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] as string
    if (c === '\\' && i + 1 < pattern.length) {
      out += c + pattern[++i]
      continue
    }
    if (c === '[') depth++
    else if (c === ']' && depth > 0) depth--
    if (depth > 0 || !/[\t\n\r ]/.test(c)) out += c
  }
  return out
}

function replacer(replacement: string, groups: number): (...match: unknown[]) => string {
  const parts: (string | number)[] = []
  for (let i = 0; i < replacement.length; i++) {
    const c = replacement[i] as string
    const next = replacement[i + 1]
    if (c === '\\') {
      if (next !== '\\' && next !== '$') throw new PatternError('replacement')
      parts.push(next)
      i++
    } else if (c === '$') {
      if (next === undefined || !/\d/.test(next)) throw new PatternError('replacement')
      let group = Number(next)
      i++
      // As many digits as still name a group.
      while (/\d/.test(replacement[i + 1] ?? '') && group * 10 + Number(replacement[i + 1]) <= groups) {
        group = group * 10 + Number(replacement[++i])
      }
      parts.push(group)
    } else parts.push(c)
  }
  return (...match) => {
    return parts
      .map((part) =>
        typeof part === 'string' ? part : part <= groups ? ((match[part] as string) ?? '') : '',
      )
      .join('')
  }
}

const NAME_START =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const CLASSES: Record<string, string> = {
  i: `[:${NAME_START}]`,
  I: `[^:${NAME_START}]`,
  c: `[:\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}${NAME_START}]`,
  C: `[^:\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}${NAME_START}]`,
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  s: '[ \\t\\n\\r]',
  S: '[^ \\t\\n\\r]',
  w: '[\\p{L}\\p{M}\\p{N}\\p{S}]',
  W: '[\\p{P}\\p{Z}\\p{C}]',
}
const SINGLE = new Set('nrt\\|.?*+(){}-[]^$')

/** One pass over the pattern; refuses what XPath refuses and JavaScript would read as something else. */
class Translator {
  readonly #text: string
  readonly #dotAll: boolean
  readonly #multiline: boolean
  #at = 0
  #groups = 0
  readonly #open: number[] = []
  readonly #closed = new Set<number>()

  constructor(text: string, dotAll: boolean, multiline: boolean) {
    this.#text = text
    this.#dotAll = dotAll
    this.#multiline = multiline
  }

  translate(): { source: string; groups: number } {
    let out = ''
    while (this.#at < this.#text.length) out += this.#piece()
    if (this.#open.length > 0) throw new PatternError(this.#text)
    return { source: out, groups: this.#groups }
  }

  #fail(): never {
    throw new PatternError(this.#text)
  }

  #piece(): string {
    const c = this.#text[this.#at++] as string
    switch (c) {
      case '\\':
        return this.#escape(false)
      case '[':
        return this.#class()
      case '(':
        return this.#group()
      case ')': {
        const group = this.#open.pop()
        if (group === undefined) this.#fail()
        if (group > 0) this.#closed.add(group)
        return ')'
      }
      case '.':
        return this.#dotAll ? '[\\s\\S]' : '[^\\n\\r]'
      case '^':
        return this.#multiline ? '(?:^(?!(?<=\\n)$(?![\\s\\S])))' : '^'
      case '$':
        return '$'
      case '{': {
        const m = /^(\d+)(,(\d*))?\}/.exec(this.#text.slice(this.#at))
        if (m === null) this.#fail()
        this.#at += m[0].length
        return `{${m[0]}`
      }
      case ']':
      case '}':
        return this.#fail()
      case '/':
        return '\\/'
      default:
        return c
    }
  }

  #group(): string {
    if (this.#text[this.#at] === '?') {
      if (this.#text[this.#at + 1] !== ':') this.#fail()
      this.#at += 2
      this.#open.push(0)
      return '(?:'
    }
    this.#open.push(++this.#groups)
    return '('
  }

  #escape(inClass: boolean): string {
    const c = this.#text[this.#at++]
    if (c === undefined) this.#fail()
    if (c === 'p' || c === 'P') return this.#category(c)
    const known = CLASSES[c]
    if (known !== undefined) return known
    if (c >= '1' && c <= '9' && !inClass) return this.#reference(c)
    if (!SINGLE.has(c)) this.#fail()
    return `\\${c}`
  }

  #reference(first: string): string {
    let group = Number(first)
    while (
      /\d/.test(this.#text[this.#at] ?? '') &&
      group * 10 + Number(this.#text[this.#at]) <= this.#groups
    ) {
      group = group * 10 + Number(this.#text[this.#at++])
    }
    if (!this.#closed.has(group)) this.#fail()
    return `(?:\\${group})`
  }

  #category(letter: string): string {
    const m = /^\{([A-Za-z0-9-]+)\}/.exec(this.#text.slice(this.#at))
    if (m === null) this.#fail()
    this.#at += m[0].length
    const name = m[1] as string
    if (!name.startsWith('Is')) {
      if (!/^(L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?)$/.test(name)) this.#fail()
      return `\\${letter}{${name}}`
    }
    const block = BLOCKS[name.slice(2)]
    if (block === undefined) this.#fail()
    return `[${letter === 'P' ? '^' : ''}\\u{${block[0].toString(16)}}-\\u{${block[1].toString(16)}}]`
  }

  /** A character class; `[A-Z-[OI]]` takes one class from another and may be nested. */
  #class(): string {
    const negated = this.#text[this.#at] === '^'
    if (negated) this.#at++
    let out = ''
    let first = true
    for (;;) {
      const c = this.#text[this.#at]
      if (c === undefined) this.#fail()
      if (c === ']') {
        if (first) this.#fail()
        this.#at++
        return `[${negated ? '^' : ''}${out}]`
      }
      if (c === '-' && this.#text[this.#at + 1] === '[') {
        if (first) this.#fail()
        this.#at += 2
        const minus = this.#class()
        if (this.#text[this.#at] !== ']') this.#fail()
        this.#at++
        return `[[${negated ? '^' : ''}${out}]--${minus}]`
      }
      if (c === '[') this.#fail()
      const low = this.#classItem()
      const range = this.#text[this.#at] === '-' && !['[', ']', undefined].includes(this.#text[this.#at + 1])
      if (range && low.single) {
        this.#at++
        const high = this.#classItem()
        if (!high.single) this.#fail()
        out += `${low.source}-${high.source}`
      } else out += low.source
      first = false
    }
  }

  #classItem(): { source: string; single: boolean } {
    const c = this.#text[this.#at] as string
    if (c === '\\') {
      this.#at++
      const next = this.#text[this.#at]
      const single = next !== undefined && SINGLE.has(next)
      return { source: this.#escape(true), single }
    }
    const point = String.fromCodePoint(this.#text.codePointAt(this.#at) as number)
    this.#at += point.length
    const hex = `\\u{${(point.codePointAt(0) as number).toString(16)}}`
    return { source: hex, single: true }
  }
}
