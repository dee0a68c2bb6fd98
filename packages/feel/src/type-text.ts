import { NameTrie } from './names.ts'
import { blankEnd, gapEnd, startsWord, wordEnd } from './scan.ts'
import { ANY, type FeelType, functionOf, listOf, namedType, rangeOf } from './types.ts'

const BUILT_IN = new NameTrie([
  'Any',
  'Null',
  'number',
  'string',
  'boolean',
  'date',
  'time',
  'date and time',
  'days and time duration',
  'years and months duration',
  'list',
  'context',
  'range',
  'function',
])

export interface TypeRead {
  /** Undefined when a name in it is not known. */
  readonly type: FeelType | undefined
  /** The offset behind it; the start itself when no type stands there. */
  readonly end: number
  readonly depthExceeded: boolean
}

/** Reads the type that stands at `start` (DMN 1.5, 10.3.1.2, rule 52 and following). */
export function readType(text: string, start: number, types: ReadonlyMap<string, FeelType>): TypeRead {
  const reader = new TypeReader(text, types)
  const type = reader.read(start, 0)
  return { type, end: reader.failed ? start : reader.end, depthExceeded: reader.tooDeep }
}

class TypeReader {
  readonly #text: string
  readonly #types: ReadonlyMap<string, FeelType>
  readonly #names: NameTrie
  end = 0
  failed = false
  tooDeep = false

  constructor(text: string, types: ReadonlyMap<string, FeelType>) {
    this.#text = text
    this.#types = types
    this.#names = new NameTrie(types.keys())
  }

  read(start: number, depth: number): FeelType | undefined {
    if (depth > 100) {
      this.tooDeep = true
      return this.#fail(start)
    }
    const own = this.#names.longest(this.#text, start)
    const builtIn = BUILT_IN.longest(this.#text, start)
    if (builtIn !== null && (own === null || builtIn.end > own.end)) return this.#generic(builtIn, depth)
    if (own !== null) {
      this.end = own.end
      return this.#types.get(own.name)
    }
    return this.#unknown(start)
  }

  #fail(at: number): undefined {
    this.failed = true
    this.end = at
    return undefined
  }

  #unknown(start: number): FeelType | undefined {
    if (!startsWord(this.#text, start)) return this.#fail(start)
    let end = wordEnd(this.#text, start)
    while (this.#text[end] === '.' && startsWord(this.#text, end + 1)) end = wordEnd(this.#text, end + 1)
    this.end = end
    return namedType(this.#text.slice(start, end))
  }

  #generic(found: { name: string; end: number }, depth: number): FeelType | undefined {
    this.end = found.end
    const open = gapEnd(this.#text, found.end).end
    if (this.#text[open] !== '<' || !['list', 'range', 'context', 'function'].includes(found.name)) {
      return namedType(found.name)
    }
    this.end = open + 1
    if (found.name === 'context') return this.#context(depth)
    if (found.name === 'function') return this.#function(depth)
    const item = this.read(this.#gap(), depth + 1)
    this.#close()
    if (item === undefined) return undefined
    return found.name === 'list' ? listOf(item) : rangeOf(item)
  }

  #context(depth: number): FeelType | undefined {
    const members = new Map<string, FeelType>()
    let complete = true
    do {
      const start = this.#gap()
      const colon = this.#text.indexOf(':', start)
      if (colon < 0 || !startsWord(this.#text, start)) return this.#fail(start)
      const name = this.#text.slice(start, colon).trim().replace(/\s+/g, ' ')
      this.end = colon + 1
      const type = this.read(this.#gap(), depth + 1)
      if (type === undefined) complete = false
      else members.set(name, type)
    } while (!this.failed && this.#eat(','))
    this.#close()
    return complete ? { kind: 'context', members } : undefined
  }

  #function(depth: number): FeelType | undefined {
    const parameters: { name: string; type: FeelType }[] = []
    let complete = true
    if (this.#text[this.#gap()] !== '>') {
      do {
        const type = this.read(this.#gap(), depth + 1)
        if (type === undefined) complete = false
        parameters.push({ name: '', type: type ?? ANY })
      } while (!this.failed && this.#eat(','))
    }
    this.#close()
    if (!this.#eat('->')) return this.#fail(this.end)
    const result = this.read(this.#gap(), depth + 1)
    return complete && result !== undefined ? functionOf(parameters, result) : undefined
  }

  #gap(): number {
    return blankEnd(this.#text, this.end)
  }

  #eat(sign: string): boolean {
    const at = this.#gap()
    if (!this.#text.startsWith(sign, at)) return false
    this.end = at + sign.length
    return true
  }

  #close(): void {
    if (!this.failed && !this.#eat('>')) this.#fail(this.end)
  }
}
