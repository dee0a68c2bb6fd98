import type { Message } from '@nhip/canonical/problem'
import type {
  BinaryOperator,
  ContextEntry,
  FunctionParameter,
  Iterator,
  NameNode,
  Node,
  Span,
  TypeNode,
  UnaryOperator,
} from './ast.ts'
import { children } from './ast.ts'
import { componentsOf, componentType } from './components.ts'
import { atomEnd, NameTrie } from './names.ts'
import { type FeelProblem, problemAt } from './problem.ts'
import { blankEnd, gapEnd, numberEnd, readString, startsWord, wordEnd } from './scan.ts'
import { type Layer, LocalLayer, layersOf, type Scope } from './scope.ts'
import { readType } from './type-text.ts'
import { ANY, type FeelType, functionOf, listOf, rangeOf, union } from './types.ts'

export type { Scope } from './scope.ts'

/** Longest text and deepest nesting that are read; beyond them there is a problem, never a crash. */
export const MAX_TEXT = 65_536
export const MAX_NESTING = 400
/** Longest chain of operators, paths or calls, counted as levels of the tree. */
export const MAX_HEIGHT = 1_000

export interface Parsed {
  /** Always a whole tree: what could not be read is a node of kind `error`. */
  readonly ast: Node
  readonly problems: readonly FeelProblem[]
}

export interface ParsedType {
  readonly type: TypeNode
  readonly problems: readonly FeelProblem[]
}

export interface ParseOptions {
  /** A name or function that is not in scope: a problem `name.unknown` (default), or kept and left to `check`. */
  readonly unknownNames?: 'problem' | 'keep'
}

/** Reads one FEEL expression. Never throws on text. */
export function parse(text: string, scope: Scope, options: ParseOptions = {}): Parsed {
  return new Parser(text, scope, options).whole((p) => p.expression())
}

/** Reads unary tests, the cells of a decision table: `-`, tests by commas, `not(…)`; `?` is the input. */
export function parseUnaryTests(text: string, scope: Scope, options: ParseOptions = {}): Parsed {
  return new Parser(text, scope, options).whole((p) => p.unaryTests())
}

/** Reads a type such as `list<number>` or `context<a: date and time>`. */
export function parseType(text: string, scope: Scope): ParsedType {
  const parser = new Parser(text, scope, {})
  let type: TypeNode | null = null
  const { ast, problems } = parser.whole((p) => {
    type = p.type()
    return p.node({ kind: 'null' }, 0)
  })
  return { type: type ?? { text: '', type: undefined, ...spanOf(ast) }, problems }
}

const spanOf = ({ start, end, line, column }: Span): Span => ({ start, end, line, column })

/** Words that end a name nobody declared. */
const RESERVED = new Set(['and', 'or', 'in', 'between', 'instance', 'then', 'else', 'return', 'satisfies'])

const LEVEL = { OR: 1, AND: 2, COMPARISON: 3, ADDITION: 4, MULTIPLICATION: 5, POWER: 6 } as const
const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  or: LEVEL.OR,
  and: LEVEL.AND,
  '=': LEVEL.COMPARISON,
  '!=': LEVEL.COMPARISON,
  '<': LEVEL.COMPARISON,
  '<=': LEVEL.COMPARISON,
  '>': LEVEL.COMPARISON,
  '>=': LEVEL.COMPARISON,
  '+': LEVEL.ADDITION,
  '-': LEVEL.ADDITION,
  '*': LEVEL.MULTIPLICATION,
  '/': LEVEL.MULTIPLICATION,
  '**': LEVEL.POWER,
}

// A node without its place: distributes over the union.
type Bare<N> = N extends Node ? Omit<N, keyof Span> : never

