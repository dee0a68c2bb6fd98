import { type FieldReport, type Fields, isMapping } from './fields.ts'
import type { Uncertainty } from './framework.ts'
import { readAggregate, readImpute, readNormalise } from './read-methods.ts'

/** Reads `uncertainty:`; every alternative of a method is a whole method spec. */
export function readUncertainty(fields: Fields | null, report: FieldReport): Uncertainty | null {
  if (!fields) return null
  const list = <T>(key: string, read: (raw: unknown, path: string, report: FieldReport) => T): T[] | null => {
    const value = fields.any(key)
    if (value === undefined) return null
    if (Array.isArray(value) && value.length > 0)
      return value.map((raw, i) => read(raw, fields.at(`${key}[${i}]`), report))
    fields.wrong(key, `"${key}" là danh sách các phương án`, `"${key}" is a list of alternatives`)
    return null
  }
  const uncertainty: Uncertainty = {
    weights: readWeights(fields),
    normalise: list('normalise', readNormalise),
    aggregate: list('aggregate', readAggregate),
    impute: list('impute', readImpute),
    maxPoints: list('max_points', (raw, path) => {
      if (typeof raw === 'number' && Number.isInteger(raw) && raw >= 0) return raw
      report('schema', path, raw, 'Cần số nguyên không âm', 'Want a whole number, 0 or more')
      return 0
    }),
  }
  fields.finish()
  return uncertainty
}

function readWeights(fields: Fields): Uncertainty['weights'] {
  const value = fields.any('weights')
  if (value === undefined) return null
  if (typeof value === 'number') return { spread: value, levels: 'all' }
  if (!isMapping(value)) {
    fields.wrong(
      'weights',
      '"weights" có dạng {spread: 0.25, levels: all}',
      '"weights" is {spread: 0.25, levels: all}',
    )
    return null
  }
  const inner = fields.mapping('weights')!
  const spread = inner.number('spread') ?? 0.25
  if (spread < 0 || spread >= 1) inner.wrong('spread', '"spread" nằm trong 0..1', '"spread" is within 0..1')
  const levels = inner.any('levels') ?? 'all'
  const isList = Array.isArray(levels) && levels.every((x) => Number.isInteger(x))
  if (levels !== 'all' && !isList)
    inner.wrong('levels', '"levels" là all hoặc danh sách số', '"levels" is all or a list of numbers')
  inner.finish()
  return { spread, levels: isList ? (levels as number[]) : 'all' }
}
