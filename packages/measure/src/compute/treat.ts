import type { TreatSpec } from '../framework/methods.ts'
import { boxCox } from './box-cox.ts'
import { present } from './moments.ts'
import { passesShape, shiftedLog, winsorise } from './winsorise.ts'

export type Treatment = 'none' | 'winsorised' | 'log' | 'boxcox'

export interface Treated {
  column: Float64Array
  treatment: Treatment
  /** Cells whose value changed. */
  changed: number
  /** Fewer than four values: nothing can be said of the shape, and nothing was done. */
  tooFew: boolean
}

/** Brings an item with outliers into shape by the framework's method; one that passes the test stays as it is. */
export function treat(column: Float64Array, spec: TreatSpec): Treated {
  const same: Treated = { column, treatment: 'none', changed: 0, tooFew: false }
  if (spec.method === 'none') return same
  const values = present(column)
  if (values.length < 4) return { ...same, tooFew: true }
  if (passesShape(values, spec)) return same
  if (spec.method === 'log_ct')
    return { ...same, column: shiftedLog(column), treatment: 'log', changed: values.length }
  if (spec.method === 'boxcox') {
    return { ...same, column: boxCox(column, spec.lambda), treatment: 'boxcox', changed: values.length }
  }
  const pulled = winsorise(column, spec)
  if (pulled.passes || spec.method === 'winsorise') {
    return {
      ...same,
      column: pulled.column,
      treatment: pulled.changed > 0 ? 'winsorised' : 'none',
      changed: pulled.changed,
    }
  }
  return { ...same, column: shiftedLog(column), treatment: 'log', changed: values.length }
}
