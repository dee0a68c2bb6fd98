import { type Static, Type } from 'typebox'

/** What crosses the API about organisations, users and rights. */

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

const CivilDate = Type.String({ format: 'date' })

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
    memberships: Type.Array(
      Type.Object(
        { unit: Type.String(), unitName: Type.String(), role: Type.Enum(roles) },
        { additionalProperties: false },
      ),
    ),
    permissions: Type.Array(Type.String()),
    lang: Type.Enum(['vi', 'en'] as const),
  },
  { additionalProperties: false },
)
export type Me = Static<typeof Me>
