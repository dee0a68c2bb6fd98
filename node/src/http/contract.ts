import { type Static, Type } from 'typebox'

/** Shapes that every room shares: the problem, the problem document of RFC 9457, the page of a list. */

export const Message = Type.Object({ vi: Type.String(), en: Type.String() }, { additionalProperties: false })

/** The one problem shape (`@nhip/canonical/problem`) as a schema. */
export const ProblemSchema = Type.Object(
  {
    severity: Type.Enum(['error', 'warning', 'info'] as const),
    code: Type.String(),
    file: Type.Optional(Type.String()),
    line: Type.Optional(Type.Integer()),
    column: Type.Optional(Type.Integer()),
    path: Type.Optional(Type.String()),
    value: Type.Optional(Type.String()),
    message: Message,
    hint: Type.Optional(Message),
  },
  { additionalProperties: false },
)

/** `application/problem+json`. */
export const ProblemDocument = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: "in the reader's language" }),
    instance: Type.Optional(Type.String()),
    code: Type.String({ description: 'a stable English word' }),
    errors: Type.Array(ProblemSchema),
    current: Type.Optional(Type.Unknown({ description: 'the stored representation, with 412' })),
  },
  { additionalProperties: false },
)
export type ProblemDocument = Static<typeof ProblemDocument>

/** Whether whoever knocks is let in; `faulty`: not everybody, a moment ago. */
export const DoorState = Type.Object(
  {
    status: Type.Enum(['open', 'faulty', 'closed'] as const),
    detail: Type.Optional(Type.String({ description: 'the last fault and when it was' })),
  },
  { additionalProperties: false },
)
export type DoorState = Static<typeof DoorState>

export const Health = Type.Object(
  {
    status: Type.Enum(['ok', 'degraded', 'starting', 'stopping'] as const),
    version: Type.String(),
    profile: Type.Enum(['demo', 'empty'] as const),
    uptimeS: Type.Number(),
    stores: Type.Record(
      Type.String(),
      Type.Object({ status: Type.String(), detail: Type.Optional(Type.String()) }),
    ),
    doors: Type.Optional(Type.Record(Type.String(), DoorState)),
    writable: Type.Boolean(),
  },
  { additionalProperties: false },
)
export type Health = Static<typeof Health>
