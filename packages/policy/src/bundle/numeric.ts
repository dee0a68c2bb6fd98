import type { Message } from '@nhip/canonical/problem'
import { Num } from '@nhip/feel/number'
import { IN_SCALE, isComputed, type Parameter } from './model.ts'

/** Why the values of a parameter with a unit must be numbers: the end of a sentence. */
export function unitReason(uom: string): Message {
  return { vi: `giá trị này có đơn vị ${uom}`, en: `this value has the unit ${uom}` }
}

export const IN_SCALE_REASON: Message = {
  vi: 'giá trị này nằm trong một biểu',
  en: 'this value stands in a scale',
}

const ALL_NUMBERS: Message = {
  vi: 'các giá trị khác của tham số này đều là số',
  en: 'the other values of this parameter are numbers',
}

/** Why what a reform sets at a path must be a number; undefined where words may stand there, or nothing is there. */
export function numericReason(parameters: ReadonlyMap<string, Parameter>, path: string): Message | undefined {
  if (IN_SCALE.test(path)) return IN_SCALE_REASON
  const parameter = parameters.get(path)
  if (parameter === undefined) return undefined
  if (parameter.uom !== null) return unitReason(parameter.uom)
  const known = parameter.values.filter(({ value }) => value !== null)
  const numbers = known.length > 0 && known.every(({ value }) => isComputed(value) || value instanceof Num)
  return numbers ? ALL_NUMBERS : undefined
}
