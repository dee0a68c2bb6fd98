import { AGGREGATIONS } from '@nhip/measure/formula/definition'
import { type Static, Type } from 'typebox'
import { Message } from '../http/contract.ts'

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

/**
 * `fresh` as promised, `late` and `stale` past the promise, `never` where something was promised and nothing has come,
 * `none` where nothing was promised: such a series is neither on time nor late.
 */
export const freshnessStates = ['fresh', 'late', 'stale', 'never', 'none'] as const
export type FreshnessState = (typeof freshnessStates)[number]
const FreshnessState = Type.Enum(freshnessStates)

export const Freshness = Type.Object(
  {
    lastValid: Type.Union([Instant, Type.Null()]),
    lastRecorded: Type.Union([Instant, Type.Null()]),
    expectedEveryS: Type.Union([Type.Number(), Type.Null()]),
    state: FreshnessState,
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
    aggregation: Type.Enum(AGGREGATIONS),
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
          t: Type.Optional({ ...Instant, description: 'when it was so, where the value is one reading' }),
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

/** One series, or one that a contract asks for and that is not there: an item of `GET /api/freshness`. */
export const FreshnessItem = Type.Object(
  {
    dataset: Type.String(),
    entity: Type.String(),
    property: Type.String(),
    breakdown: Type.String(),
    state: FreshnessState,
    lastValid: Type.Union([Instant, Type.Null()], {
      description: 'end of the newest value that may be shown',
    }),
    lastRecorded: Type.Union([Instant, Type.Null()]),
    dueAt: Type.Union([Instant, Type.Null()], { description: 'when the next value is promised for' }),
    lateAt: Type.Union([Instant, Type.Null()], { description: 'when the series becomes or became late' }),
    staleAt: Type.Union([Instant, Type.Null()]),
  },
  { additionalProperties: false },
)
export type FreshnessItem = Static<typeof FreshnessItem>

/** How many series of a dataset are in each state: an item of `GET /api/freshness/summary`. */
export const FreshnessSummary = Type.Object(
  {
    dataset: Type.String(),
    counts: Type.Object(
      {
        fresh: Type.Integer(),
        late: Type.Integer(),
        stale: Type.Integer(),
        never: Type.Integer(),
        none: Type.Integer(),
      },
      { additionalProperties: false },
    ),
    state: Type.Enum(freshnessStates, { description: 'that of the whole: the worst of its series' }),
    lastValid: Type.Union([Instant, Type.Null()], {
      description: 'end of the newest value of all its series that may be shown',
    }),
    newest: Type.Union(
      [
        Type.Object({ ...LatestItem.properties, entityName: Message }, { additionalProperties: false }),
        Type.Null(),
      ],
      { description: 'that value; null for restricted and personal data, of which each reading is traced' },
    ),
  },
  { additionalProperties: false },
)
export type FreshnessSummary = Static<typeof FreshnessSummary>

const Share = Type.Object(
  {
    good: Type.Integer(),
    of: Type.Integer(),
    share: Type.Union([Type.Number(), Type.Null()], {
      description: '0–100; null where there is nothing to judge',
    }),
  },
  { additionalProperties: false },
)

/** What one source did on one civil day: an item of `GET /api/datasets/{code}/score`. */
export const ScoreItem = Type.Object(
  {
    day: Type.String({
      description: 'civil day the values are of; for a promise by calendar the day they were due',
    }),
    source: Type.String({ description: 'as it names itself; all files together are `import`' }),
    completeness: Share,
    timeliness: Share,
    validity: Share,
    uniqueness: Share,
    score: Type.Union([Type.Number(), Type.Null()], {
      description: 'mean of the four shares that there are, 0–100',
    }),
  },
  { additionalProperties: false },
)
export type ScoreItem = Static<typeof ScoreItem>

export const ScoreAnswer = Type.Object(
  {
    dataset: Type.String(),
    from: Type.String(),
    to: Type.String(),
    items: Type.Array(ScoreItem),
    formula: Message,
  },
  { additionalProperties: false },
)
export type ScoreAnswer = Static<typeof ScoreAnswer>

/** What a person can say of a value: `POST /api/observations/corrections`. */
export const decisions = ['correct', 'withdraw', 'confirm', 'reject'] as const
export type Decision = (typeof decisions)[number]

export const CorrectionRequest = Type.Object(
  {
    decision: Type.Enum(decisions, {
      description:
        'correct: another value; withdraw: there is no such value; confirm: it is right, however doubtful it looks; reject: it is wrong, and what is right is not known',
    }),
    seq: Type.Integer({
      minimum: 1,
      description: 'the version that the person has seen: 409 when another one holds by now',
    }),
    reason: Type.String({ minLength: 3, maxLength: 1000, pattern: '\\S' }),
    value: Type.Optional(Type.Number()),
    num: Type.Optional(Type.Number()),
    den: Type.Optional(Type.Number()),
    text: Type.Optional(Type.String({ maxLength: 10_000 })),
    uom: Type.Optional(Type.String({ description: 'of value; converted to that of the property' })),
  },
  { additionalProperties: false },
)
export type CorrectionRequest = Static<typeof CorrectionRequest>

export const CorrectionAnswer = Type.Object(
  {
    observation: ObservationItem,
    unchanged: Type.Boolean({ description: 'true when the same had been decided before' }),
  },
  { additionalProperties: false },
)
export type CorrectionAnswer = Static<typeof CorrectionAnswer>

/** Where one version of a fact came from. */
export const Origin = Type.Object(
  {
    seq: Type.Integer(),
    current: Type.Boolean(),
    door: Type.Enum(['http', 'mqtt', 'file', 'feed', 'correction', 'undo', 'seed'] as const),
    source: Type.String(),
    actor: Type.Union([Type.String(), Type.Null()], { description: 'who sent, imported or decided it' }),
    recorded: Instant,
    published: Type.Optional(Instant),
    value: Type.Union([Type.Number(), Type.Null()]),
    num: Type.Optional(Type.Number()),
    den: Type.Optional(Type.Number()),
    text: Type.Optional(Type.String()),
    status: StatusSchema,
    quality: Type.Array(Type.String()),
    decision: Type.Optional(Type.Enum(decisions)),
    reason: Type.Optional(Type.String({ description: 'of a decision by a person' })),
    import: Type.Optional(
      Type.Object(
        {
          id: Type.String(),
          file: Type.String(),
          sha256: Type.String(),
          line: Type.Union([Type.Integer(), Type.Null()], {
            description: 'line or row of the file, where known',
          }),
          column: Type.Union([Type.String(), Type.Null()]),
        },
        { additionalProperties: false },
      ),
    ),
    changes: Type.Array(
      Type.Object(
        {
          kind: Type.Enum(['uom-converted'] as const),
          from: Type.Union([Type.String(), Type.Null()], { description: 'what was sent, where it is known' }),
          to: Type.String(),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
export type Origin = Static<typeof Origin>

/** `GET /api/observations/{seq}/lineage`: the fact that the row belongs to, and every version of it, newest first. */
export const LineageAnswer = Type.Object(
  {
    observation: ObservationItem,
    versions: Type.Array(Origin),
  },
  { additionalProperties: false },
)
export type LineageAnswer = Static<typeof LineageAnswer>
