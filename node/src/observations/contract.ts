import { type Static, Type } from 'typebox'
import { aggregations } from '../catalogue/contract.ts'

/** What crosses the API about observations: ARCHITECTURE §3; the shapes are those of `GET /api/series` and its neighbours. */

/** SDMX OBS_STATUS codes, and `X` (withdrawn), which is ours. `O`, `M`, `Q` and `X` carry no value. */
export const statuses = ['A', 'E', 'F', 'I', 'P', 'B', 'U', 'V', 'Q', 'O', 'M', 'X'] as const
export type Status = (typeof statuses)[number]
export const StatusSchema = Type.Enum(statuses)

/**
 * Quality bits: a disk format, never renumbered; 16–31 stay 0 until named here.
 * `excluding` bits keep a row out of values, roll-ups and rules (`future` only until its time).
 */
export const qualityBits = [
  { bit: 0, code: 'hard-range', excluding: true },
  { bit: 1, code: 'soft-range', excluding: false },
  { bit: 2, code: 'rate', excluding: false },
  { bit: 3, code: 'stuck', excluding: false },
  { bit: 4, code: 'late', excluding: false },
  { bit: 5, code: 'future', excluding: true },
  { bit: 6, code: 'no-time', excluding: false },
  { bit: 7, code: 'duplicate', excluding: false },
  { bit: 8, code: 'neighbour', excluding: false },
  { bit: 9, code: 'uom-converted', excluding: false },
  { bit: 10, code: 'out-of-order', excluding: false },
  { bit: 11, code: 'clock-skew', excluding: false },
  { bit: 12, code: 'source-doubt', excluding: false },
  { bit: 13, code: 'custom', excluding: false },
  { bit: 14, code: 'confirmed', excluding: false },
  { bit: 15, code: 'rejected', excluding: true },
] as const
export type QualityCode = (typeof qualityBits)[number]['code']

const Instant = Type.String({
  format: 'date-time',
  description: 'RFC 3339 with offset; answers carry +07:00',
})

/** One point of a series. For raw points `t`/`end` bound the reading; for roll-ups they bound the bucket. */
export const Point = Type.Object(
  {
    t: Instant,
    end: Type.Optional(Instant),
    value: Type.Union([Type.Number(), Type.Null()]),
    exact: Type.Optional(Type.String({ description: 'decimal text, where a double cannot hold the value' })),
    num: Type.Optional(Type.Number()),
    den: Type.Optional(Type.Number()),
    text: Type.Optional(Type.String()),
    n: Type.Optional(Type.Integer({ description: 'readings in the bucket' })),
    nBad: Type.Optional(Type.Integer({ description: 'readings kept out of the value by a quality bit' })),
    min: Type.Optional(Type.Number()),
    max: Type.Optional(Type.Number()),
    status: Type.Optional(StatusSchema),
    quality: Type.Optional(
      Type.Array(Type.String(), { description: 'codes of the quality bits that are set' }),
    ),
    source: Type.Optional(Type.String()),
    published: Type.Optional(Instant),
    recorded: Type.Optional(Instant),
    versions: Type.Optional(
      Type.Integer({
        description: 'how many versions of this fact the node holds; more than 1 means revised',
      }),
    ),
  },
  { additionalProperties: false },
)
export type Point = Static<typeof Point>

export const Freshness = Type.Object(
  {
    lastValid: Type.Union([Instant, Type.Null()]),
    lastRecorded: Type.Union([Instant, Type.Null()]),
    expectedEveryS: Type.Union([Type.Number(), Type.Null()]),
    state: Type.Enum(['fresh', 'late', 'stale', 'never'] as const),
  },
  { additionalProperties: false },
)
export type Freshness = Static<typeof Freshness>

