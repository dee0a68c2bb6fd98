import { ANY, BOOLEAN } from '../types.ts'
import type { FeelValue } from '../values.ts'
import { define, nullable, signature } from './signature.ts'

export const BOOLEANS = [
  define(
    'not',
    BOOLEAN,
    signature([nullable('negand', ANY)], ([negand]: [FeelValue]) =>
      typeof negand === 'boolean' ? !negand : null,
    ),
  ),
]
