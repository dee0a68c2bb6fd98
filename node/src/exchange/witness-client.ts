import { type Head, parseHead } from '@nhip/ledger/checkpoint'
import { verifiedCosignatures } from '@nhip/ledger/cosignature'
import type { Ledger } from '@nhip/ledger/ledger'
import type { Hash } from '@nhip/ledger/merkle'
import { type NoteSignature, parseSignatureLine, type VerifierKey } from '@nhip/ledger/note'
import { witnessRequest } from '@nhip/ledger/witness'
import { askOutside } from './ask-outside.ts'
import type { KeptHeads } from './kept-heads.ts'

/** Another node that cosigns our heads. */
export interface WitnessPeer {
  /** Address of its `…/witness` folder, with user and password where it asks for them. */
  url: string
  /** Its cosignature key, known from outside. */
  key: VerifierKey
}

export interface WitnessStatus {
  name: string
  /**
   * - `waiting`: not asked yet. `cosigned`: its last answer. `unreachable`: tried again at the next round.
   * - `refused`: it does not know this log or its key, or no proof satisfied it.
   * - `fork`: it holds another history of this log than ours.
   */
  state: 'waiting' | 'cosigned' | 'unreachable' | 'refused' | 'fork'
  /** Size and time of the last head it cosigned. */
  size: number | null
  time: string | null
  detail: string | null
}

type Answer =
  | { kind: 'cosigned'; signature: NoteSignature; time: number }
  | { kind: 'holds'; size: number }
  | { kind: 'refused'; detail: string }

const MAX_ANSWER = 16 * 1024

/** One request of C2SP tlog-witness. @throws when the witness is not there or its answer makes no sense */
async function addCheckpoint(
  peer: WitnessPeer,
  request: { old: number; proof: readonly Hash[]; head: Head },
  timeoutMs: number,
): Promise<Answer> {
  const response = await askOutside(`${peer.url.replace(/\/$/, '')}/add-checkpoint`, {
    type: 'text/plain; charset=utf-8',
    body: witnessRequest(request.old, request.proof, request.head),
    timeoutMs,
  })
  const text = (await response.text()).slice(0, MAX_ANSWER)
  if (response.status === 409) {
    const size = Number(text.trim())
    if (!Number.isSafeInteger(size) || size < 0) throw new Error('a 409 that names no size')
    return { kind: 'holds', size }
  }
  if ([400, 403, 404, 422].includes(response.status))
    return { kind: 'refused', detail: `HTTP ${response.status} ${text.trim().slice(0, 200)}` }
  if (response.status !== 200) throw new Error(`HTTP ${response.status}`)
  for (const line of text.split('\n')) {
    if (line === '') continue
    const signature = parseSignatureLine(line)
    const [found] = verifiedCosignatures({ text: request.head.note.text, signatures: [signature] }, [
      peer.key,
    ])
    if (found) return { kind: 'cosigned', signature, time: found.time }
  }
  throw new Error(`no cosignature of ${peer.key.name} in its answer`)
}

/** What the witnesses hold of a log, asked before anything new is signed. */
export interface Guard {
  /** The largest size that one of them names; the size on disk when they agree with it. */
  known: number
  /** How many answered. */
  answered: number
  /** One of them holds another root at the size on disk. */
  fork: string | null
}

/**
 * Asks every witness what it holds, by showing it the head on disk: the guard against a folder put back from an old copy.
 * Those that do not answer in time are passed over.
 */
export async function askBeforeSigning(
  peers: readonly WitnessPeer[],
  note: string | undefined,
  timeoutMs: number,
): Promise<Guard> {
  const guard: Guard = { known: 0, answered: 0, fork: null }
  if (note === undefined) return guard
  const head = parseHead(note)
  const answers = await Promise.allSettled(
    peers.map((peer) => addCheckpoint(peer, { old: head.size, proof: [], head }, timeoutMs)),
  )
  for (const [i, answer] of answers.entries()) {
    if (answer.status === 'rejected' || answer.value.kind === 'refused') continue
    guard.answered++
    const size = answer.value.kind === 'holds' ? answer.value.size : head.size
    // It was shown the size it names and did not cosign: the root differs.
    if (answer.value.kind === 'holds' && size === head.size) guard.fork = peers[i]?.key.name ?? null
    guard.known = Math.max(guard.known, size)
  }
  return guard
}

