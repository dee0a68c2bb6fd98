import { type Static, Type } from 'typebox'

/** What crosses the API about the ledger. */

const closed = { additionalProperties: false } as const

/** One entry of the ledger with what it says; the payload stays in records. */
export const LedgerEntryItem = Type.Object(
  {
    index: Type.Union([Type.Integer(), Type.Null()], {
      description: 'place in the ledger; null while it waits to be appended',
    }),
    id: Type.String(),
    time: Type.String({ description: "the node's claim; order is the index" }),
    who: Type.String({ description: 'id of the actor: an account, or `system`' }),
    whoName: Type.Union([Type.String(), Type.Null()], { description: 'what that account is called here' }),
    onBehalfOf: Type.Union([Type.String(), Type.Null()]),
    action: Type.String(),
    object: Type.Object(
      { type: Type.String(), id: Type.String(), version: Type.Union([Type.String(), Type.Null()]) },
      closed,
    ),
    purpose: Type.String(),
    legalBasis: Type.Union([Type.String(), Type.Null()]),
    result: Type.String(),
    reason: Type.Union([Type.String(), Type.Null()]),
    stampedAt: Type.Union([Type.String(), Type.Null()], {
      description: 'time of the first stamp over a head that covers the entry',
    }),
  },
  closed,
)
export type LedgerEntryItem = Static<typeof LedgerEntryItem>

/** One entry opened: its bytes, what it commits to, and the head that covers it. */
export const LedgerEntryDetail = Type.Object(
  {
    ...LedgerEntryItem.properties,
    envelope: Type.Unknown({ description: 'the entry itself' }),
    bytes: Type.String({ description: 'the bytes of the entry, base64: what was hashed' }),
    leafHash: Type.String(),
    before: Type.Unknown(),
    after: Type.Unknown(),
    opens: Type.Boolean({ description: 'whether the payload in records opens the commitment in the entry' }),
    head: Type.Object({ size: Type.Integer(), root: Type.String(), note: Type.String() }, closed),
    path: Type.Array(Type.String(), { description: 'hashes from the entry to the root of the head' }),
    witnesses: Type.Array(Type.Object({ name: Type.String(), time: Type.String() }, closed), {
      description: 'who cosigned the newest cosigned head that covers the entry, and when by their clock',
    }),
  },
  closed,
)
export type LedgerEntryDetail = Static<typeof LedgerEntryDetail>

export const LedgerState = Type.Object(
  {
    origin: Type.String(),
    vkey: Type.String({ description: 'public key of the ledger, to be compared by other means' }),
    size: Type.Integer(),
    signed: Type.Integer(),
    mode: Type.Enum(['open', 'full', 'broken'] as const),
    waiting: Type.Integer({ description: 'audit rows that are not in the ledger yet' }),
    stamps: Type.Object(
      {
        authorities: Type.Integer(),
        latestSize: Type.Union([Type.Integer(), Type.Null()]),
        latestTime: Type.Union([Type.String(), Type.Null()]),
        pendingSince: Type.Union([Type.String(), Type.Null()]),
        clockDifferenceS: Type.Union([Type.Integer(), Type.Null()], {
          description: "the authority's clock minus ours, when more than five minutes apart",
        }),
      },
      closed,
    ),
    witnesses: Type.Object(
      {
        guarded: Type.Union([Type.Boolean(), Type.Null()], {
          description:
            'whether a witness has confirmed since the start that this is no old copy; null: none configured',
        }),
        list: Type.Array(
          Type.Object(
            {
              name: Type.String(),
              state: Type.Enum(['waiting', 'cosigned', 'unreachable', 'refused', 'fork'] as const),
              size: Type.Union([Type.Integer(), Type.Null()]),
              time: Type.Union([Type.String(), Type.Null()]),
            },
            closed,
          ),
        ),
      },
      closed,
    ),
    heartbeat: Type.Union([Type.String(), Type.Null()], {
      description: 'when the newest head was dated last; it is dated each minute, also without new entries',
    }),
    cosigner: Type.Object(
      { witness: Type.String(), heartbeat: Type.String() },
      { ...closed, description: 'public keys with which this node cosigns' },
    ),
  },
  closed,
)
export type LedgerState = Static<typeof LedgerState>