export class Parser {
  readonly text: string
  readonly #scope: Scope
  readonly #keepUnknown: boolean
  readonly #layers: Layer[]
  readonly #problems: FeelProblem[] = []
  readonly #lines: number[] = [0]
  readonly #types = new Map<Node, FeelType>()
  readonly #heights = new Map<Node, number>()
  #at = 0
  #end = 0
  #depth = 0
  #stopped = false
  #inTests = false

  constructor(text: string, scope: Scope, options: ParseOptions) {
    this.text = text
    this.#scope = scope
    this.#keepUnknown = options.unknownNames === 'keep'
    this.#layers = layersOf(scope)
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.#lines.push(i + 1)
  }

  whole(read: (parser: Parser) => Node): Parsed {
    if (this.text.length > MAX_TEXT) {
      this.#stop({
        vi: `biểu thức dài ${this.text.length} ký tự, tối đa ${MAX_TEXT}`,
        en: `the expression has ${this.text.length} characters, at most ${MAX_TEXT} are read`,
      })
      return { ast: this.node({ kind: 'error' }, 0), problems: this.#problems }
    }
    this.#gap()
    const ast = read(this)
    if (this.#at < this.text.length && !this.#stopped) this.#unexpected()
    return { ast, problems: this.#problems }
  }

  // ── places and problems ──────────────────────────────────────────────────────────────────────────────────────

  #span(start: number, end: number): Span {
    let low = 0
    let high = this.#lines.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#lines[middle] as number) <= start) low = middle
      else high = middle - 1
    }
    return { start, end, line: low + 1, column: start - (this.#lines[low] as number) + 1 }
  }

  /** Completes a node that began at `start` and ends behind the last thing read. */
  node<N extends Node>(bare: Bare<N>, start: number): N {
    const node = Object.assign(bare, this.#span(start, Math.max(start, this.#end))) as unknown as N
    const below = children(node)
    if (below.length > 0) {
      let height = 0
      for (const child of below) height = Math.max(height, this.#heights.get(child) ?? 0)
      this.#heights.set(node, height + 1)
      if (height + 1 > MAX_HEIGHT) this.#tooDeep()
    }
    return node
  }

  #typed<N extends Node>(node: N, type: FeelType): N {
    if (type.kind !== 'Any') this.#types.set(node, type)
    return node
  }

  #typeOf(node: Node): FeelType {
    return this.#types.get(node) ?? ANY
  }

  #report(start: number, end: number, message: Message, hint?: Message): void {
    const last = this.#problems.at(-1)
    // One fault, one problem: what follows from it at the same place is noise.
    if (this.#stopped || (last !== undefined && last.start === start) || this.#problems.length >= 50) return
    const span = this.#span(start, Math.min(end, this.text.length))
    this.#problems.push(problemAt('error', 'feel.syntax', span, this.text, message, hint))
  }

  #stop(message: Message): void {
    if (!this.#stopped) {
      this.#problems.push(
        problemAt('error', 'feel.limit', this.#span(this.#at, this.#at), this.text, message),
      )
    }
    this.#stopped = true
    this.#at = this.text.length
    this.#end = this.#at
  }

