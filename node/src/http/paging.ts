import { createHmac, timingSafeEqual } from 'node:crypto'
import { type TSchema, Type } from 'typebox'
import { refuse } from './problem.ts'

/** Query parameters of every list. */
export const Paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 1000, description: '`nextCursor` of the page before' })),
}

/** The answer of every list. */
export function Page<T extends TSchema>(item: T) {
  return Type.Object(
    {
      items: Type.Array(item),
      nextCursor: Type.Union([Type.String(), Type.Null()]),
      total: Type.Optional(
        Type.Union([Type.Integer(), Type.String({ description: '`10000+` when there are more' })]),
      ),
    },
    { additionalProperties: false },
  )
}

/** The answer of a list from one row more than a page holds: the row too many says that there is a next page. */
export function pageOf<T>(
  found: readonly T[],
  limit: number,
  cursorAfter: (last: T) => string,
): { items: T[]; nextCursor: string | null } {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: last !== undefined && found.length > limit ? cursorAfter(last) : null }
}

/**
 * Cursors are opaque and signed: the last sort key of a page, bound to its route, so that nobody comes to depend on
 * their content and a cursor of one list is refused by another.
 */
export interface Cursors {
  encode(route: string, value: unknown): string
  decode(route: string, cursor: string): unknown
}

/** @param key secret of this node, at least 32 bytes */
export function signedCursors(key: Buffer): Cursors {
  const sign = (route: string, payload: string) =>
    createHmac('sha256', key).update(`${route}\n${payload}`).digest().subarray(0, 12)
  return {
    encode(route, value) {
      const payload = Buffer.from(JSON.stringify(value)).toString('base64url')
      return `${payload}.${sign(route, payload).toString('base64url')}`
    },
    decode(route, cursor) {
      const [payload = '', signature = ''] = cursor.split('.')
      const given = Buffer.from(signature, 'base64url')
      const expected = sign(route, payload)
      if (given.length !== expected.length || !timingSafeEqual(given, expected))
        throw refuse(400, 'bad-cursor', { params: { cursor } })
      return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    },
  }
}
