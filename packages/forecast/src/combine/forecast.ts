import type { Series } from '../prepare/series.ts'
import { type Issued, issuePool, type PoolOptions, type PoolRecord } from './issue-pool.ts'
import { type Prepared, prepareSeries } from './prepare.ts'

/** Length from which a series counts as a peer that others may lean on. */
const PEER = 5

/** How many series of each pool are long enough to lend errors to the others. */
export function countPeers(series: readonly Series[]): Map<string, number> {
  const peers = new Map<string, number>()
  for (const s of series) {
    let known = 0
    for (let t = 0; t < s.y.length; t++) if (!Number.isNaN(s.y[t]!)) known++
    if (known >= PEER) peers.set(s.pool, (peers.get(s.pool) ?? 0) + 1)
  }
  return peers
}

/** Issues the forecasts of prepared series pool by pool; the order of the answer is that of `prepared`. */
export function issueAll(
  prepared: readonly Prepared[],
  options: PoolOptions,
): { issued: Issued[]; records: PoolRecord[] } {
  const pools = new Map<string, number[]>()
  for (let i = 0; i < prepared.length; i++) {
    const list = pools.get(prepared[i]!.pool)
    if (list) list.push(i)
    else pools.set(prepared[i]!.pool, [i])
  }
  const issued: Issued[] = []
  const records: PoolRecord[] = []
  for (const indices of pools.values()) {
    const r = issuePool(
      indices.map((i) => prepared[i]!),
      options,
    )
    records.push(...r.records)
    for (let j = 0; j < indices.length; j++) issued[indices[j]!] = r.issued[j]!
  }
  return { issued, records }
}

/**
 * Forecasts many series: cleans, fits, backtests, chooses, gates and calibrates. In one thread; to use several, call `prepareSeries` in
 * workers and {@link issueAll} on what they return: the numbers are the same.
 */
export function forecast(
  series: readonly Series[],
  options: PoolOptions,
): { issued: Issued[]; records: PoolRecord[] } {
  const peers = countPeers(series)
  return issueAll(
    series.map((s) => prepareSeries(s, options, peers.get(s.pool) ?? 0)),
    options,
  )
}
