import { createHash } from 'node:crypto'
import type { Incoming } from './declare.ts'
import { refuse } from './problem.ts'

export interface StoredAnswer {
  status: number
  headers: Record<string, string>
  body: unknown
}

/** Keeps answers for 24 hours under (user, route, key). */
export interface IdempotencyStore {
  /**
   * Claims a key for a request. `new` when it is the first, `running` while another one works on it, `committed` when
   * the other one's process died after its work was on disk and before its answer was kept, else what it answered
   * together with the hash of its body.
   */
  claim(
    key: string,
    bodyHash: string,
    requestId: string,
  ): Promise<
    | { state: 'new' }
    | { state: 'running' }
    | { state: 'committed'; target: string }
    | { state: 'done'; bodyHash: string; answer: StoredAnswer }
  >
  complete(key: string, answer: StoredAnswer): Promise<void>
  /** The work failed and changed nothing: the key may be used again. */
  release(key: string): Promise<void>
}

type AnyAnswer = { status: number; headers?: Record<string, string>; body?: unknown }

/** Runs the work at most once for an `Idempotency-Key`, and repeats its answer to whoever asks again. */
export async function withIdempotency<A extends AnyAnswer>(
  store: IdempotencyStore,
  routeName: string,
  request: Incoming<unknown, unknown, unknown>,
  work: () => Promise<A>,
): Promise<A> {
  const given = request.headers['idempotency-key']
  if (given === undefined) return work()
  if (typeof given !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(given))
    throw refuse(400, 'bad-idempotency-key')
  const key = `${request.caller.id ?? request.caller.username} ${routeName} ${given}`
  const bodyHash = createHash('sha256')
    .update(JSON.stringify(request.body ?? null))
    .digest('hex')
  const claim = await store.claim(key, bodyHash, request.requestId)
  if (claim.state === 'running') throw refuse(409, 'still-running')
  if (claim.state === 'committed') throw refuse(409, 'answer-lost', { params: { target: claim.target } })
  if (claim.state === 'done') {
    if (claim.bodyHash !== bodyHash) throw refuse(422, 'idempotency-key-reused')
    return claim.answer as unknown as A
  }
  let answer: A
  try {
    answer = await work()
  } catch (error) {
    await store.release(key)
    throw error
  }
  await store.complete(key, { status: answer.status, headers: answer.headers ?? {}, body: answer.body })
  return answer
}
