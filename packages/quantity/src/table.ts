import { combine, NUMBER } from './dimension.ts'
import { divide, multiply, ONE, power, type Rational, rationalOf, ZERO } from './rational.ts'
import type { UnitRow } from './unit-row.ts'
import { COUNTS } from './units/counts.ts'
import { ENERGY } from './units/energy.ts'
import { ENVIRONMENT } from './units/environment.ts'
import { MONEY } from './units/money.ts'
import { RATES } from './units/rates.ts'
import { SPACE_AND_TIME } from './units/space-and-time.ts'
import type { Part, Uom } from './uom.ts'

const rows: readonly UnitRow[] = [...SPACE_AND_TIME, ...ENERGY, ...COUNTS, ...MONEY, ...RATES, ...ENVIRONMENT]
const byCode = new Map<string, Uom>()
const byId = new Map<number, Uom>()
const byParts = new Map<string, Uom>()

/** Every registered unit, in the order of the table. */
export const UOMS: readonly Uom[] = rows.map(register)

/** The other ways to write a registered unit, beside its code, symbols and names. */
export const ALIASES: ReadonlyMap<Uom, readonly string[]> = new Map(
  rows.map((row, i) => [UOMS[i]!, row.also ?? []]),
)

/** The unit with this code (`ug/m3`), exactly as the table writes it. */
export function uomByCode(code: string): Uom | undefined {
  return byCode.get(code)
}

/** The unit with this storage number. */
export function uomById(id: number): Uom | undefined {
  return byId.get(id)
}

/** The registered unit that is the product of these parts with no factor of its own. */
export function uomByParts(parts: readonly Part[]): Uom | undefined {
  return byParts.get(partsKey(parts))
}

/** Joins parts of equal units and drops those whose exponents cancel. */
export function gather(parts: readonly Part[]): Part[] {
  const exponents = new Map<string, Part>()
  for (const { unit, exponent } of parts) {
    const known = exponents.get(unit.code)
    exponents.set(unit.code, { unit, exponent: (known?.exponent ?? 0) + exponent })
  }
  return [...exponents.values()].filter((p) => p.exponent !== 0)
}

function partsKey(parts: readonly Part[]): string {
  return parts
    .map((p) => `${p.unit.code}^${p.exponent}`)
    .sort()
    .join(' ')
}

function register(row: UnitRow): Uom {
  const { factor, parts, dimension, atomic } = row.base === undefined ? definition(row) : baseOf(row)
  const uom: { -readonly [K in keyof Uom]: Uom[K] } = {
    id: row.id,
    code: row.code,
    dimension,
    factor,
    offset: row.offset === undefined ? ZERO : rationalOf(row.offset),
    scale: row.scale ?? 'ratio',
    symbol: { vi: row.vi[0], en: row.en[0] },
    name: { vi: row.vi[1], en: row.en[1] },
    ...(row.ucum === undefined ? {} : { ucum: row.ucum }),
    ...(row.rec20 === undefined ? {} : { rec20: row.rec20 }),
    parts,
  }
  if (atomic) uom.parts = row.code === '1' ? [] : [{ unit: uom, exponent: 1 }]
  else byParts.set(partsKey(parts), uom)
  if (byCode.has(row.code) || byId.has(row.id))
    throw new Error(`unit table: code "${row.code}" or id ${row.id} stands twice`)
  byCode.set(row.code, Object.freeze(uom))
  byId.set(row.id, uom)
  return uom
}

interface Definition {
  factor: Rational
  dimension: Uom['dimension']
  parts: Part[]
  /** Whether the unit is a word of its own (km) rather than a product of others (km/h). */
  atomic: boolean
}

function baseOf(row: UnitRow): Definition {
  const dimension = row.base === '' ? NUMBER : Object.freeze({ [row.base!]: 1 })
  return { factor: ONE, dimension, parts: [], atomic: true }
}

function definition(row: UnitRow): Definition {
  const m = /^(?:(\d[\d./e-]*?)(?: |$))?(.*)$/.exec(row.is!)!
  const number = m[1] === undefined ? ONE : rationalOf(m[1])
  let factor = number
  let dimension = NUMBER
  const parts: Part[] = []
  for (const [i, group] of m[2]!.split('/').entries()) {
    for (const word of group.split('.')) {
      if (word === '') continue
      const { unit, exponent } = powerOf(word, row)
      const e = i === 0 ? exponent : -exponent
      factor = e > 0 ? multiply(factor, power(unit.factor, e)) : divide(factor, power(unit.factor, -e))
      dimension = combine(dimension, unit.dimension, e)
      for (const p of unit.parts) parts.push({ unit: p.unit, exponent: p.exponent * e })
    }
  }
  // "kg/m/s2" is written with operators and yet Pa is a word: a product only where the code is the definition itself.
  return { factor, dimension, parts: gather(parts), atomic: row.is !== row.code }
}

function powerOf(word: string, row: UnitRow): Part {
  const whole = byCode.get(word)
  if (whole) return { unit: whole, exponent: 1 }
  const m = /^(.+?)(\d)$/.exec(word)
  const unit = m ? byCode.get(m[1]!) : undefined
  if (!m || !unit)
    throw new Error(`unit table: "${row.code}" is defined by "${word}", which no line above it defines`)
  return { unit, exponent: Number(m[2]) }
}
