import * as number from '../number.ts'
import { type Num, type RoundingMode, toInteger } from '../number.ts'
import type { Runtime } from '../runtime.ts'
import { DaysTime, YearsMonths } from '../temporal.ts'
import { BOOLEAN, DAYS_TIME, NUMBER, YEARS_MONTHS } from '../types.ts'
import type { FeelValue } from '../values.ts'
import { define, parameter, signature } from './signature.ts'

/** The scales a decimal128 can have (DMN 1.5, 10.3.4.5). */
const MIN_SCALE = -6111
const MAX_SCALE = 6176

function round(name: string, mode: RoundingMode) {
  return ([n, scale]: [Num, Num], runtime: Runtime): FeelValue => {
    const digits = toInteger(scale)
    if (!(digits >= MIN_SCALE && digits <= MAX_SCALE)) return runtime.warn('call.value', name, String(scale))
    return number.toScale(n, digits, mode) ?? runtime.warn('number.range', name)
  }
}

const rounding = (name: string, mode: RoundingMode) =>
  define(name, NUMBER, signature([parameter('n', NUMBER), parameter('scale', NUMBER)], round(name, mode)))

const toWhole = (name: string, mode: RoundingMode) =>
  define(
    name,
    NUMBER,
    signature([parameter('n', NUMBER)], ([n]: [Num]) => number.toScale(n, 0, mode)),
    signature([parameter('n', NUMBER), parameter('scale', NUMBER)], round(name, mode)),
  )

const real = (name: string, compute: (n: Num) => Num | null) =>
  define(
    name,
    NUMBER,
    signature([parameter('number', NUMBER)], ([n]: [Num], r) => compute(n) ?? r.warn('number.range', name)),
  )

const parity = (name: string, rest: boolean) =>
  define(
    name,
    BOOLEAN,
    signature([parameter('number', NUMBER)], ([n]: [Num]) => {
      const remainder = number.modulo(n, number.int(2))
      return remainder?.isInteger === true && (remainder.int === 1) === rest
    }),
  )

export const NUMERIC = [
  rounding('decimal', 'half even'),
  toWhole('floor', 'floor'),
  toWhole('ceiling', 'ceiling'),
  rounding('round up', 'up'),
  rounding('round down', 'down'),
  rounding('round half up', 'half up'),
  rounding('round half down', 'half down'),
  define(
    'abs',
    NUMBER,
    signature([parameter('n', NUMBER)], ([n]: [Num]) => number.abs(n)),
    signature([parameter('n', DAYS_TIME)], ([n]: [DaysTime]) => (n.nanos < 0n ? new DaysTime(-n.nanos) : n)),
    signature([parameter('n', YEARS_MONTHS)], ([n]: [YearsMonths]) => new YearsMonths(Math.abs(n.months))),
  ),
  define(
    'modulo',
    NUMBER,
    signature([parameter('dividend', NUMBER), parameter('divisor', NUMBER)], ([a, b]: [Num, Num], r) => {
      return number.modulo(a, b) ?? r.warn('divide.zero')
    }),
  ),
  real('sqrt', number.sqrt),
  real('log', number.ln),
  real('exp', number.exp),
  parity('odd', true),
  parity('even', false),
]
