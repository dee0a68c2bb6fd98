import { sql } from 'kysely'
import { type Records, SYSTEM } from '../records/contract.ts'
import { jsonText } from '../records/json-text.ts'
import type { IdempotencyStore, StoredAnswer } from './idempotency.ts'

const lifeS = 24 * 3600
/** A request that has not answered after this long died with its process: unless its work was committed, its key may be used again. */
const abandonedS = 120

interface Row {
  bodyHash: string
  answer: StoredAnswer | null
}

/** Answers under (actor, route, key) in the records. */
export function idempotencyIn(records: Records): IdempotencyStore {
  const split = (key: string) => {
    const [actor = '', method = '', path = '', given = ''] = key.split(' ')
    return { actor, route: `${method} ${path}`, given }
  }
  return {
    async claim(key, bodyHash, requestId) {
      const { actor, route, given } = split(key)
      return records.tx(SYSTEM, async (tx) => {
        const own = sql`actor = ${actor} AND route = ${route} AND key = ${given}`
        // The audit rows of the work were committed with it: they say what became of it when nobody answers any more.
        const { rows: left } = await sql<{
          target: string
        }>`SELECT a.target_type || ':' || a.target_id AS target
          FROM idempotency_key k JOIN audit a ON a.request_id = k.request_id
            AND a.at BETWEEN k.created_at - interval '1 hour' AND k.created_at + interval '1 hour'
          WHERE k.actor = ${actor} AND k.route = ${route} AND k.key = ${given} AND k.status IS NULL
            AND k.created_at < now() - make_interval(secs => ${abandonedS}) AND k.expires_at >= now() ORDER BY a.outbox LIMIT 1`.execute(
          tx.db,
        )
        if (left[0]) return { state: 'committed', target: left[0].target } as const
        await sql`DELETE FROM idempotency_key WHERE ${own} AND (expires_at < now()
          OR (status IS NULL AND created_at < now() - make_interval(secs => ${abandonedS})))`.execute(tx.db)
        const made =
          await sql`INSERT INTO idempotency_key (actor, route, key, body_hash, request_id, expires_at)
          VALUES (${actor}, ${route}, ${given}, ${bodyHash}, ${requestId}, now() + make_interval(secs => ${lifeS}))
          ON CONFLICT DO NOTHING RETURNING key`.execute(tx.db)
        if (made.rows.length > 0) return { state: 'new' } as const
        const { rows } = await sql<Row>`SELECT body_hash AS "bodyHash", body AS answer FROM idempotency_key
          WHERE ${own}`.execute(tx.db)
        const [row] = rows
        if (!row?.answer) return { state: 'running' } as const
        return { state: 'done', bodyHash: row.bodyHash, answer: row.answer } as const
      })
    },
    async complete(key, answer) {
      const { actor, route, given } = split(key)
      await records.tx(SYSTEM, async (tx) => {
        await sql`UPDATE idempotency_key SET status = ${answer.status}, body = ${jsonText(answer)}::jsonb
          WHERE actor = ${actor} AND route = ${route} AND key = ${given}`.execute(tx.db)
      })
    },
    async release(key) {
      const { actor, route, given } = split(key)
      await records.tx(SYSTEM, async (tx) => {
        await sql`DELETE FROM idempotency_key WHERE actor = ${actor} AND route = ${route} AND key = ${given}
          AND status IS NULL`.execute(tx.db)
      })
    },
  }
}
