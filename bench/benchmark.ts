/** What the runner knows of a benchmark (`npm run bench -- --only NAME`). */
export interface Benchmark {
  name: string
  /** What it does, in one line of the table. */
  about: string
  peers: Peer[]
  /** Bounds that our figures must keep; judged with `--full`. */
  floor: Record<string, { atLeast?: number; atMost?: number }>
  run(ctx: BenchContext): Promise<Figures>
}

/** Figures by name; the name ends in its unit: `latest p95 ms`, `obs/s`. */
export type Figures = Record<string, number>

export type Peer =
  | { who: string; version: string; run(ctx: BenchContext): Promise<Figures | { skipped: string }> }
  | { who: string; figures: Figures; source: string; hardware: string }

export interface BenchContext {
  /** An empty folder of its own. */
  folder: string
  /** The goals' own sizes instead of quick ones. */
  full: boolean
  /** How long a timed part may take. */
  seconds: number
  log(line: string): void
}

/** The value below which a share `q` of the samples lies. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}
