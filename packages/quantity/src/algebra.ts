import type { Problem } from '@nhip/canonical/problem'
import { combine, type Dimension, dimensionName, NUMBER, sameDimension } from './dimension.ts'
import { quantityProblem } from './quantity-error.ts'
import * as rational from './rational.ts'
import { gather, uomByCode, uomByParts } from './table.ts'
import type { Part, Uom } from './uom.ts'

/** Whether values of one unit can be converted into the other: same dimension, currency and kind of thing counted. */
export function commensurable(a: Uom, b: Uom): boolean {
  return sameDimension(a.dimension, b.dimension)
}

/**
 * The unit of a product: `VND/person` × `person` is `VND`. °C counts as a difference of temperatures, that is as K.
 * Equal parts cancel; `km` and `m` do not (nothing is rescaled behind the author's back).
 */
export function multiply(a: Uom, b: Uom): Uom {
  return product([...partsOf(a, 1), ...partsOf(b, 1)])
}

/** The unit of a quotient: `case` ÷ `case` is the pure number, `VND` ÷ `person` is `VND/person`. */
export function divide(a: Uom, b: Uom): Uom {
  return product([...partsOf(a, 1), ...partsOf(b, -1)])
}

/**
 * The unit of a power; `exponent` is a whole number or a simple fraction such as 0.5.
 * @throws {RangeError} when a part of the unit would get a broken exponent (√m).
 */
export function power(a: Uom, exponent: number): Uom {
  const parts = a.parts.map((p) => ({ unit: p.unit, exponent: p.exponent * exponent }))
  if (parts.some((p) => !Number.isInteger(p.exponent))) {
    throw new RangeError(`invalid power: ${a.code} to the power ${exponent} is no unit`)
  }
  return product(partsOf({ ...a, parts }, 1))
}

/**
 * The unit of a sum or difference, or why there is none. Both units must be commensurable; the first is the answer. A
 * difference of two °C is in K; logarithmic scales (dB, pH) are refused because their values do not add.
 */
export function sum(a: Uom, b: Uom, operation: 'add' | 'subtract' = 'add'): Uom | Problem {
  if (!commensurable(a, b)) return incommensurable(a, b)
  if (a.scale === 'log' || b.scale === 'log') return notAdditive(a.scale === 'log' ? a : b, 'log')
  if (a.scale === 'ratio' && b.scale === 'ratio') return a
  if (operation === 'subtract') return a.scale === b.scale ? kelvin(a) : a
  return a.scale === 'interval' && b.scale === 'interval'
    ? notAdditive(a, 'interval')
    : a.scale === 'interval'
      ? a
      : b
}

/** Whether totals of the unit mean something: not for temperatures in °C, not for logarithmic scales. */
export function additive(a: Uom): boolean {
  return a.scale === 'ratio'
}

/**
 * The same unit with every kind of counted thing made a pure number: `visit/person` becomes `1`. A formula says it in so
 * many words when it compares things of two kinds.
 */
export function withoutKinds(a: Uom): Uom {
  const isCount = (p: Part) => {
    const bases = Object.keys(p.unit.dimension)
    return bases.length > 0 && bases.every((base) => !NOT_COUNTED.has(base))
  }
  return scaled(product(a.parts.filter((p) => !isCount(p))), rawFactor(a.parts.filter(isCount)))
}

// Bases that measure or rate something; every other base is a kind of thing that is counted.
const NOT_COUNTED = new Set(
  'L M T I Θ N J angle month bit VND USD EUR JPY CNY dB dB(A) dBm pH NTU Pt-Co PSU MPN/100mL CFU/100mL AQI WQI UVI Bft CO2e IU beat point rank level'
    .split(' ')
    .concat('working day'),
)

/** The problem that names both units and what each of them measures. */
export function incommensurable(a: Uom, b: Uom): Problem {
  const [av, ae, bv, be] = [describe(a, 'vi'), describe(a, 'en'), describe(b, 'vi'), describe(b, 'en')]
  return quantityProblem('incommensurable', `${a.code} → ${b.code}`, {
    vi: `không đổi hay cộng được ${av} với ${bv}`,
    en: `${ae} cannot be converted into or added to ${be}`,
  })
}

