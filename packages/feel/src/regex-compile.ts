import { characterClass, escapedClass, isSingleEscape } from './regex-class.ts'
import { PatternError } from './regex-error.ts'
import type { Instruction, Machine } from './regex-machine.ts'

type Part =
  | { readonly kind: 'set'; readonly source: string }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'reference'; readonly group: number }
  | { readonly kind: 'group'; readonly group: number; readonly body: Part }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Part[] }
  | {
      readonly kind: 'repeat'
      readonly body: Part
      readonly min: number
      readonly max: number
      readonly greedy: boolean
    }

/** A pattern may unroll to so many instructions: `((a{9}){9}){9}` is short to write and long to run. */
const MAX_CODE = 20_000
const MAX_NESTING = 200

export interface Flags {
  readonly ignoreCase: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
}

/** Compiles a pattern of XPath (F&O 3.1, 5.6.1). Throws PatternError. */
export function compileMachine(pattern: string, flags: Flags): { machine: Machine; groups: number } {
  const reader = new Reader(pattern, flags)
  const part = reader.whole()
  return { machine: assemble(part, reader.groups, flags), groups: reader.groups }
}

/** The machine for a text taken as it is. */
export function literalMachine(text: string, flags: Flags): Machine {
  const parts = [...text].map((point): Part => ({ kind: 'set', source: literal(point) }))
  return assemble({ kind: 'sequence', parts }, 0, flags)
}

const literal = (point: string) => `\\u{${(point.codePointAt(0) as number).toString(16)}}`

class Reader {
  readonly #text: string
  readonly #flags: Flags
  readonly #closed = new Set<number>()
  #at = 0
  #depth = 0
  groups = 0

  constructor(text: string, flags: Flags) {
    this.#text = text
    this.#flags = flags
  }

  whole(): Part {
    const part = this.#choice()
    if (this.#at < this.#text.length) this.#fail()
    return part
  }

  #fail(): never {
    throw new PatternError(this.#text)
  }

  #choice(): Part {
    if (++this.#depth > MAX_NESTING) throw new PatternError(this.#text, true)
    const parts = [this.#sequence()]
    while (this.#text[this.#at] === '|') {
      this.#at++
      parts.push(this.#sequence())
    }
    this.#depth--
    return parts.length === 1 ? (parts[0] as Part) : { kind: 'choice', parts }
  }

  #sequence(): Part {
    const parts: Part[] = []
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at] as string))
      parts.push(this.#piece())
    return { kind: 'sequence', parts }
  }

  #piece(): Part {
    const body = this.#atom()
    const sign = this.#text[this.#at]
    let [min, max] = [1, 1]
    if (sign === '*') [min, max] = [0, Infinity]
    else if (sign === '+') [min, max] = [1, Infinity]
    else if (sign === '?') [min, max] = [0, 1]
    else if (sign === '{') {
      const m = /^\{(\d{1,6})(,(\d{0,6}))?\}/.exec(this.#text.slice(this.#at, this.#at + 20))
      if (m === null) this.#fail()
      min = Number(m[1])
      max = m[2] === undefined ? min : m[3] === '' ? Infinity : Number(m[3])
      if (max < min) this.#fail()
      this.#at += m[0].length - 1
    } else return body
    this.#at++
    const greedy = this.#text[this.#at] !== '?'
    if (!greedy) this.#at++
    return { kind: 'repeat', body, min, max, greedy }
  }

