import { apportion, apportionSmall } from './apportion.ts'
import { decimalOf, decimalText, stepsOf } from './decimal.ts'
import type { Split } from './transition.ts'

/** Sums of whole steps of 10^−scale; one meaning, two speeds. */
export interface Arithmetic<T> {
  zero: T
  read(value: number | string, scale: number): T
  negative(steps: T): boolean
  add(a: T, b: T): T
  split(whole: T, split: Split): T[]
  /** The double nearest to steps ÷ 10^scale. */
  value(steps: T, scale: number): number
  /** The decimal, where the double does not read back as it. */
  exact(steps: T, scale: number): string | undefined
}

/** For groups whose absolute steps sum to at most 10^15: every sum is an exact double, and a double reads back as its decimal. */
export const smallArithmetic: Arithmetic<number> = {
  zero: 0,
  read: (value, scale) =>
    scale === 0 && typeof value === 'number' ? value : Number(stepsOf(decimalOf(value), scale)),
  negative: (steps) => steps < 0,
  add: (a, b) => a + b,
  split(whole, { weights, small }) {
    const parts = small && apportionSmall(whole, small.weights, small.sum)
    return parts ?? apportion(BigInt(whole), weights).map(Number)
  },
  value: (steps, scale) =>
    scale === 0 ? steps : scale <= 22 ? steps / 10 ** scale : Number(decimalText(BigInt(steps), scale)),
  exact: () => undefined,
}

export const bigArithmetic: Arithmetic<bigint> = {
  zero: 0n,
  read: (value, scale) => stepsOf(decimalOf(value), scale),
  negative: (steps) => steps < 0n,
  add: (a, b) => a + b,
  split: (whole, { weights }) => apportion(whole, weights),
  value: (steps, scale) => Number(decimalText(steps, scale)),
  exact(steps, scale) {
    const text = decimalText(steps, scale)
    const back = decimalOf(Number(text))
    return decimalText(back.digits, back.scale) === text ? undefined : text
  },
}

/** Finds the decimals of the steps that a series is counted in. */
export class Finest {
  #scale = 0

  see(value: number | string | null | undefined): void {
    if (value === undefined || value === null || value === '') return
    if (typeof value === 'number' && Number.isInteger(value)) return
    this.#scale = Math.max(this.#scale, decimalOf(value).scale)
  }

  /** Those declared, but never fewer than the values have. */
  grid(declared: number | undefined): number {
    if (declared !== undefined) return Math.max(declared, this.#scale)
    // Six more digits than the finest value: dividing 0.1 in three must not give 0.1, 0, 0.
    return this.#scale === 0 ? 0 : this.#scale + 6
  }
}
