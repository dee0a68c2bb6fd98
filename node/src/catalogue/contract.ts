import { AGGREGATIONS } from '@nhip/measure/formula/definition'
import { type Static, Type } from 'typebox'

/** What crosses the API about the catalogue: datasets and their contracts, properties, entities. */

export const Names = Type.Object(
  { vi: Type.String({ minLength: 1 }), en: Type.String() },
  { additionalProperties: false },
)

/** `open` for everybody, `shared` for signed-in organisations, `restricted` by right only. */
export const DatasetClass = Type.Enum(['open', 'shared', 'restricted'] as const)

const closed = { additionalProperties: false } as const
const Seconds = Type.Integer({ minimum: 1, maximum: 315_576_000 })

/** When values are to be there: every so often, or by a day of the calendar after each period. */
export const FreshnessPromise = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('interval'),
      everyS: Type.Number({ exclusiveMinimum: 0, maximum: 315_576_000 }),
      lateAfterS: Type.Optional(
        Type.Number({
          exclusiveMinimum: 0,
          description: 'age at which a series is late; 2 × everyS by default',
        }),
      ),
      staleAfterS: Type.Optional(
        Type.Number({ exclusiveMinimum: 0, description: 'age at which it is stale; 5 × everyS by default' }),
      ),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('calendar'),
      period: Type.Enum(['day', 'week', 'month', 'quarter', 'half', 'year'] as const),
      dueIn: Type.Integer({
        minimum: 0,
        maximum: 400,
        description:
          'the last day for the figure of a period, counted from the day after the period ends as day 1',
      }),
      count: Type.Enum(['days', 'working-days'] as const, {
        description:
          'days: a due day that is a day off moves to the next working day; working-days: only those count',
      }),
      staleIn: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 800,
          description: 'the same for stale; by default when the period after it is due as well',
        }),
      ),
    },
    closed,
  ),
])
export type FreshnessPromise = Static<typeof FreshnessPromise>

