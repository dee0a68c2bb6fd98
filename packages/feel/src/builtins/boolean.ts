import { ANY, BOOLEAN } from '../types.ts'
import { type FeelValue, kindOf } from '../values.ts'
import { define, nullable, signature } from './signature.ts'

export const BOOLEANS = [
  define(
    'not',
    BOOLEAN,
    signature([nullable('negand', ANY)], ([negand]: [FeelValue], runtime) => {
      if (typeof negand === 'boolean') return !negand
      return negand === null ? null : runtime.warn('call.argument', 'not', 'negand', kindOf(negand))
    }),
  ),
]
