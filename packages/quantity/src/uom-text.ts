import type { Problem } from '@nhip/canonical/problem'
import { product, scaled } from './algebra.ts'
import { QuantityError, quantityProblem } from './quantity-error.ts'
import { type Rational, rational, rationalOf } from './rational.ts'
import { ALIASES, UOMS, uomByCode } from './table.ts'
import type { Part, Uom } from './uom.ts'

/** Texts longer than this are no units: a guard against cells full of prose. */
const LONGEST = 100

/**
 * Reads a unit as people, sensors and standards write it: `ug/m3`, `µg/m³`, `tỷ đồng`, `người/km²`, `ca/100.000 dân`,
 * `Cel`, `nghìn lượt`. Products of known units, SI prefixes, powers and the words nghìn, triệu, tỷ are understood; case
 * and diacritics matter only where two units differ in nothing else (mW, MW).
 * @returns the unit, or a problem with the nearest known units (tell them apart with {@link isUom}).
 */
export function uom(text: string): Uom | Problem {
  const cached = cache.get(text)
  if (cached) return cached
  const result = read(text)
  if (cache.size >= 5000) cache.clear()
  cache.set(text, result)
  return result
}

const cache = new Map<string, Uom | Problem>()

/** Whether {@link uom} found a unit. */
export function isUom(x: Uom | Problem): x is Uom {
  return 'dimension' in x
}

/**
 * The unit of a text that must be one: codes in definitions and tests.
 * @throws {QuantityError} carrying the problem of {@link uom}.
 */
export function uomOf(text: string): Uom {
  const found = uom(text)
  if (isUom(found)) return found
  throw new QuantityError(found)
}

/** The registered unit with a UCUM code (`[ppm]`, `har`, `Cel`; case matters). */
export function uomByUcum(code: string): Uom | undefined {
  return UOMS.find((u) => u.ucum === code)
}

/** The registered unit with a UN/CEFACT Recommendation 20 code (`KMT`, `GQ`, `P1`). */
export function uomByRec20(code: string): Uom | undefined {
  return UOMS.find((u) => u.rec20 === code)
}

/** One spelling for signs that look alike: µ and μ, ² and 2, · and a full stop, the slashes. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[μµ]/g, 'u')
    .replace(/[·⋅•×*]/g, '.')
    .replace(/[⁄∕]/g, '/')
    .replace(/[−–]/g, '-')
    .replace(/ ?(?:\/| trên | per ) ?/g, '/')
    .replace(/\^(?=-?\d)/g, '')
    .replace(/\s+/gu, ' ')
    .trim()
}

function fold(text: string): string {
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd')
}

const PREFIXES: Record<string, string> = {
  T: '1e12',
  G: '1e9',
  M: '1e6',
  k: '1e3',
  h: '1e2',
  d: '1e-1',
  c: '1e-2',
  m: '1e-3',
  u: '1e-6',
  n: '1e-9',
  p: '1e-12',
}
const PREFIXABLE = new Set(
  'm g s A V W Wh J Pa N Hz L mol B bit Ohm cal Bq Sv lm lx bar t toe Wp VA'.split(' '),
)

/** Ways to write units, from the strictest to the most forgiving; the first level that knows the text answers. */
const LEVELS: { key: (text: string) => string; words: Map<string, Set<Uom>>; afterPrefixes?: true }[] = [
  {
    key: (t) => t,
    words: index(
      (u) => [u.code, u.ucum ?? '', u.ucum?.replace(/[{}]/g, '') ?? ''],
      (t) => t,
    ),
  },
  { key: (t) => t, words: index(spellings, (t) => t) },
  { key: (t) => t.toLowerCase(), words: index(forgiving, (t) => t.toLowerCase()), afterPrefixes: true },
  { key: fold, words: index(forgiving, fold) },
]

/** Every spelling without case and diacritics: what suggestions are drawn from. */
const FOLDED = index((u) => [u.code, ...spellings(u)], fold)

