import { type Static, type TSchema, Type } from 'typebox'
import { Message, ProblemDocument } from '../http/contract.ts'

/** What crosses the API about organisations, users, rights, the audit and requests that take two persons. */

export const roles = [
  'viewer',
  'officer',
  'duty-officer',
  'approver',
  'analyst',
  'administrator',
  'auditor',
] as const
export type Role = (typeof roles)[number]

/** Actions that a node may make take two persons. */
export const fourEyesActions = ['dataset.open', 'user.grant', 'role.widen'] as const
export type FourEyesAction = (typeof fourEyesActions)[number]

export const approvalStates = [
  'pending',
  'applying',
  'applied',
  'rejected',
  'withdrawn',
  'expired',
  'failed',
] as const
export type ApprovalState = (typeof approvalStates)[number]

const closed = { additionalProperties: false } as const
const CivilDate = Type.String({ format: 'date' })
const Instant = Type.String({ format: 'date-time' })
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** A role at a unit, with the words for both. */
const RoleOf = Type.Object(
  {
    unit: Type.String({ description: 'unit id, or * for the whole node' }),
    unitName: Type.String(),
    role: Type.String(),
    roleName: Message,
  },
  closed,
)

/** A role at a unit as a request names it. */
export const RoleAtUnit = Type.Object(
  {
    unit: Type.String({ maxLength: 200, description: 'unit id, or * for the whole node' }),
    role: Type.String({ maxLength: 60 }),
  },
  closed,
)

export const UserItem = Type.Object(
  {
    username: Type.String(),
    displayName: Type.String(),
    lang: Type.Enum(['vi', 'en'] as const),
    demo: Type.Boolean(),
    disabledAt: orNull(Instant),
    createdAt: Instant,
    version: Type.Integer(),
    memberships: Type.Array(RoleOf, {
      description: 'those in the units over which the caller sees accounts',
    }),
    lastSeenAt: orNull(Instant),
    logins: Type.Integer({ description: 'open logins' }),
    editable: Type.Boolean({
      description: 'whether the caller may change it: all its roles lie in their units',
    }),
  },
  closed,
)
export type UserItem = Static<typeof UserItem>

export const RoleItem = Type.Object(
  {
    code: Type.String(),
    name: Message,
    permissions: Type.Array(Type.String()),
    version: Type.Integer(),
    holders: Type.Integer({ description: 'accounts that hold it today' }),
  },
  closed,
)
export type RoleItem = Static<typeof RoleItem>

export const PermissionItem = Type.Object({ code: Type.String(), name: Message }, closed)

export const TokenItem = Type.Object(
  {
    id: Type.String(),
    user: Type.String(),
    name: Type.String(),
    prefix: Type.String({ description: 'its first characters' }),
    scopes: Type.Array(Type.String()),
    unit: orNull(Type.String({ description: 'good for this unit and below it alone' })),
    unitName: orNull(Type.String()),
    datasets: orNull(Type.Array(Type.String(), { description: 'good for these datasets alone' })),
    createdAt: Instant,
    expiresAt: orNull(Instant),
    lastUsedAt: orNull(Instant),
    revokedAt: orNull(Instant),
  },
  closed,
)
export type TokenItem = Static<typeof TokenItem>

export const AuditItem = Type.Object(
  {
    id: Type.String(),
    n: Type.Integer({ description: 'number in the order of commits' }),
    at: Instant,
    actor: Type.String({ description: 'user id, or a name such as `system`' }),
    actorName: orNull(Type.String()),
    actorUsername: orNull(Type.String()),
    onBehalf: orNull(Type.String()),
    onBehalfName: orNull(Type.String()),
    action: Type.String(),
    target: Type.Object({ type: Type.String(), id: Type.String(), version: orNull(Type.String()) }, closed),
    result: Type.String({ description: '`ok`, or the code of the refusal' }),
    reason: orNull(Type.String()),
    purpose: Type.String(),
    legalBasis: orNull(Type.String()),
    before: Type.Unknown(),
    after: Type.Unknown(),
    requestId: orNull(Type.String()),
    address: orNull(Type.String()),
    ledgerIndex: orNull(Type.Integer({ description: 'its entry in the ledger, once it is there' })),
  },
  closed,
)
export type AuditItem = Static<typeof AuditItem>

/** A browser in which an account is signed in. */
export const LoginItem = Type.Object(
  {
    id: Type.String(),
    createdAt: Instant,
    seenAt: Type.String({ format: 'date-time', description: 'exact to five minutes' }),
    expiresAt: Instant,
    address: orNull(Type.String()),
    agent: orNull(Type.String({ description: 'what the browser calls itself' })),
    current: Type.Boolean({ description: 'whether the request came by this login' }),
  },
  closed,
)
export type LoginItem = Static<typeof LoginItem>

export const FourEyesActionItem = Type.Object(
  { action: Type.Enum(fourEyesActions), name: Message, required: Type.Boolean() },
  closed,
)

export const ApprovalItem = Type.Object(
  {
    id: Type.String(),
    action: Type.Enum(fourEyesActions),
    actionName: Message,
    target: Type.String(),
    unit: orNull(Type.String({ description: 'the unit it belongs to; null for the whole node' })),
    change: Type.Record(Type.String(), Type.Unknown()),
    before: orNull(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'what the change replaces, as it was when it was asked for',
      }),
    ),
    reason: Type.String(),
    requestedBy: Type.String(),
    requestedAt: Instant,
    expiresAt: Instant,
    state: Type.Enum(approvalStates),
    decidedBy: orNull(Type.String()),
    decidedAt: orNull(Instant),
    decisionReason: orNull(Type.String()),
    problem: orNull(Type.Object({ vi: ProblemDocument, en: ProblemDocument }, closed)),
    mayDecide: Type.Boolean({ description: 'whether the caller may approve or reject it' }),
  },
  closed,
)
export type ApprovalItem = Static<typeof ApprovalItem>

/** An administrative unit or office as it stands on the day asked for (`GET /api/units?as_of=`). */
export const UnitItem = Type.Object(
  {
    id: Type.String({
      description: 'urn:nhip:unit:<code>@<valid_from>: a code alone is not an identity, codes are reused',
    }),
    code: Type.String(),
    name: Type.String({ description: 'Vietnamese name with its type word' }),
    nameEn: Type.String(),
    kind: Type.String({ description: 'thành phố, tỉnh, phường, xã, đặc khu …' }),
    level: Type.Enum(['nation', 'province', 'district', 'commune', 'office'] as const),
    parent: Type.Union([Type.String(), Type.Null()]),
    validFrom: CivilDate,
    validTo: Type.Union([CivilDate, Type.Null()]),
    lon: Type.Union([Type.Number(), Type.Null()]),
    lat: Type.Union([Type.Number(), Type.Null()]),
    areaKm2: Type.Union([Type.Number(), Type.Null()]),
  },
  { additionalProperties: false },
)
export type UnitItem = Static<typeof UnitItem>

export const Me = Type.Object(
  {
    username: Type.String(),
    displayName: Type.String(),
    memberships: Type.Array(RoleOf),
    permissions: Type.Array(Type.String()),
    lang: Type.Enum(['vi', 'en'] as const),
  },
  { additionalProperties: false },
)
export type Me = Static<typeof Me>
