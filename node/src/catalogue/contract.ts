import { type Static, Type } from 'typebox'

/** What crosses the API about the catalogue: datasets and their contracts, properties, entities. */

/** How values are put together over periods or over units; declared once, by the property in the catalogue. */
export const aggregations = [
  'sum',
  'mean',
  'weighted_mean',
  'ratio',
  'last',
  'first',
  'min',
  'max',
  'count',
  'circular',
  'none',
] as const
export type Aggregation = (typeof aggregations)[number]

export const Names = Type.Object(
  { vi: Type.String({ minLength: 1 }), en: Type.String() },
  { additionalProperties: false },
)

/** `open` for everybody, `shared` for signed-in organisations, `restricted` by right only. */
export const DatasetClass = Type.Enum(['open', 'shared', 'restricted'] as const)

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
    expectedEveryS: Type.Union([Type.Number(), Type.Null()]),
    autoCreate: Type.Boolean({ description: 'doors may create unknown entities and properties' }),
    properties: Type.Array(Type.String(), { description: 'codes of the properties it has values of' }),
    observations: Type.Optional(Type.Integer()),
    retiredAt: Type.Union([Type.String(), Type.Null()]),
  },
  { additionalProperties: false },
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
    overPeriods: Type.Enum(aggregations),
    overUnits: Type.Enum(aggregations),
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
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
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
  { additionalProperties: false },
)
export type EntityItem = Static<typeof EntityItem>