  #tooDeep(): void {
    this.#stop({
      vi: `biểu thức lồng quá ${MAX_NESTING} tầng hoặc chuỗi phép toán quá ${MAX_HEIGHT} bước`,
      en: `nested more than ${MAX_NESTING} levels, or a chain of more than ${MAX_HEIGHT} operations`,
    })
  }

  #wordHere(): string {
    const end = wordEnd(this.text, this.#at)
    return this.text.slice(this.#at, end > this.#at ? end : this.#at + 1)
  }

  #unexpected(): void {
    if (this.#at >= this.text.length) {
      this.#report(this.text.length, this.text.length, {
        vi: 'biểu thức dừng giữa chừng: còn thiếu một giá trị',
        en: 'the expression ends where a value should follow',
      })
      return
    }
    const word = this.#wordHere()
    this.#report(this.#at, this.#at + word.length, {
      vi: `không hiểu "${word}" ở vị trí này`,
      en: `"${word}" is not expected here`,
    })
  }

  #missing(what: string): void {
    this.#report(this.#at, Math.min(this.#at + 1, this.text.length), {
      vi: `thiếu "${what}"`,
      en: `missing "${what}"`,
    })
  }

  // ── scanning ─────────────────────────────────────────────────────────────────────────────────────────────────

  #gap(): void {
    const { end, unterminated } = gapEnd(this.text, this.#at)
    if (unterminated) {
      this.#report(blankEnd(this.text, this.#at), end, {
        vi: 'chú thích /* chưa đóng',
        en: 'comment /* is not closed',
      })
    }
    this.#at = end
  }

  #advance(to: number): void {
    this.#at = to
    this.#end = to
    this.#gap()
  }

  #is(sign: string): boolean {
    return this.text.startsWith(sign, this.#at)
  }

  #eat(sign: string): boolean {
    if (!this.#is(sign)) return false
    this.#advance(this.#at + sign.length)
    return true
  }

  #expect(sign: string): boolean {
    if (this.#eat(sign)) return true
    this.#missing(sign)
    return false
  }

  #isWord(word: string): boolean {
    return this.#is(word) && wordEnd(this.text, this.#at) === this.#at + word.length
  }

  #eatWord(word: string): boolean {
    if (!this.#isWord(word)) return false
    this.#advance(this.#at + word.length)
    return true
  }

  #expectWord(word: string): void {
    if (!this.#eatWord(word)) this.#missing(word)
  }

  /** Words and signs from here to one of the closing signs, joined as a name; null (and nothing read) otherwise. */
  #nameUntil(closers: string, stopWord?: string): string | null {
    let at = this.#at
    let end = at
    let name = ''
    let lastWord = false
    for (let count = 0; count < 60; count++) {
      const start = blankEnd(this.text, end)
      if (count > 0) {
        const sign = this.text[start]
        const stop = stopWord !== undefined && wordIs(this.text, start, stopWord)
        if (stop || (sign !== undefined && stopWord === undefined && closers.includes(sign))) {
          this.#advance(end)
          return name
        }
      } else if (!startsWord(this.text, start)) return null
      at = start
      end = atomEnd(this.text, at)
      if (end === at) break
      const word = wordEnd(this.text, at) > at
      name += word && lastWord ? ` ${this.text.slice(at, end)}` : this.text.slice(at, end)
      lastWord = word
    }
    const behind = blankEnd(this.text, end)
    if (stopWord === undefined && gapEnd(this.text, behind).end > behind) {
      // A comment may stand between a name and its closing sign.
      const after = this.text[gapEnd(this.text, behind).end]
      if (name !== '' && after !== undefined && closers.includes(after)) {
        this.#advance(end)
        return name
      }
    }
    return null
  }

  /** The words from here on that no keyword or sign ends: how a name that nobody declared is read. */
  #runOfWords(): string {
    let name = ''
    let at = this.#at
    let end = at
    for (;;) {
      const next = wordEnd(this.text, at)
      if (next === at) break
      const word = this.text.slice(at, next)
      if (name !== '' && RESERVED.has(word)) break
      name = name === '' ? word : `${name} ${word}`
      end = next
      at = blankEnd(this.text, next)
    }
    this.#advance(end)
    return name
  }

  #lookup(at: number): { name: string; end: number; layer: Layer } | null {
    let best: { name: string; end: number; layer: Layer } | null = null
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const layer = this.#layers[i] as Layer
      const found = layer.trie.longest(this.text, at)
      if (found !== null && (best === null || found.end > best.end)) best = { ...found, layer }
    }
    return best
  }

  #within<T>(layer: Layer, read: () => T): T {
    this.#layers.push(layer)
    const result = read()
    this.#layers.pop()
    return result
  }

  // ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────

  expression(): Node {
    return this.#binary(LEVEL.OR)
  }

  #error(start: number): Node {
    return this.node({ kind: 'error' }, start)
  }

  #binary(minimum: number, closesRange = false): Node {
    if (++this.#depth > MAX_NESTING) this.#tooDeep()
    const start = this.#at
    const node = this.#stopped
      ? this.#error(start)
      : this.#infix(this.#prefix(closesRange), start, minimum, closesRange)
    this.#depth--
    return node
  }

  #operator(): BinaryOperator | null {
    const c = this.text[this.#at]
    switch (c) {
      case '=':
      case '+':
      case '-':
      case '/':
        return c
      case '*':
        return this.text[this.#at + 1] === '*' ? '**' : '*'
      case '<':
        return this.text[this.#at + 1] === '=' ? '<=' : '<'
      case '>':
        return this.text[this.#at + 1] === '=' ? '>=' : '>'
      case '!':
        return this.text[this.#at + 1] === '=' ? '!=' : null
      case 'a':
        return this.#isWord('and') ? 'and' : null
      case 'o':
        return this.#isWord('or') ? 'or' : null
      default:
        return null
    }
  }

  /** Operators after a left side, left to right, as long as they bind at least as tightly as `minimum`. */
  #infix(first: Node, start: number, minimum: number, closesRange: boolean): Node {
    let left = first
    while (!this.#stopped) {
      if (minimum <= LEVEL.COMPARISON && this.#isWord('between')) {
        this.#advance(this.#at + 7)
        const low = this.#binary(LEVEL.ADDITION)
        this.#expectWord('and')
        const high = this.#binary(LEVEL.ADDITION)
        left = this.node({ kind: 'between', operand: left, low, high }, start)
        continue
      }
      if (minimum <= LEVEL.COMPARISON && this.#isWord('in')) {
        this.#advance(this.#at + 2)
        left = this.node({ kind: 'in', operand: left, tests: this.#testsAfterIn() }, start)
        continue
      }
      const operator = this.#operator()
      if (operator === null) break
      const precedence = PRECEDENCE[operator]
      if (precedence < minimum) break
      this.#advance(this.#at + operator.length)
      const right = this.#binary(precedence + 1, closesRange)
      left = this.node({ kind: 'binary', operator, left, right }, start)
    }
    return left
  }

  /** What follows `in`: one test, or several in parentheses. */
  #testsAfterIn(): Node[] {
    const start = this.#at
    if (!this.#is('(')) return [this.#binary(LEVEL.ADDITION)]
    const inside = this.#parenthesis(true)
    if (inside.length > 1) return inside
    const only = inside[0] as Node
    return [this.#infix(this.#postfix(only, start, false), start, LEVEL.ADDITION, false)]
  }

  #prefix(closesRange: boolean): Node {
    const start = this.#at
    if (this.text[start] === '-') {
      const number = numberEnd(this.text, start + 1)
      this.#advance(start + 1)
      // A sign before digits belongs to the numeral (the grammar's numeric literal), so `-3 instance of number` asks of -3.
      if (number > start + 1) {
        const literal = this.node({ kind: 'negation', operand: this.#primary() }, start)
        return this.#postfix(literal, start, closesRange)
      }
      if (++this.#depth > MAX_NESTING) this.#tooDeep()
      const operand = this.#stopped ? this.#error(start) : this.#prefix(closesRange)
      this.#depth--
      return this.#typed(this.node({ kind: 'negation', operand }, start), this.#typeOf(operand))
    }
    const operator = this.#unaryOperator()
    if (operator !== null) {
      this.#advance(start + operator.length)
      const operand = this.#binary(LEVEL.ADDITION, closesRange)
      return this.#typed(
        this.node({ kind: 'unary', operator, operand }, start),
        rangeOf(this.#typeOf(operand)),
      )
    }
    return this.#postfix(this.#primary(), start, closesRange)
  }

  #unaryOperator(): UnaryOperator | null {
    const c = this.text[this.#at]
    if (c === '=') return '='
    if (c === '<' || c === '>') return this.text[this.#at + 1] === '=' ? `${c}=` : c
    return c === '!' && this.text[this.#at + 1] === '=' ? '!=' : null
  }

  #postfix(first: Node, start: number, closesRange: boolean): Node {
    let node = first
    while (!this.#stopped) {
      if (this.#is('.') && !this.#is('..')) {
        this.#advance(this.#at + 1)
        node = this.#path(node, start)
      } else if (this.#is('[') && !(closesRange && this.#bracketClosesRange())) {
        node = this.#filter(node, start)
      } else if (this.#is('(')) {
        node = this.#call(node, start)
      } else if (this.#isWord('instance') && wordIs(this.text, blankEnd(this.text, this.#at + 8), 'of')) {
        this.#advance(this.#at + 8)
        this.#advance(this.#at + 2)
        node = this.node({ kind: 'instance of', operand: node, type: this.type() }, start)
      } else break
    }
    return node
  }

  /**
   * In `[1..n[` the bracket closes the range, in `[1..xs[1]]` it opens a filter. It opens one when an expression can
   * begin behind it and its partner exists.
   */
  #bracketClosesRange(): boolean {
    const next = gapEnd(this.text, this.#at + 1).end
    const sign = this.text[next]
    if (sign === undefined || ',)]}=<>!*/+'.includes(sign)) return true
    if (RESERVED.has(this.text.slice(next, wordEnd(this.text, next)))) return true
    let open = 0
    for (let i = this.#at, seen = 0; i < this.text.length && seen < 400; i++, seen++) {
      const c = this.text[i] as string
      if (c === '"') i = readString(this.text, i).end - 1
      else if (c === '[') open++
      else if (c === ']' && --open === 0) return false
    }
    return true
  }

  #path(source: Node, start: number): Node {
    const type = this.#typeOf(source)
    const known = componentsOf(type)
    const found = known === null ? null : new NameTrie(known.keys()).longest(this.text, this.#at)
    if (found !== null) {
      this.#advance(found.end)
      const node = this.node({ kind: 'path', source, name: found.name }, start)
      return this.#typed(node, componentType(type, found.name))
    }
    if (!startsWord(this.text, this.#at)) {
      this.#report(this.#at, this.#at + 1, {
        vi: 'sau dấu chấm phải là tên một thành phần',
        en: 'a component name must follow the dot',
      })
      return this.node({ kind: 'path', source, name: '' }, start)
    }
    return this.node({ kind: 'path', source, name: this.#runOfWords() }, start)
  }

  #filter(source: Node, start: number): Node {
    this.#advance(this.#at + 1)
    const type = this.#typeOf(source)
    const item = type.kind === 'list' ? type.item : type
    const layer = new LocalLayer('component')
    layer.add('item', item)
    for (const [name, component] of componentsOf(item) ?? []) layer.add(name, component)
    const condition = this.#within(layer, () => this.expression())
    this.#expect(']')
    return this.#typed(this.node({ kind: 'filter', source, condition }, start), type)
  }

  #call(callee: Node, start: number): Node {
    this.#advance(this.#at + 1)
    const args: Node[] = []
    const names: string[] = []
    let named: boolean | null = null
    if (!this.#is(')')) {
      do {
        const name: string | null = named === false ? null : this.#nameUntil(':')
        named ??= name !== null
        if (named) {
          if (name === null) this.#missing(':')
          else this.#expect(':')
          names.push(name ?? '')
        }
        args.push(this.expression())
      } while (this.#eat(','))
    }
    this.#expect(')')
    const type = this.#typeOf(callee)
    const node = this.node({ kind: 'call', callee, args, names: named ? names : null }, start)
    return this.#typed(node, type.kind === 'function' ? type.result : ANY)
  }

  #primary(): Node {
    const start = this.#at
    const c = this.text[start]
    if (c === undefined) {
      this.#unexpected()
      return this.#error(start)
    }
    const number = numberEnd(this.text, start)
    if (number > start) {
      this.#advance(number)
      return this.node({ kind: 'number', text: this.text.slice(start, number) }, start)
    }
    if (c === '"') return this.node({ kind: 'string', value: this.#string() }, start)
    if (c === '@') {
      this.#advance(start + 1)
      if (this.#is('"')) return this.node({ kind: 'at', value: this.#string() }, start)
      this.#missing('"')
      return this.#error(start)
    }
    if (c === '(') return this.#parenthesis(false)[0] as Node
    if (c === '[') return this.#bracket(start)
    if (c === ']') return this.#openRange(start)
    if (c === '{') return this.#context(start)
    const found = this.#lookup(start)
    if (c === '?' && (found === null || found.end === start + 1)) {
      if (!this.#inTests && found === null) this.#unexpected()
      this.#advance(start + 1)
      return found === null ? this.node({ kind: 'input' }, start) : this.#known(found, start)
    }
    if (found === null || found.end <= wordEnd(this.text, start)) {
      const keyword = this.#keyword(start)
      if (keyword !== null) return keyword
    }
    if (found !== null) {
      this.#advance(found.end)
      return this.#known(found, start)
    }
    if (!startsWord(this.text, start)) {
      this.#unexpected()
      return this.#error(start)
    }
    return this.#unknownName(start)
  }

  #known(found: { name: string; end: number; layer: Layer }, start: number): Node {
    const node = this.node<NameNode>({ kind: 'name', name: found.name, binding: found.layer.binding }, start)
    return this.#typed(node, found.layer.typeOf(found.name))
  }

  #unknownName(start: number): Node {
    const name = this.#runOfWords()
    const node = this.node<NameNode>({ kind: 'name', name, binding: 'unknown' }, start)
    // Inside a filter the item may bring components that nobody declared.
    const inFilter = this.#layers.some((layer) => layer.binding === 'component')
    if (!this.#keepUnknown && !inFilter && this.#problems.length < 50) {
      this.#problems.push(
        problemAt('error', 'name.unknown', node, this.text, {
          vi: `không có tên "${name}" trong phạm vi này`,
          en: `there is no name "${name}" in this scope`,
        }),
      )
    }
    return node
  }

  #string(): string {
    const start = this.#at
    const { value, end, terminated } = readString(this.text, start)
    if (!terminated)
      this.#report(start, end, { vi: 'chuỗi chưa đóng dấu nháy', en: 'the string is not closed' })
    this.#advance(end)
    return value
  }

  #keyword(start: number): Node | null {
    switch (this.text.slice(start, wordEnd(this.text, start))) {
      case 'true':
      case 'false':
        this.#advance(start + (this.#is('true') ? 4 : 5))
        return this.node({ kind: 'boolean', value: this.text[start] === 't' }, start)
      case 'null':
        this.#advance(start + 4)
        return this.node({ kind: 'null' }, start)
      case 'if':
        return this.#if(start)
      case 'for':
        return this.#for(start)
      case 'some':
      case 'every':
        return this.#quantified(start)
      case 'function':
        return this.text[gapEnd(this.text, start + 8).end] === '(' ? this.#function(start) : null
      case 'and':
      case 'or':
      case 'in':
      case 'between':
      case 'then':
      case 'else':
      case 'return':
      case 'satisfies':
        this.#unexpected()
        return this.#error(start)
      default:
        return null
    }
  }

  #if(start: number): Node {
    this.#advance(start + 2)
    const condition = this.expression()
    this.#expectWord('then')
    const then = this.expression()
    this.#expectWord('else')
    const otherwise = this.expression()
    const node = this.node({ kind: 'if', condition, then, else: otherwise }, start)
    return this.#typed(node, union(this.#typeOf(then), this.#typeOf(otherwise)))
  }

  #iterators(layer: LocalLayer): Iterator[] {
    const iterators: Iterator[] = []
    do {
      const start = this.#at
      const name = this.#nameUntil('', 'in')
      if (name === null) {
        this.#report(start, start + 1, {
          vi: 'cần một tên biến rồi đến "in"',
          en: 'a variable name and then "in" is expected',
        })
      }
      this.#expectWord('in')
      const source = this.expression()
      const to = this.#eat('..') ? this.expression() : null
      const type = this.#typeOf(source)
      if (name !== null)
        layer.add(name, type.kind === 'list' ? type.item : type.kind === 'range' ? type.item : type)
      iterators.push({ name: name ?? '', source, to, ...this.#span(start, this.#end) })
    } while (this.#eat(','))
    return iterators
  }

  #for(start: number): Node {
    this.#advance(start + 3)
    const layer = new LocalLayer('local')
    return this.#within(layer, () => {
      const iterators = this.#iterators(layer)
      this.#expectWord('return')
      layer.add('partial', ANY)
      const body = this.expression()
      const type = this.#typeOf(body)
      return this.#typed(
        this.node({ kind: 'for', iterators, body }, start),
        type.kind === 'Any' ? ANY : listOf(type),
      )
    })
  }

  #quantified(start: number): Node {
    const quantifier = this.#is('some') ? 'some' : 'every'
    this.#advance(start + quantifier.length)
    const layer = new LocalLayer('local')
    return this.#within(layer, () => {
      const iterators = this.#iterators(layer)
      this.#expectWord('satisfies')
      return this.node({ kind: 'quantified', quantifier, iterators, body: this.expression() }, start)
    })
  }

  #function(start: number): Node {
    this.#advance(start + 8)
    this.#expect('(')
    const layer = new LocalLayer('local')
    const parameters: FunctionParameter[] = []
    if (!this.#is(')')) {
      do {
        const from = this.#at
        const name = this.#nameUntil(',:)')
        if (name === null) {
          this.#report(from, from + 1, { vi: 'cần tên một tham số', en: 'a parameter name is expected' })
          break
        }
        const type = this.#eat(':') ? this.type() : null
        layer.add(name, type?.type ?? ANY)
        parameters.push({ name, type, ...this.#span(from, this.#end) })
      } while (this.#eat(','))
    }
    this.#expect(')')
    return this.#within(layer, () => {
      const external = this.#isWord('external') && this.text[gapEnd(this.text, this.#at + 8).end] === '{'
      if (external) this.#advance(this.#at + 8)
      const body = this.expression()
      const type = functionOf(
        parameters.map((p) => ({ name: p.name, type: p.type?.type ?? ANY })),
        external ? ANY : this.#typeOf(body),
      )
      return this.#typed(this.node({ kind: 'function', parameters, external, body }, start), type)
    })
  }

  #parenthesis(severalAllowed: boolean): Node[] {
    const start = this.#at
    this.#advance(start + 1)
    const first = this.expression()
    if (this.#is('..')) return [this.#rangeFrom(first, false, start)]
    const all = [first]
    while (severalAllowed && this.#eat(',')) all.push(this.expression())
    this.#expect(')')
    return all
  }

  #bracket(start: number): Node {
    this.#advance(start + 1)
    if (this.#eat(']')) return this.#typed(this.node({ kind: 'list', items: [] }, start), listOf(ANY))
    const items = [this.expression()]
    if (this.#is('..')) return this.#rangeFrom(items[0] as Node, true, start)
    while (this.#eat(',')) items.push(this.expression())
    this.#expect(']')
    const type = items.map((item) => this.#typeOf(item)).reduce((a, b) => union(a, b))
    return this.#typed(this.node({ kind: 'list', items }, start), listOf(type))
  }

  /** `]1..10]`: only a range can begin so. */
  #openRange(start: number): Node {
    if (this.text.indexOf('..', start) < 0) {
      this.#unexpected()
      return this.#error(start)
    }
    const problems = this.#problems.length
    this.#advance(start + 1)
    const low = this.#binary(LEVEL.ADDITION)
    if (this.#is('..')) return this.#rangeFrom(low, false, start)
    if (!this.#stopped) {
      this.#problems.length = problems
      this.#at = start
      this.#unexpected()
    }
    return this.#error(start)
  }

  #rangeFrom(low: Node, lowIncluded: boolean, start: number): Node {
    this.#advance(this.#at + 2)
    const high = this.#binary(LEVEL.ADDITION, true)
    const highIncluded = this.#is(']')
    if (!this.#eat(']') && !this.#eat(')') && !this.#eat('[')) this.#missing(']')
    const node = this.node({ kind: 'range', low, high, lowIncluded, highIncluded }, start)
    return this.#typed(node, rangeOf(this.#typeOf(low)))
  }

  #context(start: number): Node {
    this.#advance(start + 1)
    const layer = new LocalLayer('local')
    const members = new Map<string, FeelType>()
    const entries: ContextEntry[] = []
    this.#within(layer, () => {
      if (this.#is('}')) return
      do {
        const from = this.#at
        const name = this.#is('"') ? this.#string() : this.#nameUntil(':')
        if (name === null) {
          this.#report(from, from + 1, {
            vi: 'cần "tên:" của một mục',
            en: 'an entry name and ":" is expected',
          })
          break
        }
        this.#expect(':')
        const value = this.expression()
        entries.push({ name, value, ...this.#span(from, this.#end) })
        members.set(name, this.#typeOf(value))
        layer.add(name, this.#typeOf(value))
      } while (this.#eat(','))
    })
    this.#expect('}')
    return this.#typed(this.node({ kind: 'context', entries }, start), { kind: 'context', members })
  }

  // ── the other entry points ───────────────────────────────────────────────────────────────────────────────────

  type(): TypeNode {
    const start = this.#at
    const { type, end, depthExceeded } = readType(this.text, start, this.#scope.types ?? new Map())
    if (depthExceeded) this.#tooDeep()
    else if (end === start) {
      this.#report(start, start + 1, { vi: 'cần tên một kiểu dữ liệu', en: 'the name of a type is expected' })
    } else this.#advance(end)
    return { text: this.text.slice(start, this.#end), type, ...this.#span(start, this.#end) }
  }

  unaryTests(): Node {
    this.#inTests = true
    const start = this.#at
    if (this.#is('-') && gapEnd(this.text, this.#at + 1).end === this.text.length) {
      this.#advance(start + 1)
      return this.node({ kind: 'tests', any: true, negated: false, tests: [] }, start)
    }
    const negated = this.#isWord('not') && this.#notEndsText()
    if (negated) {
      this.#advance(start + 3)
      this.#advance(this.#at + 1)
    }
    const tests: Node[] = []
    do tests.push(this.expression())
    while (this.#eat(','))
    if (negated) this.#expect(')')
    return this.node({ kind: 'tests', any: false, negated, tests }, start)
  }

  /** `not(…)` is the negation of tests only when nothing follows its closing parenthesis. */
  #notEndsText(): boolean {
    let i = gapEnd(this.text, this.#at + 3).end
    if (this.text[i] !== '(') return false
    let open = 0
    for (; i < this.text.length; i++) {
      const c = this.text[i]
      if (c === '"') i = readString(this.text, i).end - 1
      else if (c === '(' || c === '[') open++
      else if ((c === ')' || c === ']') && --open === 0)
        return gapEnd(this.text, i + 1).end === this.text.length
    }
    return true
  }
}

function wordIs(text: string, at: number, word: string): boolean {
  return text.startsWith(word, at) && wordEnd(text, at) === at + word.length
}
