/**
 * Vietnamese alphabetical order as a text that sorts by bytes, for databases without a Vietnamese collation.
 *
 * Order of comparison, as in CLDR's `vi`: letters (a ă â b c d đ e ê … y, then the rest), then tones from the first
 * syllable on (ngang, huyền, hỏi, ngã, sắc, nặng), then small before capital.
 */

// Each letter takes a character of its own; digits come before letters, and a blank before everything.
const LETTERS = 'aăâbcdđeêfghijklmnoôơpqrstuưvwxyz'
const LETTER_BASE = 0x61

const TONES: Record<string, string> = {
  '\u0300': '1', // huyền
  '\u0309': '2', // hỏi
  '\u0303': '3', // ngã
  '\u0301': '4', // sắc
  '\u0323': '5', // nặng
}

// Marks that make another letter of the alphabet, not a tone.
const SHAPES: Record<string, Record<string, string>> = {
  '\u0306': { a: 'ă' },
  '\u0302': { a: 'â', e: 'ê', o: 'ô' },
  '\u031b': { o: 'ơ', u: 'ư' },
}

const SEPARATOR = '\u0001'

interface Piece {
  letter: string
  tone: string
  capital: boolean
}

function pieces(name: string): Piece[] {
  const out: Piece[] = []
  for (const char of name.normalize('NFD')) {
    const last = out.at(-1)
    const tone = TONES[char]
    if (last && tone !== undefined) {
      last.tone = tone
      continue
    }
    const shaped = last && SHAPES[char]?.[last.letter]
    if (last && shaped) {
      last.letter = shaped
      continue
    }
    if (/\p{M}/u.test(char)) continue
    const lower = char.toLowerCase()
    out.push({ letter: lower, tone: '0', capital: lower !== char })
  }
  return out
}

function primary(letter: string): string {
  const at = LETTERS.indexOf(letter)
  if (at >= 0) return String.fromCharCode(LETTER_BASE + at)
  if (letter === ' ') return '\u0002'
  if (letter >= '0' && letter <= '9') return letter
  // Hyphens, apostrophes and other signs come between the blank and the digits, other scripts after all letters.
  const code = letter.codePointAt(0) as number
  return code < 0x80 ? `\u0003${letter}` : `\u00ff${letter}`
}

/**
 * The sort key of a name: compare keys by bytes (`COLLATE "C"`, or JavaScript's `<`) to get the Vietnamese order.
 * Equal keys mean equal names up to Unicode normalisation.
 */
export function viSortKey(name: string): string {
  const list = pieces(name.trim().replace(/\s+/gu, ' '))
  const letters = list.map((piece) => primary(piece.letter)).join('')
  const tones = list.map((piece) => piece.tone).join('')
  const capitals = list.map((piece) => (piece.capital ? '1' : '0')).join('')
  return `${letters}${SEPARATOR}${tones.replace(/0+$/, '')}${SEPARATOR}${capitals.replace(/0+$/, '')}`
}