export interface WitnessClientOptions {
  ledger: Ledger
  heads: KeptHeads
  peers: readonly WitnessPeer[]
  /** Default 60 s. */
  everyMs?: number
  /** After the start, until the first question; default 2 s. */
  firstMs?: number
  timeoutMs?: number
  /** Whether the guard before the first head was answered. */
  guarded: boolean
  onError: (witness: string, error: unknown) => void
}

/** Has the witnesses cosign the newest head, beside all other work: nothing waits for them, a missing one is a status. */
export class WitnessClient {
  readonly #options: WitnessClientOptions
  readonly #statuses: WitnessStatus[]
  /** What each is believed to hold; its 409 corrects it. */
  readonly #held = new Map<string, number>()
  readonly #timers: NodeJS.Timeout[]
  #running: Promise<void> | undefined
  #guarded: boolean

  constructor(options: WitnessClientOptions) {
    this.#options = options
    this.#guarded = options.guarded
    this.#statuses = options.peers.map(({ key }) => ({
      name: key.name,
      state: 'waiting',
      size: null,
      time: null,
      detail: null,
    }))
    this.#timers = [
      setTimeout(() => void this.ask(), options.firstMs ?? 2000),
      setInterval(() => void this.ask(), options.everyMs ?? 60_000),
    ]
    for (const timer of this.#timers) timer.unref()
  }

  get statuses(): readonly WitnessStatus[] {
    return this.#statuses
  }

  /** Whether any witness has confirmed since the start that this is no old copy. */
  get guarded(): boolean {
    return this.#guarded
  }

  /** Asks all of them now. */
  ask(): Promise<void> {
    this.#running ??= this.#ask().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #ask(): Promise<void> {
    const { ledger, heads, peers, onError } = this.#options
    const head = ledger.head()
    if (!head) return
    const signatures: NoteSignature[] = []
    await Promise.all(
      peers.map(async (peer, i) => {
        const status = this.#statuses[i] as WitnessStatus
        try {
          const answer = await this.#askOne(peer, head)
          status.detail = answer.kind === 'cosigned' ? null : answer.detail
          status.state = answer.kind
          if (answer.kind === 'cosigned') {
            this.#guarded = true
            signatures.push(answer.signature)
            status.size = head.size
            status.time = new Date(answer.time * 1000).toISOString()
          } else onError(peer.key.name, new Error(answer.detail))
        } catch (error) {
          status.state = 'unreachable'
          status.detail = (error as Error).message
          onError(peer.key.name, error)
        }
      }),
    )
    try {
      if (signatures.length > 0) await heads.addCosignatures(head, signatures)
    } catch (error) {
      // A disk that takes no more is told by the ledger itself; the next round cosigns again.
      onError('heads', error)
    }
  }

  async #askOne(
    peer: WitnessPeer,
    head: Head,
  ): Promise<Exclude<Answer, { kind: 'holds' }> | { kind: 'fork'; detail: string }> {
    const { ledger, timeoutMs = 10_000 } = this.#options
    let old = Math.min(this.#held.get(peer.url) ?? 0, head.size)
    // The first answer may be what it holds; the second must not be, unless another process of ours asks too.
    for (let attempt = 0; attempt < 3; attempt++) {
      const answer = await addCheckpoint(
        peer,
        { old, proof: await ledger.consistency(old, head.size), head },
        timeoutMs,
      )
      if (answer.kind === 'cosigned') this.#held.set(peer.url, head.size)
      // Refused although the old size is right: its root at that size is not ours.
      if (answer.kind === 'refused' && answer.detail.startsWith('HTTP 422'))
        return { kind: 'fork', detail: `${peer.key.name} holds another history up to ${old}` }
      if (answer.kind !== 'holds') return answer
      if (answer.size > head.size || (answer.size === head.size && old === head.size))
        return { kind: 'fork', detail: `${peer.key.name} holds ${answer.size} entries of another history` }
      old = answer.size
      this.#held.set(peer.url, old)
    }
    return { kind: 'refused', detail: 'its size changes with every question' }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#running
  }
}
