const SPACE = new Set(
  [
    0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x180e, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
    0xfeff,
  ].concat(Array.from({ length: 12 }, (_, i) => 0x2000 + i)),
)

/** The first offset from `at` on that holds no white space. */
export function blankEnd(text: string, at: number): number {
  let i = at
  while (i < text.length && SPACE.has(text.charCodeAt(i))) i++
  return i
}

/** The first offset from `at` on that holds neither white space nor a comment; `unterminated` comments end the text. */
export function gapEnd(text: string, at: number): { end: number; unterminated: boolean } {
  let i = at
  for (;;) {
    i = blankEnd(text, i)
    if (text[i] !== '/') return { end: i, unterminated: false }
    if (text[i + 1] === '/') {
      while (i < text.length && text[i] !== '\n' && text[i] !== '\r') i++
    } else if (text[i + 1] === '*') {
      const close = text.indexOf('*/', i + 2)
      if (close < 0) return { end: text.length, unterminated: true }
      i = close + 2
    } else return { end: i, unterminated: false }
  }
}

// The ranges of the grammar's "name start char" and "name part char" (DMN 1.5, 10.3.1.2),
// without the white space that lies inside them.
const START =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u167F\\u1681-\\u180D\\u180F-\\u1FFF' +
  '\\u200C-\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFEFE\\uFF00-\\uFFFD\\u{10000}-\\u{EFFFF}'
const PART = `${START}0-9\\u00B7\\u0300-\\u036F\\u203F-\\u2040`
const WORD = new RegExp(`[${PART}]+`, 'uy')
const WORD_START = new RegExp(`[${START}]`, 'uy')
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y

/** The end of the run of name characters at `at`. */
export function wordEnd(text: string, at: number): number {
  WORD.lastIndex = at
  return WORD.test(text) ? WORD.lastIndex : at
}

export function startsWord(text: string, at: number): boolean {
  WORD_START.lastIndex = at
  return WORD_START.test(text)
}

/** The end of the numeral at `at`; `at` itself when there is none. */
export function numberEnd(text: string, at: number): number {
  NUMBER.lastIndex = at
  return NUMBER.test(text) ? NUMBER.lastIndex : at
}

/**
 * Reads the string literal whose opening quote is at `at`. Escapes: \" \' \\ \n \r \t, \uXXXX, \UXXXXXX; two
 * escaped surrogates make one character; a backslash before anything else stays (regular expressions need it).
 */
export function readString(text: string, at: number): { value: string; end: number; terminated: boolean } {
  let value = ''
  let i = at + 1
  let from = i
  while (i < text.length && text[i] !== '"') {
    if (text[i] !== '\\') {
      i++
      continue
    }
    value += text.slice(from, i)
    const sign = text[i + 1]
    const digits = sign === 'u' ? 4 : sign === 'U' ? 6 : 0
    const hex = text.slice(i + 2, i + 2 + digits)
    const point =
      digits > 0 && hex.length === digits && /^[0-9A-Fa-f]+$/.test(hex) ? Number.parseInt(hex, 16) : -1
    if (point >= 0 && point <= 0x10ffff) {
      value += String.fromCodePoint(point)
      i += 2 + digits
    } else if (sign !== undefined && sign in ESCAPES) {
      value += ESCAPES[sign as keyof typeof ESCAPES]
      i += 2
    } else {
      value += '\\'
      i += 1
    }
    from = i
  }
  value += text.slice(from, i)
  return { value, end: Math.min(i + 1, text.length), terminated: i < text.length }
}

const ESCAPES = { '"': '"', "'": "'", '\\': '\\', n: '\n', r: '\r', t: '\t' }