export const SeriesAnswer = Type.Object(
  {
    dataset: Type.String(),
    entity: Type.String(),
    property: Type.String(),
    breakdown: Type.String(),
    uom: Type.Union([Type.String(), Type.Null()]),
    resolution: Type.Enum(['raw', 'hour', 'day'] as const),
    aggregation: Type.Enum(aggregations),
    asKnown: Type.Union([Instant, Type.Null()]),
    asPublished: Type.Union([Instant, Type.Null()]),
    from: Type.Union([Instant, Type.Null()]),
    to: Type.Union([Instant, Type.Null()]),
    points: Type.Array(Point),
    sources: Type.Array(Type.String()),
    statusCounts: Type.Record(Type.String(), Type.Integer()),
    freshness: Freshness,
    synthetic: Type.Boolean({ description: 'true when the dataset is simulated: every screen says so' }),
    truncated: Type.Boolean(),
  },
  { additionalProperties: false },
)
export type SeriesAnswer = Static<typeof SeriesAnswer>

/** One series with its newest value: an item of `GET /api/latest`. */
export const LatestItem = Type.Object(
  {
    dataset: Type.String(),
    entity: Type.String(),
    property: Type.String(),
    breakdown: Type.String(),
    t: Instant,
    end: Type.Optional(Instant),
    value: Type.Union([Type.Number(), Type.Null()]),
    num: Type.Optional(Type.Number()),
    den: Type.Optional(Type.Number()),
    text: Type.Optional(Type.String()),
    uom: Type.Union([Type.String(), Type.Null()]),
    status: StatusSchema,
    quality: Type.Array(Type.String()),
    source: Type.String(),
    published: Type.Optional(Instant),
    recorded: Instant,
  },
  { additionalProperties: false },
)
export type LatestItem = Static<typeof LatestItem>

/** One row of `GET /api/observations`: every version when asked with `versions=all`. */
export const ObservationItem = Type.Object(
  {
    ...LatestItem.properties,
    seq: Type.Integer(),
    current: Type.Boolean({ description: 'whether this version is the one that holds now' }),
  },
  { additionalProperties: false },
)
export type ObservationItem = Static<typeof ObservationItem>

/**
 * `GET /api/snapshot`: one property for every unit or entity at one period: what a map draws.
 * `view` says on which map: `as_then` (units of the period), `as_now`, or a date.
 */
export const SnapshotAnswer = Type.Object(
  {
    dataset: Type.String(),
    property: Type.String(),
    breakdown: Type.String(),
    uom: Type.Union([Type.String(), Type.Null()]),
    period: Type.Object(
      { from: Instant, to: Type.Optional(Instant), label: Type.String() },
      { additionalProperties: false },
    ),
    view: Type.String(),
    mapDate: Type.String({ description: 'the day whose units the answer is drawn on' }),
    shares: Type.Union([
      Type.String({ description: 'equal, area or population, where a share had to be chosen' }),
      Type.Null(),
    ]),
    synthetic: Type.Boolean(),
    items: Type.Array(
      Type.Object(
        {
          entity: Type.String(),
          code: Type.Optional(Type.String({ description: 'unit code, for joining with boundaries' })),
          name: Type.String(),
          lon: Type.Optional(Type.Number()),
          lat: Type.Optional(Type.Number()),
          value: Type.Union([Type.Number(), Type.Null()]),
          num: Type.Optional(Type.Number()),
          den: Type.Optional(Type.Number()),
          text: Type.Optional(Type.String()),
          status: StatusSchema,
          quality: Type.Array(Type.String()),
          from: Type.Optional(
            Type.Array(Type.String(), { description: 'entities whose values were put together' }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
    total: Type.Union([
      Type.Number({ description: 'sum over the items, for additive properties' }),
      Type.Null(),
    ]),
    sources: Type.Array(Type.String()),
  },
  { additionalProperties: false },
)
export type SnapshotAnswer = Static<typeof SnapshotAnswer>

/** `GET /api/periods?dataset=&property=`: which periods a property has values of, newest first. */
export const PeriodItem = Type.Object(
  {
    from: Instant,
    to: Type.Optional(Instant),
    label: Type.String({ description: 'ISO period where there is one' }),
    n: Type.Integer(),
  },
  { additionalProperties: false },
)
export type PeriodItem = Static<typeof PeriodItem>
