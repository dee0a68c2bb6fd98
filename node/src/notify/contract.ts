import { type Static, Type } from 'typebox'
import { FreshnessItem, LatestItem } from '../observations/contract.ts'

/** Bodies of the events of `GET /api/stream`. */

const closed = { additionalProperties: false } as const

/** `ready`: the stream is open. */
export const Ready = Type.Object(
  {
    topics: Type.Array(Type.String()),
    resumed: Type.Boolean({ description: 'whether it goes on behind Last-Event-ID without a gap' }),
  },
  closed,
)
export type Ready = Static<typeof Ready>

/** `reset`: something may have been missed; what is shown has to be read anew. */
export const Reset = Type.Object(
  {
    reason: Type.Enum(['restarted', 'gone', 'slow'] as const, {
      description: 'the node started anew; too long ago; the reader took too little',
    }),
  },
  closed,
)
export type Reset = Static<typeof Reset>

/** `bye`: the last event of a stream. */
export const Bye = Type.Object({ reason: Type.Enum(['stopping', 'signed-out'] as const) }, closed)
export type Bye = Static<typeof Bye>

/** `observation`: the newest value of a series into which something was written. */
export const ObservationEvent = Type.Object(
  {
    ...LatestItem.properties,
    rows: Type.Integer({ description: 'rows written to the series since its event before' }),
    since: Type.String({
      format: 'date-time',
      description: 'the earliest time that these rows are about: charts from there on have to be read anew',
    }),
    none: Type.Optional(
      Type.Literal(true, {
        description: 'the series has no value that may be shown (any more); the one here was written last',
      }),
    ),
  },
  closed,
)
export type ObservationEvent = Static<typeof ObservationEvent>

const { dataset, entity, property, breakdown, state } = FreshnessItem.properties

/** `freshness`: a series became late or stale, or came back. */
export const FreshnessEvent = Type.Object(
  { dataset, entity, property, breakdown, before: state, state, at: Type.String({ format: 'date-time' }) },
  closed,
)
export type FreshnessEvent = Static<typeof FreshnessEvent>

/** `import`: a file that is being taken in has come to another state. */
export const ImportEvent = Type.Object({ id: Type.String(), action: Type.String() }, closed)
export type ImportEvent = Static<typeof ImportEvent>
