/** What a benchmark file exports as its default, and what the runner gives it. */

/** One figure. `floor` is the budget: a least value where more is better, a greatest where less is. */
export interface Measure {
  name: string
  value: number
  uom: string
  better: 'more' | 'less'
  floor?: number
}

export interface Context {
  /** The tier of the stated goals; otherwise a quick run of at most about 20 s. */
  full: boolean
  /** How long a sustained load should last. */
  seconds: number
  /** An empty folder of its own, removed afterwards. */
  folder: string
  log(text: string): void
}

/** Measured in the same run on the same machine, or a published figure with its source and hardware. */
export type Peer =
  | { who: string; version: string; run(context: Context): Promise<Measure[] | { skipped: string }> }
  | { who: string; figures: Measure[]; source: string; hardware: string }

export interface Bench {
  name: string
  /** One line: what is measured and how. */
  about: string
  peers: Peer[]
  run(context: Context): Promise<Measure[]>
}
