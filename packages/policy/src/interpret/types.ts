import { ANY, DATE, type FeelType, listOf, NUMBER, STRING } from '@nhip/feel/types'
import { type FeelValue, fromData } from '@nhip/feel/values'
import type { BundleModel, Variable } from '../bundle/model.ts'

/** The static type of a variable with what its declaration promises. */
export function typeOfVariable(variable: Variable, model: BundleModel): FeelType {
  const sure = variable.nullable ? {} : { nullable: false }
  const { type, min, max, scale } = variable
  switch (type) {
    case 'number':
      return {
        kind: 'number',
        ...sure,
        ...(min === null ? {} : { min }),
        ...(max === null ? {} : { max }),
        ...(scale === null ? {} : { scale }),
      }
    case 'boolean':
    case 'string':
    case 'date':
      return { kind: type, ...sure }
    case 'list':
      return listOf(ANY)
    default: {
      const values = model.enums.get(type)
      return { kind: 'string', ...sure, ...(values ? { values } : {}) }
    }
  }
}

/** Types that are no enumerations of a bundle. */
export const SIMPLE_TYPES: readonly string[] = ['number', 'boolean', 'string', 'date', 'list']

export function isKnownType(type: string, { enums }: Pick<BundleModel, 'enums'>): boolean {
  return SIMPLE_TYPES.includes(type) || enums.has(type)
}

export const PERIOD_TYPE: FeelType = {
  kind: 'context',
  nullable: false,
  members: new Map<string, FeelType>([
    ['start', { ...DATE, nullable: false }],
    ['end', { ...DATE, nullable: false }],
    ['days', { ...NUMBER, nullable: false }],
  ]),
}

/** What every member has beside its variables. */
export const MEMBER_TYPES: readonly (readonly [string, FeelType])[] = [
  ['key', { ...STRING, nullable: false }],
  ['role', { ...STRING, nullable: false }],
  ['position', { ...NUMBER, nullable: false }],
]

/** The value of a variable that nobody gave: as declared, else 0, false, "", the first of its enumeration, or null. */
export function defaultOf(variable: Variable, model: BundleModel): FeelValue {
  if (variable.default !== undefined) return variable.default
  if (variable.nullable) return null
  switch (variable.type) {
    case 'number':
      return fromData(0)
    case 'boolean':
      return false
    case 'string':
      return ''
    case 'list':
      return []
    case 'date':
      return null
    default:
      return model.enums.get(variable.type)?.[0] ?? null
  }
}
