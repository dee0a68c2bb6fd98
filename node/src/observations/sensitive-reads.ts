import { type Dataset, demandReadable, mayRead } from '../catalogue/catalogue.ts'
import type { Incoming } from '../http/declare.ts'
import type { Actor, Records } from '../records/contract.ts'

/** One reading of a dataset, or the attempt. */
export interface DataReading {
  actor: Actor
  dataset: string
  outcome: 'permit' | 'deny'
  /** What was asked: the route's query. It stays in records; the ledger only commits to it. */
  query: unknown
}

/** Writes readings down; resolves when they are on disk. */
export type ReadTrail = (readings: readonly DataReading[]) => Promise<void>

/** Whether each reading of a dataset, and each refusal, leaves an audit row: restricted and personal data. */
export function isSensitive(dataset: Pick<Dataset, 'class' | 'personal'>): boolean {
  return dataset.personal || dataset.class === 'restricted'
}

/** One audit row a reading, in one transaction. Without room for it there is no answer either. */
export function readTrail(records: Records): ReadTrail {
  return async (readings) => {
    const [first] = readings
    if (!first) return
    await records.tx(first.actor, async (tx) => {
      for (const { dataset, outcome, query } of readings)
        tx.audit({
          action: 'record.read',
          targetType: 'dataset',
          targetId: dataset,
          after: { query },
          result: outcome === 'permit' ? 'ok' : 'not-permitted',
        })
    })
  }
}

type Asking = Pick<Incoming<undefined, unknown>, 'actor' | 'caller' | 'query'>

/**
 * Lets a caller read a dataset or refuses as if there were none. Where the data are sensitive, the decision is on disk
 * before anything is read.
 */
export async function demandTraced(trail: ReadTrail, request: Asking, dataset: Dataset): Promise<void> {
  if (isSensitive(dataset)) {
    const outcome = mayRead(request.caller, dataset) ? 'permit' : 'deny'
    await trail([readingOf(request, dataset.code, outcome)])
  }
  demandReadable(request.caller, dataset)
}

/** Readings of an answer that holds rows of several datasets: one for each sensitive one in it. */
export async function traceRows(
  trail: ReadTrail,
  request: Asking,
  datasets: Iterable<Dataset | undefined>,
): Promise<void> {
  const codes = new Set<string>()
  for (const dataset of datasets) if (dataset && isSensitive(dataset)) codes.add(dataset.code)
  await trail([...codes].map((code) => readingOf(request, code, 'permit')))
}

function readingOf({ actor, query }: Asking, dataset: string, outcome: DataReading['outcome']): DataReading {
  return { actor, dataset, outcome, query }
}