function describe(a: Uom, language: 'vi' | 'en'): string {
  return `"${a.symbol[language] || a.name[language]}" (${dimensionName(a.dimension, language)})`
}

function notAdditive(a: Uom, scale: 'log' | 'interval'): Problem {
  return quantityProblem('not-additive', a.code, {
    vi:
      scale === 'log'
        ? `"${a.symbol.vi}" là thang lôgarit, không cộng trừ được`
        : `không cộng hai nhiệt độ "${a.symbol.vi}" với nhau`,
    en:
      scale === 'log'
        ? `"${a.symbol.en}" is a logarithmic scale and does not add`
        : `two temperatures in "${a.symbol.en}" do not add`,
  })
}

function kelvin(a: Uom): Uom {
  // A difference of two degrees Fahrenheit has no unit of its own in the table: 5/9 of a kelvin.
  const k = uomByCode('K')!
  return rational.equal(a.factor, k.factor)
    ? k
    : scaled(k, a.factor, { vi: `Δ${a.symbol.vi}`, en: `Δ${a.symbol.en}` }, `delta ${a.code}`)
}

function partsOf(a: Uom, sign: 1 | -1): Part[] {
  return a.parts.map((p) => ({
    unit: p.unit.scale === 'interval' ? kelvin(p.unit) : p.unit,
    exponent: p.exponent * sign,
  }))
}

function rawFactor(parts: readonly Part[]): rational.Rational {
  return parts.reduce((f, p) => rational.multiply(f, rational.power(p.unit.factor, p.exponent)), rational.ONE)
}

/** A unit times an exact factor, as a new unit with its own symbol; the unit itself when the factor is 1. */
export function scaled(a: Uom, factor: rational.Rational, symbol?: Uom['symbol'], code?: string): Uom {
  if (rational.equal(factor, rational.ONE)) return a
  const text = rational.toDecimal(factor)
  return derive({
    code: code ?? (a.code === '1' ? text : `${text} ${a.code}`),
    dimension: a.dimension,
    factor: rational.multiply(a.factor, factor),
    parts: undefined,
    symbol: symbol ?? { vi: `${text} ${a.symbol.vi}`.trim(), en: `${text} ${a.symbol.en}`.trim() },
  })
}

function derive(of: {
  code: string
  dimension: Dimension
  factor: rational.Rational
  parts: readonly Part[] | undefined
  symbol: Uom['symbol']
}): Uom {
  const uom: { -readonly [K in keyof Uom]: Uom[K] } = {
    id: null,
    code: of.code,
    dimension: of.dimension,
    factor: of.factor,
    offset: rational.ZERO,
    scale: 'ratio',
    symbol: of.symbol,
    name: of.symbol,
    parts: of.parts ?? [],
  }
  if (of.parts === undefined) uom.parts = [{ unit: uom, exponent: 1 }]
  return Object.freeze(uom)
}

/** The unit that is the product of parts: a registered one where the table has it, else one named after its parts. */
export function product(raw: readonly Part[]): Uom {
  const parts = gather(raw)
  if (parts.length === 0) return uomByCode('1')!
  if (parts.length === 1 && parts[0]!.exponent === 1) return parts[0]!.unit
  const known = uomByParts(parts)
  if (known) return known
  return derive({
    code: join(parts, (u) => u.code),
    dimension: parts.reduce((d, p) => combine(d, p.unit.dimension, p.exponent), NUMBER),
    factor: rawFactor(parts),
    parts,
    symbol: { vi: join(parts, (u) => u.symbol.vi), en: join(parts, (u) => u.symbol.en) },
  })
}

function join(parts: readonly Part[], text: (unit: Uom) => string): string {
  const word = (p: Part) => {
    const size = Math.abs(p.exponent)
    return size === 1 ? text(p.unit) : `${text(p.unit)}${/\d$/.test(text(p.unit)) ? '^' : ''}${size}`
  }
  const above = parts.filter((p) => p.exponent > 0).map(word)
  const below = parts.filter((p) => p.exponent < 0).map(word)
  return `${above.join('.') || '1'}${below.map((w) => `/${w}`).join('')}`
}