/** Spellings that are still right in another case: not the symbol of MW, because mw may as well be milliwatts. */
function forgiving(u: Uom): string[] {
  const all = [u.code, ...spellings(u)]
  return caseBound(u) ? all.filter((w) => w !== u.code && w !== u.symbol.vi && w !== u.symbol.en) : all
}

function caseBound(u: Uom): boolean {
  const symbol = plain(u.code)
  return (/^[mM]./.test(symbol) && PREFIXABLE.has(symbol.slice(1))) || /^.?i?B$/.test(symbol)
}

function spellings(u: Uom): string[] {
  return [u.symbol.vi, u.symbol.en, u.name.vi, u.name.en, ...(ALIASES.get(u) ?? [])]
}

function index(words: (u: Uom) => string[], key: (text: string) => string): Map<string, Set<Uom>> {
  const found = new Map<string, Set<Uom>>()
  for (const u of UOMS) {
    for (const word of words(u)) {
      if (word === '') continue
      const k = key(plain(word))
      const units = found.get(k)
      if (units) units.add(u)
      else found.set(k, new Set([u]))
    }
  }
  return found
}

function read(text: string): Uom | Problem {
  const t = text.length > LONGEST ? '' : plain(text)
  if (t === '') {
    return quantityProblem('uom', text.slice(0, LONGEST), {
      vi: text === '' ? 'thiếu đơn vị đo' : 'đơn vị đo quá dài',
      en: text === '' ? 'no unit of measure is given' : 'the unit of measure is too long',
    })
  }
  return known(t, text) ?? compound(t) ?? unknown(t, text)
}

function known(t: string, text: string): Uom | Problem | undefined {
  for (const { key, words, afterPrefixes } of LEVELS) {
    // A prefix in the right case comes before a symbol in the wrong one: mW is a milliwatt, not a badly written MW.
    const exact = afterPrefixes ? prefixed(t) : undefined
    if (exact) return exact
    const units = words.get(key(t))
    if (!units) continue
    if (units.size === 1) return [...units][0]
    const list = [...units].map((u) => `"${u.code}" (${u.name.vi})`).join(', ')
    const english = [...units].map((u) => `"${u.code}" (${u.name.en})`).join(', ')
    return quantityProblem('uom-ambiguous', text, {
      vi: `đơn vị đo "${text}" có thể là ${list}`,
      en: `the unit of measure "${text}" may be ${english}`,
    })
  }
  return undefined
}

function word(t: string): Uom | undefined {
  const found = known(t, t)
  return found && isUom(found) ? found : undefined
}

interface Factor {
  unit: Uom
  exponent: number
}

function compound(t: string): Uom | undefined {
  const [above, ...below] = t.split('/')
  const parts: Factor[] = []
  if (above !== '' && above !== '1') {
    const factors = group(above!)
    if (!factors) return undefined
    parts.push(...factors)
  } else if (below.length === 0) {
    return undefined
  }
  for (const text of below) {
    const factors = group(text)
    if (!factors) return undefined
    parts.push(...factors.map((f) => ({ unit: f.unit, exponent: -f.exponent })))
  }
  // Temperatures with a zero of their own and logarithmic scales have no place in a product.
  if (parts.length > 1 && parts.some((p) => p.unit.scale === 'log')) return undefined
  if (parts.length === 1 && parts[0]!.exponent === 1) return parts[0]!.unit
  return product(
    parts.flatMap((p): Part[] =>
      p.unit.parts.map((q) => ({ unit: q.unit, exponent: q.exponent * p.exponent })),
    ),
  )
}

const NUMBER = /^(\d{1,3}(?:[., ]\d{3})+|\d+)(?: |(?=\D))(.+)$/
const SCALE_WORDS: Record<string, string> = {
  trăm: '100',
  nghìn: '1e3',
  ngàn: '1e3',
  vạn: '1e4',
  triệu: '1e6',
  tỷ: '1e9',
  tỉ: '1e9',
  thousand: '1e3',
  million: '1e6',
  billion: '1e9',
}

