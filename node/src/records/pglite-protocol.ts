import type { DatabaseRefusal } from './database-error.ts'

/** What the main thread and the PGlite worker say to each other; every message is answered by one with its `id`. */
export type PgliteRequest =
  | { id: number; kind: 'query'; sql: string; parameters: (string | null)[] }
  /** Answered twice: `committed` at once, `durable` after the sync. */
  | { id: number; kind: 'commit' }
  | { id: number; kind: 'checkpoint' }
  | { id: number; kind: 'snapshot' }
  /** Copies the files of the cluster, checkpointed, to a folder that is not there yet. */
  | { id: number; kind: 'copy'; to: string }
  | { id: number; kind: 'close' }

export interface PgliteRows {
  columns: { name: string; type: number }[]
  /** Column values as text, row after row. */
  rows: (string | null)[][]
  affected: number | undefined
  /** What the database calls it: `INSERT 0 5`, `COMMIT`, `ROLLBACK`. */
  tag: string
}

export type PgliteReply =
  | { kind: 'ready' }
  | { id: number; kind: 'rows'; answer: PgliteRows }
  | { id: number; kind: 'refused'; refusal: DatabaseRefusal }
  /** `walBytes`: how much write-ahead log has been written since the last checkpoint, about. */
  | { id: number; kind: 'committed'; walBytes: number }
  | { id: number; kind: 'durable' }
  | { id: number; kind: 'done'; bytes?: Uint8Array }
  /** The store cannot go on in this process. `id` is absent when no request was under way. */
  | { id?: number; kind: 'broken'; message: string }

/** The first message to the worker; it answers `ready`. */
export interface PgliteOpening {
  folder: string
  /** A compiled `WebAssembly.Module`. */
  engine: object
}