  #atom(): Part {
    const point = String.fromCodePoint(this.#text.codePointAt(this.#at) as number)
    this.#at += point.length
    switch (point) {
      case '\\':
        return this.#escape()
      case '[': {
        const { source, end } = characterClass(this.#text, this.#at)
        this.#at = end
        return { kind: 'set', source }
      }
      case '(':
        return this.#group()
      case '.':
        return { kind: 'set', source: this.#flags.dotAll ? '[\\s\\S]' : '[^\\n\\r]' }
      case '^':
        return { kind: 'start' }
      case '$':
        return { kind: 'end' }
      case '?':
      case '*':
      case '+':
      case '{':
      case '}':
      case ']':
        return this.#fail()
      default:
        return { kind: 'set', source: literal(point) }
    }
  }

  #group(): Part {
    let group = 0
    if (this.#text[this.#at] !== '?') group = ++this.groups
    else if (this.#text[this.#at + 1] === ':') this.#at += 2
    else this.#fail()
    const body = this.#choice()
    if (this.#text[this.#at++] !== ')') this.#fail()
    if (group === 0) return body
    this.#closed.add(group)
    return { kind: 'group', group, body }
  }

  #escape(): Part {
    const c = this.#text[this.#at]
    if (c === undefined) this.#fail()
    if (c >= '1' && c <= '9') return this.#reference()
    if (isSingleEscape(c)) {
      this.#at++
      return { kind: 'set', source: c === 'n' || c === 'r' || c === 't' ? `\\${c}` : literal(c) }
    }
    const { source, end } = escapedClass(this.#text, this.#at)
    this.#at = end
    return { kind: 'set', source }
  }

  /** As many digits as still name a group; it must be closed before. */
  #reference(): Part {
    let group = Number(this.#text[this.#at++])
    while (
      /\d/.test(this.#text[this.#at] ?? '') &&
      group * 10 + Number(this.#text[this.#at]) <= this.groups
    ) {
      group = group * 10 + Number(this.#text[this.#at++])
    }
    if (!this.#closed.has(group)) this.#fail()
    return { kind: 'reference', group }
  }
}

function assemble(part: Part, groups: number, flags: Flags): Machine {
  const code: Instruction[] = []
  const tests = new Map<string, (point: string) => boolean>()
  let registers = (groups + 1) * 2
  const push = (instruction: Instruction) => {
    if (code.length >= MAX_CODE) throw new PatternError('unrolled', true)
    return code.push(instruction) - 1
  }
  const emit = (p: Part): void => {
    switch (p.kind) {
      case 'set':
        push({ op: 'set', test: testOf(p.source, flags, tests) })
        break
      case 'start':
      case 'end':
        push({ op: p.kind })
        break
      case 'reference':
        push({ op: 'reference', group: p.group })
        break
      case 'group':
        push({ op: 'save', register: p.group * 2 })
        emit(p.body)
        push({ op: 'save', register: p.group * 2 + 1 })
        break
      case 'sequence':
        for (const inner of p.parts) emit(inner)
        break
      case 'choice':
        choice(p.parts)
        break
      case 'repeat':
        for (let i = 0; i < p.min; i++) emit(p.body)
        if (p.max === Infinity) loop(p.body, p.greedy)
        else optional(p.body, p.max - p.min, p.greedy)
    }
  }
  const split = (greedy: boolean, first: number) => {
    const at = push({ op: 'jump', to: 0 })
    return (end: number) => {
      code[at] = greedy ? { op: 'split', to: first, other: end } : { op: 'split', to: end, other: first }
    }
  }
  const choice = (parts: readonly Part[]) => {
    const ends: number[] = []
    for (const [i, inner] of parts.entries()) {
      const last = i === parts.length - 1
      const close = last ? null : split(true, code.length + 1)
      emit(inner)
      if (!last) ends.push(push({ op: 'jump', to: 0 }))
      close?.(code.length)
    }
    for (const end of ends) code[end] = { op: 'jump', to: code.length }
  }
  const loop = (body: Part, greedy: boolean) => {
    const register = registers++
    const top = code.length
    const close = split(greedy, top + 1)
    push({ op: 'save', register })
    emit(body)
    push({ op: 'progress', register })
    push({ op: 'jump', to: top })
    close(code.length)
  }
  const optional = (body: Part, times: number, greedy: boolean) => {
    const closes: ((end: number) => void)[] = []
    for (let i = 0; i < times; i++) {
      closes.push(split(greedy, code.length + 1))
      emit(body)
    }
    for (const close of closes) close(code.length)
  }
  push({ op: 'save', register: 0 })
  emit(part)
  push({ op: 'save', register: 1 })
  push({ op: 'match' })
  return { code, registers, multiline: flags.multiline, ignoreCase: flags.ignoreCase }
}

/** Whether one code point is in a class: asked of the engine of JavaScript once a code point, then remembered. */
function testOf(
  source: string,
  flags: Flags,
  tests: Map<string, (point: string) => boolean>,
): (point: string) => boolean {
  let test = tests.get(source)
  if (test === undefined) {
    let expression: RegExp
    try {
      expression = new RegExp(`^(?:${source})$`, flags.ignoreCase ? 'vi' : 'v')
    } catch {
      throw new PatternError(source)
    }
    const known = new Map<string, boolean>()
    test = (point) => {
      let answer = known.get(point)
      if (answer === undefined) {
        answer = expression.test(point)
        if (known.size < 5_000) known.set(point, answer)
      }
      return answer
    }
    tests.set(source, test)
  }
  return test
}
