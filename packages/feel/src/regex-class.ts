import { BLOCKS } from './regex-blocks.ts'
import { PatternError } from './regex-error.ts'

const NAME_START =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const NAME_PART = `\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}:${NAME_START}`

/** Multi-character escapes of XML Schema, as classes of JavaScript's flag v. */
const CLASSES: Record<string, string> = {
  i: `[:${NAME_START}]`,
  I: `[^:${NAME_START}]`,
  c: `[${NAME_PART}]`,
  C: `[^${NAME_PART}]`,
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  s: '[ \\t\\n\\r]',
  S: '[^ \\t\\n\\r]',
  w: '[\\p{L}\\p{M}\\p{N}\\p{S}]',
  W: '[\\p{P}\\p{Z}\\p{C}]',
}
const SINGLE = 'nrt\\|.?*+(){}-[]^$'
const CATEGORY = /^(L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?)$/

export function isSingleEscape(c: string): boolean {
  return SINGLE.includes(c)
}

interface Read {
  readonly source: string
  readonly end: number
}

/** Reads what follows a backslash at `at` when it stands for a set of characters. */
export function escapedClass(text: string, at: number): Read {
  const c = text[at] as string
  const known = CLASSES[c]
  if (known !== undefined) return { source: known, end: at + 1 }
  if (c !== 'p' && c !== 'P') throw new PatternError(text)
  const m = /^\{([A-Za-z0-9-]+)\}/.exec(text.slice(at + 1, at + 80))
  if (m === null) throw new PatternError(text)
  const name = m[1] as string
  const end = at + 1 + m[0].length
  if (CATEGORY.test(name)) return { source: `\\${c}{${name}}`, end }
  const block = name.startsWith('Is') ? BLOCKS[name.slice(2)] : undefined
  if (block === undefined) throw new PatternError(text)
  return { source: `[${c === 'P' ? '^' : ''}${hex(block[0])}-${hex(block[1])}]`, end }
}

const hex = (point: number) => `\\u{${point.toString(16)}}`

/** Reads a class behind its `[`; `[A-Z-[OI]]` takes one class from another and may be nested. */
export function characterClass(text: string, from: number): Read {
  const negated = text[from] === '^'
  let at = negated ? from + 1 : from
  let out = ''
  const first = at
  for (;;) {
    const c = text[at]
    if (c === undefined || c === '[' || (c === ']' && at === first)) throw new PatternError(text)
    if (c === ']') return { source: `[${negated ? '^' : ''}${out}]`, end: at + 1 }
    if (c === '-' && text[at + 1] === '[') {
      const minus = characterClass(text, at + 2)
      if (at === first || text[minus.end] !== ']') throw new PatternError(text)
      return { source: `[[${negated ? '^' : ''}${out}]--${minus.source}]`, end: minus.end + 1 }
    }
    const low = item(text, at)
    at = low.end
    if (text[at] === '-' && text[at + 1] !== '[' && text[at + 1] !== ']' && text[at + 1] !== undefined) {
      const high = item(text, at + 1)
      if (!low.single || !high.single) throw new PatternError(text)
      out += `${low.source}-${high.source}`
      at = high.end
    } else out += low.source
  }
}

function item(text: string, at: number): Read & { readonly single: boolean } {
  if (text[at] !== '\\') {
    const point = text.codePointAt(at) as number
    return { source: hex(point), end: at + (point > 0xffff ? 2 : 1), single: true }
  }
  const c = text[at + 1]
  if (c === undefined) throw new PatternError(text)
  if (!isSingleEscape(c)) return { ...escapedClass(text, at + 1), single: false }
  return { source: 'nrt'.includes(c) ? `\\${c}` : hex(c.charCodeAt(0)), end: at + 2, single: true }
}
