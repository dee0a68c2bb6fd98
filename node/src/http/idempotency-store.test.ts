import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TemporaryRecords, temporaryRecords } from '../records/temporary-records.ts'
import type { IdempotencyStore } from './idempotency.ts'
import { idempotencyIn } from './idempotency-store.ts'

let temporary: TemporaryRecords
let store: IdempotencyStore
beforeAll(async () => {
  temporary = await temporaryRecords()
  store = idempotencyIn(temporary.records)
})
afterAll(() => temporary.end())

const answer = { status: 201, headers: {}, body: { id: 1 } }
/** As if the process that claimed the key had died minutes ago. */
const died = (key: string) =>
  temporary.records.tx({ id: 'test' }, async (tx) => {
    await sql`UPDATE idempotency_key SET created_at = created_at - interval '5 minutes' WHERE key = ${key}`.execute(
      tx.db,
    )
  })

test('a key is new, then running, then answers the same again', async () => {
  expect(await store.claim('lan POST /api/things k1', 'hash', 'r1')).toEqual({ state: 'new' })
  expect(await store.claim('lan POST /api/things k1', 'hash', 'r2')).toEqual({ state: 'running' })
  await store.complete('lan POST /api/things k1', answer)
  expect(await store.claim('lan POST /api/things k1', 'hash', 'r3')).toMatchObject({ state: 'done', answer })
})

test('a process that died before its work was committed leaves the key free', async () => {
  await store.claim('lan POST /api/things k2', 'hash', 'r4')
  await died('k2')
  expect(await store.claim('lan POST /api/things k2', 'hash', 'r5')).toEqual({ state: 'new' })
})

test('one that died after its work was committed: it is not done again, and what it made is named', async () => {
  await store.claim('lan POST /api/things k3', 'hash', 'r6')
  await temporary.records.tx({ id: 'lan', requestId: 'r6' }, async (tx) => {
    tx.audit({ action: 'thing.create', targetType: 'thing', targetId: '42' })
  })
  await died('k3')
  for (const again of ['r7', 'r8'])
    expect(await store.claim('lan POST /api/things k3', 'hash', again)).toEqual({
      state: 'committed',
      target: 'thing:42',
    })
})