export const DatasetItem = Type.Object(
  {
    code: Type.String(),
    name: Names,
    description: Type.Optional(Names),
    owner: Type.Union([Type.String({ description: 'unit id that answers for it' }), Type.Null()]),
    publisher: Type.String({ description: 'who published the figures, in words' }),
    class: DatasetClass,
    personal: Type.Boolean(),
    synthetic: Type.Boolean({
      description: 'simulated data: the flag follows into charts, exports and feeds',
    }),
    licence: Type.Union([Type.String(), Type.Null()]),
    source: Type.Union([Type.String({ description: 'document or address the data came from' }), Type.Null()]),
    notes: Type.Optional(Names),
    expectedEveryS: Type.Union([Type.Number(), Type.Null()], {
      description: 'of a promise by interval; null without one and with one by calendar',
    }),
    freshness: Type.Optional(FreshnessPromise),
    autoCreate: Type.Boolean({ description: 'doors may create unknown entities and properties' }),
    properties: Type.Array(Type.String(), { description: 'codes of the properties it has values of' }),
    observations: Type.Optional(Type.Integer()),
    retiredAt: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
)
export type DatasetItem = Static<typeof DatasetItem>

export const PropertyItem = Type.Object(
  {
    code: Type.String(),
    name: Names,
    description: Type.Optional(Names),
    kind: Type.Enum(['number', 'ratio', 'money', 'text'] as const),
    uom: Type.Union([
      Type.String({ description: 'UCUM or national code, see packages/quantity' }),
      Type.Null(),
    ]),
    uomSymbol: Type.Optional(Names),
    decimals: Type.Union([Type.Integer(), Type.Null()]),
    overPeriods: Type.Enum(AGGREGATIONS),
    overUnits: Type.Enum(AGGREGATIONS),
    preferredDataset: Type.Union([Type.String(), Type.Null()]),
    datasets: Type.Array(Type.String()),
    /** `unit` when values belong to administrative units: the map can show it as areas. */
    entityType: Type.Union([Type.String(), Type.Null()]),
    higherIs: Type.Union([Type.Enum(['better', 'worse'] as const), Type.Null()]),
    range: Type.Optional(
      Type.Object(
        {
          hardMin: Type.Optional(Type.Number()),
          hardMax: Type.Optional(Type.Number()),
          softMin: Type.Optional(Type.Number()),
          softMax: Type.Optional(Type.Number()),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type PropertyItem = Static<typeof PropertyItem>

export const EntityItem = Type.Object(
  {
    id: Type.String({ description: 'URN' }),
    type: Type.String({ description: '`unit`, `AirStation`, `TrafficDetector` …' }),
    name: Names,
    unit: Type.Union([Type.String({ description: 'administrative unit it lies in' }), Type.Null()]),
    lon: Type.Union([Type.Number(), Type.Null()]),
    lat: Type.Union([Type.Number(), Type.Null()]),
    attributes: Type.Record(Type.String(), Type.Unknown()),
  },
  closed,
)
export type EntityItem = Static<typeof EntityItem>

/** Limits on the values of one property in one dataset, in the property's unit of measure. */
export const PropertyTerms = Type.Object(
  {
    entityTypes: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        maxItems: 50,
        description: '`AirStation`, `unit`, `unit:commune` …: only entities of these kinds may have it',
      }),
    ),
    breakdowns: Type.Optional(
      Type.Array(Type.String({ maxLength: 300 }), {
        minItems: 1,
        maxItems: 200,
        description: "the breakdowns there may be; '' for the whole",
      }),
    ),
    required: Type.Optional(
      Type.Boolean({
        description:
          'every entity of these kinds is to have every one of these breakdowns: what is not there is `never`',
      }),
    ),
    range: Type.Optional(
      Type.Object(
        {
          hardMin: Type.Optional(Type.Number()),
          hardMax: Type.Optional(Type.Number()),
          softMin: Type.Optional(Type.Number()),
          softMax: Type.Optional(Type.Number()),
        },
        { ...closed, description: 'instead of the range of the property itself' },
      ),
    ),
    rate: Type.Optional(
      Type.Object(
        {
          rise: Type.Optional(Type.Number({ minimum: 0, description: 'greatest rise in perS seconds' })),
          fall: Type.Optional(Type.Number({ minimum: 0, description: 'greatest fall in perS seconds' })),
          perS: Type.Optional(Seconds),
          agreeing: Type.Optional(
            Type.Integer({
              minimum: 2,
              maximum: 20,
              description:
                'so many values in a row that agree with one another make a step real; 3 by default',
            }),
          ),
        },
        closed,
      ),
    ),
    stuck: Type.Optional(
      Type.Object(
        {
          times: Type.Integer({ minimum: 2, maximum: 10_000 }),
          forS: Type.Optional(Seconds),
          minVariation: Type.Optional(
            Type.Number({ minimum: 0, description: 'a change no greater than this is none; 0 by default' }),
          ),
          except: Type.Optional(
            Type.Array(Type.Number(), { maxItems: 20, description: 'values that may stay, such as no rain' }),
          ),
        },
        closed,
      ),
    ),
    neighbour: Type.Optional(
      Type.Object(
        {
          nearest: Type.Optional(Type.Integer({ minimum: 4, maximum: 50 })),
          z: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100 })),
          withinS: Type.Optional(Seconds),
          minSpread: Type.Optional(
            Type.Number({
              minimum: 0,
              description: 'spread that neighbours have at the least; 0 by default',
            }),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type PropertyTerms = Static<typeof PropertyTerms>

/** A rule of the dataset's own: a value for which `when` is true gets the bit `custom` and a finding with the code. */
export const QualityRule = Type.Object(
  {
    code: Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$', maxLength: 60 }),
    when: Type.String({ minLength: 1, maxLength: 4000, description: 'FEEL; true means doubt' }),
    severity: Type.Enum(['error', 'warning', 'info'] as const),
    message: Names,
    properties: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, maxItems: 100, description: 'only values of these' }),
    ),
  },
  closed,
)
export type QualityRule = Static<typeof QualityRule>

/** What the time and order of arrival are judged by. */
export const Arrival = Type.Object(
  {
    lateAfterS: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description:
          'age at arrival from which a value is `late`; by default 2 × everyS of a promise by interval',
      }),
    ),
    futureAfterS: Type.Optional(Type.Number({ minimum: 0, description: '300 by default' })),
    clockSkew: Type.Optional(
      Type.Object(
        {
          driftS: Type.Number({
            exclusiveMinimum: 0,
            description: "drift of a source's clock to be told of",
          }),
          delayS: Type.Optional(
            Type.Number({ description: 'usual time from measuring to arrival; 0 by default' }),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type Arrival = Static<typeof Arrival>

/** What a dataset promises and what its values are judged by: `GET` and `PUT /api/datasets/{code}/contract`. */
export const DatasetContract = Type.Object(
  {
    owner: Type.Union([Type.String(), Type.Null()]),
    class: DatasetClass,
    personal: Type.Boolean(),
    licence: Type.Union([Type.String({ maxLength: 300 }), Type.Null()]),
    autoCreate: Type.Boolean(),
    properties: Type.Record(Type.String(), PropertyTerms, {
      description: 'by code; properties that the dataset has and that are not named here are free of terms',
    }),
    rules: Type.Array(QualityRule, { maxItems: 100 }),
    arrival: Arrival,
    freshness: Type.Union([FreshnessPromise, Type.Null()]),
  },
  closed,
)
export type DatasetContract = Static<typeof DatasetContract>

/** The part of a contract that doors judge values by. */
export type ContractTerms = Pick<DatasetContract, 'properties' | 'rules' | 'arrival' | 'freshness'>

export const ContractItem = Type.Object(
  { dataset: Type.String(), version: Type.Integer(), ...DatasetContract.properties },
  closed,
)
export type ContractItem = Static<typeof ContractItem>

/** One saved version of a contract. */
export const ContractVersion = Type.Object(
  {
    version: Type.Integer(),
    savedAt: Type.String(),
    savedBy: Type.String({ description: 'who saved it' }),
    reason: Type.Union([Type.String(), Type.Null()]),
    contract: DatasetContract,
  },
  closed,
)
export type ContractVersion = Static<typeof ContractVersion>
