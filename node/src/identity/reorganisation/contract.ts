import { type Static, Type } from 'typebox'
import { UnitItem } from '../contract.ts'

const closed = { additionalProperties: false } as const
const Id = Type.String({ minLength: 1, maxLength: 200 })
const Code = Type.String({
  pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$',
  description: 'as the issuing list writes it',
})
const Name = Type.String({ minLength: 1, maxLength: 200, description: 'without the type word: "Ba Đình"' })
const Kind = Type.String({
  pattern: '^([a-z]+(-[a-z]+)*)?$',
  maxLength: 40,
  description:
    'ward, commune, special-zone, province, municipality …; empty for offices, whose name says it all',
})

/** A new unit. Its id will be `urn:nhip:unit:<code>@<on>`, by which later steps name it. */
const Add = Type.Object(
  {
    do: Type.Literal('add'),
    code: Code,
    name: Name,
    nameEn: Type.Optional(Name),
    kind: Kind,
    level: Type.Enum(['province', 'district', 'commune', 'office'] as const),
    parent: Id,
    lon: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    lat: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
  },
  closed,
)
/** Another code, name or kind on the same territory: a unit that goes on under another id, all that lies in it with it. */
const Rename = Type.Object(
  {
    do: Type.Literal('rename'),
    unit: Id,
    code: Type.Optional(Code),
    name: Type.Optional(Name),
    nameEn: Type.Optional(Name),
    kind: Type.Optional(Kind),
  },
  closed,
)
/** Another unit above it; it stays what it is. */
const Move = Type.Object({ do: Type.Literal('move'), unit: Id, parent: Id }, closed)
/** The end of a unit, with the units that begin on the same day and take its territory over. */
const Dissolve = Type.Object(
  {
    do: Type.Literal('dissolve'),
    unit: Id,
    into: Type.Optional(
      Type.Array(
        Type.Object(
          {
            unit: Id,
            share: Type.Optional(
              Type.Union([
                Type.String({
                  pattern: '^(0\\.\\d{1,9}|1(\\.0+)?)$',
                  description: 'exact decimal; all sum to 1',
                }),
                Type.Null(),
              ]),
            ),
          },
          closed,
        ),
        { maxItems: 100 },
      ),
    ),
  },
  closed,
)

/** A reorganisation: what one legal act changes on one day. It holds as a whole or not at all. */
export const Order = Type.Object(
  {
    on: Type.String({ format: 'date', description: 'the first day on which it is so' }),
    act: Type.String({ minLength: 3, maxLength: 300, description: 'number of the legal act it rests on' }),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
    steps: Type.Array(Type.Union([Add, Rename, Move, Dissolve]), { minItems: 1, maxItems: 500 }),
    dryRun: Type.Optional(Type.Boolean({ description: 'only say what would be' })),
  },
  closed,
)
export type Order = Static<typeof Order>
export type Step = Order['steps'][number]

/** What a reorganisation does, as units stand on its day. */
export const Reorganised = Type.Object(
  {
    began: Type.Array(UnitItem),
    ended: Type.Array(UnitItem),
    moved: Type.Array(UnitItem, { description: 'units that lie in another one from that day on' }),
  },
  closed,
)
export type Reorganised = Static<typeof Reorganised>
