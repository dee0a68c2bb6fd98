import type { NumberType } from './node.ts'

/** Below this every whole number has a double of its own, and so do sums and products that stay below it. */
export const EXACT = 2n ** 53n
/** FEEL keeps 34 digits: a whole number below this is not rounded. */
const DIGITS_34 = 10n ** 34n
/** Digits after the point that bounds of endless quotients are kept with, rounded outward. */
export const QUOTIENT_SCALE = 20

export interface Interval {
  readonly min: bigint
  readonly max: bigint
  readonly scale: number
  readonly finite: boolean
}

export const powerOfTen = (n: number): bigint => 10n ** BigInt(n)

export const least = (...values: bigint[]): bigint => values.reduce((a, b) => (b < a ? b : a))
export const greatest = (...values: bigint[]): bigint => values.reduce((a, b) => (b > a ? b : a))

/** The same bounds in units of a finer scale. */
export function atScale({ min, max, scale }: Interval, wanted: number): { min: bigint; max: bigint } {
  const factor = powerOfTen(wanted - scale)
  return { min: min * factor, max: max * factor }
}

export function isExact({ min, max }: { min: bigint; max: bigint }): boolean {
  return min > -EXACT && max < EXACT
}

/** The type of a number within bounds: an integer in a double where that is exact, else a decimal. */
export function numberType({ min, max, scale, finite }: Interval): NumberType {
  const whole = finite && isExact({ min, max })
  const kept = finite && greatest(max, -min) < DIGITS_34
  return { kind: 'number', form: whole ? 'integer' : 'decimal', scale, min, max, finite: kept }
}

const aligned = (a: Interval, b: Interval) => {
  const scale = Math.max(a.scale, b.scale)
  return { scale, a: atScale(a, scale), b: atScale(b, scale), finite: a.finite && b.finite }
}

export function sum(x: Interval, y: Interval): Interval {
  const { scale, a, b, finite } = aligned(x, y)
  return { scale, finite, min: a.min + b.min, max: a.max + b.max }
}

export function difference(x: Interval, y: Interval): Interval {
  return sum(x, negated(y))
}

export function negated({ min, max, scale, finite }: Interval): Interval {
  return { min: -max, max: -min, scale, finite }
}

export function product(a: Interval, b: Interval): Interval {
  const corners = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max]
  return {
    scale: a.scale + b.scale,
    finite: a.finite && b.finite,
    min: least(...corners),
    max: greatest(...corners),
  }
}

/** The hull of both. */
export function union(x: Interval, y: Interval): Interval {
  const { scale, a, b, finite } = aligned(x, y)
  return { scale, finite, min: least(a.min, b.min), max: greatest(a.max, b.max) }
}

export function lesser(x: Interval, y: Interval): Interval {
  const { scale, a, b, finite } = aligned(x, y)
  return { scale, finite, min: least(a.min, b.min), max: least(a.max, b.max) }
}

export function larger(x: Interval, y: Interval): Interval {
  const { scale, a, b, finite } = aligned(x, y)
  return { scale, finite, min: greatest(a.min, b.min), max: greatest(a.max, b.max) }
}

/** Bounds of a quotient that may be endless. A finite divisor is at least one of its units away from zero. */
export function quotient(a: Interval, b: Interval): Interval {
  const scale = QUOTIENT_SCALE
  const up = powerOfTen(scale + Math.max(0, b.scale - a.scale))
  const down = powerOfTen(Math.max(0, a.scale - b.scale))
  const divisors =
    b.min > 0n || b.max < 0n
      ? [b.min, b.max]
      : [b.min < 0n ? -1n : 1n, b.max > 0n ? 1n : -1n, ...[b.min, b.max].filter((n) => n !== 0n)]
  const corners = [a.min, a.max, 0n > a.min && 0n < a.max ? 0n : a.min].flatMap((n) =>
    divisors.map((d) => (n * up) / (d * down)),
  )
  return { scale, finite: false, min: least(...corners) - 1n, max: greatest(...corners) + 1n }
}
