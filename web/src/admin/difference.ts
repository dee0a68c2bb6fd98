/** One place of a record that differs between two of its states. */
export interface Difference {
  /** The way to it, `contract.freshness.every`; empty when the whole is one value. */
  path: string
  /** Absent when the place was not there. */
  before?: unknown
  after?: unknown
}

/**
 * What changed from one state of a record to the next, place by place in the order of the later state. Objects are gone
 * into; lists and single values are compared whole, for a place in a list is not the same thing twice.
 */
export function differences(before: unknown, after: unknown): Difference[] {
  return within(before, after, '')
}

function within(before: unknown, after: unknown, path: string): Difference[] {
  const old = isRecord(before) ? before : {}
  const now = isRecord(after) ? after : {}
  const whole = (value: unknown) => !isRecord(value) && value !== null && value !== undefined
  if (whole(before) || whole(after) || (!isRecord(before) && !isRecord(after))) {
    if (same(before, after)) return []
    return [{ path, ...given('before', before), ...given('after', after) }]
  }
  const names = [...new Set([...Object.keys(now), ...Object.keys(old)])]
  return names.flatMap((name) => within(old[name], now[name], path === '' ? name : `${path}.${name}`))
}

function given(side: 'before' | 'after', value: unknown): Partial<Difference> {
  return value === null || value === undefined ? {} : { [side]: value }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}
