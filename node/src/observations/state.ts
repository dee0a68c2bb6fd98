import type { Database } from './connection.ts'
import type { Heads } from './heads.ts'
import type { Lake } from './lake.ts'
import type { OpenOptions } from './observations.ts'
import type { Clocks } from './quality/history-judge.ts'
import type { LimitBook } from './quality/series-limits.ts'

export type Log = NonNullable<OpenOptions['log']>

/** What the parts of the open store share. `db` and `heads` are replaced when the store reopens after a fatal error. */
export interface State {
  readonly folder: string
  readonly now: () => number
  readonly log: Log
  readonly lake: Lake
  db: Database
  heads: Heads
  /** The limits that values are judged by; null before there is a catalogue. */
  limits: LimitBook | null
  readonly clocks: Clocks
}
