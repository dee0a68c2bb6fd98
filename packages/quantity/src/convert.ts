import { commensurable, incommensurable } from './algebra.ts'
import { QuantityError } from './quantity-error.ts'
import * as rational from './rational.ts'
import type { Uom } from './uom.ts'

/**
 * Converts a value. A number is taken as the decimal it prints as, converted exactly and rounded once, so 4.35 m is
 * 435 cm and not 434.99999999999994. A text is converted exactly and comes back as decimal text (at most 34 significant
 * digits where the fraction does not end): use it for money and for whatever a double cannot hold.
 * @throws {QuantityError} naming both units when they measure different things, and on texts that are no number.
 */
export function convert(value: number, from: Uom, to: Uom): number
export function convert(value: string, from: Uom, to: Uom): string
export function convert(value: number | string, from: Uom, to: Uom): number | string {
  return typeof value === 'number'
    ? converter(from, to)(value)
    : rational.toDecimal(exactly(read(value), from, to))
}

/** The conversion between two units as a function, checked once: for columns and series. NaN and infinities pass through. */
export function converter(from: Uom, to: Uom): (value: number) => number {
  refuseOther(from, to)
  const same = rational.equal(from.factor, to.factor) && rational.equal(from.offset, to.offset)
  if (same) return (value) => value
  return (value) =>
    Number.isFinite(value) ? rational.toNumber(exactly(rational.rationalOf(String(value)), from, to)) : value
}

/**
 * The exact number by which values in `from` are multiplied to be in `to`.
 * @throws {QuantityError} for different dimensions, and where one of the scales has its own zero (°C, °F).
 */
export function factorBetween(from: Uom, to: Uom): rational.Rational {
  refuseOther(from, to)
  if (!rational.equal(from.offset, to.offset)) {
    throw new QuantityError({
      severity: 'error',
      code: 'quantity.offset',
      value: `${from.code} → ${to.code}`,
      message: {
        vi: `"${from.symbol.vi}" và "${to.symbol.vi}" có điểm 0 khác nhau, không có hệ số chung`,
        en: `"${from.symbol.en}" and "${to.symbol.en}" have different zeros, so there is no factor between them`,
      },
    })
  }
  return rational.divide(from.factor, to.factor)
}

function exactly(value: rational.Rational, from: Uom, to: Uom): rational.Rational {
  refuseOther(from, to)
  const base = rational.multiply(rational.add(value, from.offset), from.factor)
  return rational.subtract(rational.divide(base, to.factor), to.offset)
}

function refuseOther(from: Uom, to: Uom): void {
  if (!commensurable(from, to)) throw new QuantityError(incommensurable(from, to))
}

function read(text: string): rational.Rational {
  try {
    return rational.rationalOf(text)
  } catch {
    throw new QuantityError({
      severity: 'error',
      code: 'quantity.number',
      value: text,
      message: { vi: `"${text}" không phải là số`, en: `invalid number: "${text}"` },
    })
  }
}
