import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { errorCode, type FileSystem, readWhole } from '@nhip/durable/file-system'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { makeFolderDurably, replaceFile } from '@nhip/durable/replace-file'
import { formatHead, type Head, openHead } from './checkpoint.ts'
import { cosign } from './cosignature.ts'
import { EMPTY_ROOT, type Hash, sameHash, verifyConsistency } from './merkle.ts'
import { formatSignature, fromBase64, NoteError, type SignerKey, toBase64, type VerifierKey } from './note.ts'

/** A log that a witness watches: the keys it may sign with. Its origin is their name. */
export interface WitnessedLog {
  origin: string
  keys: readonly VerifierKey[]
}

/** Answer of `add-checkpoint` (C2SP tlog-witness), as status, media type and body. */
export interface WitnessAnswer {
  status: 200 | 400 | 403 | 404 | 409 | 422
  type: 'text/plain; charset=utf-8' | 'text/x.tlog.size'
  body: string
  /** Two heads of one size with different roots: proof that the log shows two histories. */
  fork?: { held: string; shown: string }
}

export interface WitnessOptions {
  key: SignerKey
  logs: readonly WitnessedLog[]
  fs?: FileSystem
  /** Seconds since 1970. */
  now: () => number
}

interface Held {
  size: number
  root: Hash
  note: string
}

const PLAIN = 'text/plain; charset=utf-8'
const MAX_PROOF = 63

/**
 * A witness: cosigns a log's head only if it continues the one it cosigned before, so that a log cannot show different
 * histories to different people. What it holds is on disk before it answers, and one request at a time is checked for
 * a log: two racing ones cannot roll it back.
 */
export class Witness {
  readonly #folder: string
  readonly #options: WitnessOptions
  readonly #fs: FileSystem
  readonly #busy = new Map<string, Promise<unknown>>()

  constructor(folder: string, options: WitnessOptions) {
    this.#folder = folder
    this.#options = options
    this.#fs = options.fs ?? nodeFileSystem
  }

  /** Handles the body of a request: `old <size>`, proof lines, blank line, the head. */
  async addCheckpoint(body: string): Promise<WitnessAnswer> {
    const request = parseRequest(body)
    if (!request) return answer(400, 'want "old <size>", proof lines, a blank line and a checkpoint\n')
    const log = this.#options.logs.find((item) => item.origin === request.origin)
    if (!log) return answer(404, `unknown origin ${request.origin}\n`)
    let head: Head
    try {
      head = openHead(request.note, log.keys)
    } catch (error) {
      if (error instanceof NoteError) return answer(403, `${error.message}\n`)
      throw error
    }
    if (request.old > head.size) return answer(400, `old size ${request.old} is above ${head.size}\n`)
    const before = this.#busy.get(log.origin) ?? Promise.resolve()
    const work = before.catch(() => undefined).then(() => this.#check(head, request))
    this.#busy.set(log.origin, work)
    return work
  }

  async #check(head: Head, { old, proof }: Request): Promise<WitnessAnswer> {
    const held = await this.#held(head.origin)
    if (old !== held.size) return { status: 409, type: 'text/x.tlog.size', body: `${held.size}\n` }
    if (head.size === held.size && held.size > 0 && !sameHash(head.root, held.root)) {
      return {
        status: 409,
        type: 'text/x.tlog.size',
        body: `${held.size}\n`,
        fork: { held: held.note, shown: formatHead(head) },
      }
    }
    if (!verifyConsistency(held.size, head.size, held.root, head.root, proof)) {
      return answer(422, 'the proof does not lead from the held size to this head\n')
    }
    await this.#hold(head)
    return answer(200, formatSignature(cosign(head.note.text, this.#options.now(), this.#options.key)))
  }

  /** The size that the witness holds of a log; 0 for one it has not seen. */
  async size(origin: string): Promise<number> {
    return (await this.#held(origin)).size
  }

  async #held(origin: string): Promise<Held> {
    try {
      const note = new TextDecoder().decode(await readWhole(this.#fs, this.#path(origin)))
      const log = this.#options.logs.find((item) => item.origin === origin)
      const { size, root } = openHead(note, log?.keys ?? [])
      return { size, root, note }
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return { size: 0, root: EMPTY_ROOT, note: '' }
      throw error
    }
  }

  async #hold(head: Head): Promise<void> {
    await makeFolderDurably(this.#fs, this.#folder)
    await replaceFile(this.#fs, this.#path(head.origin), new TextEncoder().encode(formatHead(head)))
  }

  /** One file a log; origins hold slashes, so the name is a hash. */
  #path(origin: string): string {
    return join(this.#folder, `${createHash('sha256').update(origin).digest('hex')}.note`)
  }
}

interface Request {
  old: number
  proof: Hash[]
  note: string
  origin: string
}

function parseRequest(body: string): Request | undefined {
  const end = body.indexOf('\n\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = body.slice(0, end).split('\n')
  const match = /^old (0|[1-9][0-9]{0,15})$/.exec(first)
  if (!match?.[1] || lines.length > MAX_PROOF) return undefined
  const note = body.slice(end + 2)
  try {
    const proof = lines.map(fromBase64)
    if (proof.some((hash) => hash.length !== 32)) return undefined
    return { old: Number(match[1]), proof, note, origin: note.slice(0, note.indexOf('\n')) }
  } catch {
    return undefined
  }
}

function answer(status: WitnessAnswer['status'], body: string): WitnessAnswer {
  return { status, type: PLAIN, body }
}

/** The body of a request for a cosignature. */
export function witnessRequest(old: number, proof: readonly Hash[], head: Head): string {
  return `old ${old}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${formatHead(head)}`
}
