import type { OpenCatalogue } from '../catalogue/open.ts'
import type { Identity } from '../identity/identity.ts'
import type { FreshnessWatch } from '../observations/freshness/watch.ts'
import type { Observations } from '../observations/observations.ts'
import type { Records } from '../records/contract.ts'
import { catalogueSource } from './catalogue-source.ts'
import { freshnessSource } from './freshness-source.ts'
import { importSource } from './import-source.ts'
import { jobSource } from './job-source.ts'
import { LiveStream } from './live-stream.ts'
import { mayReceive } from './may-receive.ts'
import { observationSource } from './observation-source.ts'

export interface LiveRooms {
  identity: Identity
  records: Records
  catalogue: OpenCatalogue
  observations: Observations
  freshness: FreshnessWatch
  onError(error: unknown): void
}

/** The live stream with the topics of this node; rooms further down add theirs with `addSource`. */
export function openLiveStream({
  identity,
  records,
  catalogue,
  observations,
  freshness,
  onError,
}: LiveRooms): LiveStream {
  const live = new LiveStream({
    recognise: (credentials) => identity.authenticate(credentials),
    mayReceive: mayReceive(catalogue),
  })
  live.addSource(observationSource(observations, catalogue))
  live.addSource(freshnessSource(freshness, catalogue))
  live.addSource(catalogueSource(catalogue))
  live.addSource(jobSource(records, onError))
  live.addSource(importSource(records))
  return live
}
