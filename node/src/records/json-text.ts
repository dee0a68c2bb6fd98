import { RecordsError } from './contract.ts'

/**
 * The text of a value for a json or jsonb column. Undefined members are left out, as in `JSON.stringify`.
 * @throws {RecordsError} `parameter` on a value that would not come back: undefined itself, NaN, infinities
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, (key, item: unknown) => {
    if (typeof item === 'number' && !Number.isFinite(item)) {
      throw new RecordsError('parameter', `invalid JSON: ${item} at "${key}"`)
    }
    return item
  })
  if (text === undefined) throw new RecordsError('parameter', 'invalid JSON: undefined')
  return text
}