/** What stands between two slashes: a unit, a scaled unit, or units joined by full stops. */
function group(t: string): Factor[] | undefined {
  const one = factor(t)
  if (one) return [one]
  const words = t.split('.').map(factor)
  return words.length > 1 && words.every((w) => w !== undefined) ? words : undefined
}

function factor(t: string): Factor | undefined {
  const unit = word(t) ?? times(t)
  if (unit) return { unit, exponent: 1 }
  const m = /^(.*[^\d-])(-?[1-9])$/.exec(t)
  const base = m ? word(m[1]!) : undefined
  return base && base.scale === 'ratio' ? { unit: base, exponent: Number(m![2]) } : undefined
}

/** `100.000 dân`, `nghìn lượt`, `10 vạn dân`. */
function times(t: string): Uom | undefined {
  const space = t.indexOf(' ')
  const first = space < 0 ? undefined : SCALE_WORDS[t.slice(0, space).toLowerCase()]
  const m = first === undefined ? NUMBER.exec(t) : null
  const rest = first === undefined ? m?.[2] : t.slice(space + 1)
  if (rest === undefined) return undefined
  const unit = word(rest) ?? times(rest)
  if (unit === undefined || unit.scale !== 'ratio') return undefined
  const digits = m ? m[1]!.replace(/[., ]/g, '') : ''
  const by = first === undefined ? rational(BigInt(digits)) : rationalOf(first)
  if (by.n === 0n) return undefined
  return (
    registeredMultiple(unit, by) ?? withSymbol(unit, by, first === undefined ? m![1]! : t.slice(0, space))
  )
}

function registeredMultiple(unit: Uom, by: Rational): Uom | undefined {
  const name = { 1000: 'thousand', 1000000: 'million', 1000000000: 'billion' }[by.n.toString()]
  return name === undefined ? undefined : uomByCode(`${name} ${unit.code}`)
}

function withSymbol(unit: Uom, by: Rational, vietnamese: string): Uom {
  return scaled(unit, by, {
    vi: `${vietnamese} ${unit.symbol.vi}`.trim(),
    en: `${by.n} ${unit.symbol.en}`.trim(),
  })
}

/** SI prefixes before the units that take them; case matters here, because mW is not MW. */
function prefixed(t: string): Uom | undefined {
  const prefix = PREFIXES[t[0]!]
  const rest = t.slice(1) === 'l' ? 'L' : t.slice(1)
  if (prefix === undefined || !PREFIXABLE.has(rest)) return undefined
  const unit = uomByCode(rest)
  const symbol = `${t[0] === 'u' ? 'µ' : t[0]}${rest}`
  return unit && scaled(unit, rationalOf(prefix), { vi: symbol, en: symbol }, `${t[0]}${rest}`)
}

function unknown(t: string, text: string): Problem {
  const near = nearest(t)
  const list = near.map((u) => `"${u.symbol.vi || u.code}"`).join(', ')
  const english = near.map((u) => `"${u.code}"`).join(', ')
  return quantityProblem(
    'uom',
    text,
    { vi: `không biết đơn vị đo "${text}"`, en: `unknown unit of measure: "${text}"` },
    near.length === 0 ? undefined : { vi: `có phải là ${list}?`, en: `did you mean ${english}?` },
  )
}

/** Up to three known units whose spelling is nearest to a text, by the number of letters to change. */
function nearest(t: string): Uom[] {
  const wanted = fold(t)
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  const best = new Map<Uom, number>()
  for (const [spelling, units] of FOLDED) {
    const distance =
      Math.abs(spelling.length - wanted.length) > limit ? limit + 1 : editDistance(wanted, spelling)
    if (distance > limit) continue
    for (const u of units) best.set(u, Math.min(best.get(u) ?? distance, distance))
  }
  return [...best]
    .sort((a, b) => a[1] - b[1] || (a[0].id ?? 0) - (b[0].id ?? 0))
    .slice(0, 3)
    .map(([u]) => u)
}

/** Letters inserted, deleted, replaced, or swapped with their neighbour. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let d = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        d = Math.min(d, before[j - 2]! + 1)
      row.push(d)
    }
    before = last
    last = row
  }
  return last[b.length]!
}
