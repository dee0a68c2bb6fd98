import type { Message, Problem } from '@nhip/canonical/problem'
import { type Static, Type } from 'typebox'
import { checkSchema, type Schema } from '../../bundle/check-schema.ts'
import { readYaml } from '../../bundle/yaml-file.ts'

const closed = { additionalProperties: false }
const message = Type.Object({ vi: Type.String(), en: Type.String() }, closed)
const count = Type.Integer({ minimum: 1 })
const money = Type.Number({ minimum: 0 })
const share = Type.Number({ minimum: 0, maximum: 1 })
const span = Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })

/** Persons who live together, as a pattern: ages absolute, or between two numbers of years from another member's. */
const memberSchema = Type.Object(
  {
    role: Type.String(),
    sex: Type.Optional(Type.Union([Type.Literal('male'), Type.Literal('female'), Type.Literal('opposite')])),
    age: Type.Optional(span),
    /** Years from the first member (the head). */
    from_head: Type.Optional(span),
    at_least: Type.Optional(Type.Number()),
    at_most: Type.Optional(Type.Number()),
  },
  closed,
)

export const specSchema = Type.Object(
  {
    nhip: Type.Literal('population-spec/1'),
    id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    title: message,
    reference_date: Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }),
    sources: Type.Array(Type.Object({ id: Type.String(), vi: Type.String(), en: Type.String() }, closed)),
    assumptions: Type.Array(Type.Object({ id: Type.String(), vi: Type.String(), en: Type.String() }, closed)),
    tables: Type.Object(
      { age: Type.String(), residence: Type.String(), income: Type.String(), poverty: Type.String() },
      closed,
    ),
    totals: Type.Object(
      { male: count, female: count, urban: count, rural: count, households: count },
      closed,
    ),
    income: Type.Object(
      {
        mean: money,
        urban: money,
        rural: money,
        q1: money,
        q5: money,
        /** The lowest income as a share of the mean of the lowest fifth. */
        lowest: share,
      },
      closed,
    ),
    seeds: Type.Integer({ minimum: 100, maximum: 20_000 }),
    archetypes: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          share: Type.Number({ minimum: 0 }),
          members: Type.Array(memberSchema, { minItems: 1, maxItems: 12 }),
        },
        closed,
      ),
      { minItems: 1 },
    ),
    wages: Type.Object(
      {
        ages: span,
        /** Chance of an insured wage by fifth of income per head. */
        by_fifth: Type.Array(share, { minItems: 5, maxItems: 5 }),
        urban: Type.Number({ minimum: 0 }),
        rural: Type.Number({ minimum: 0 }),
        /** Share of the household's income that such wages make up. */
        income_share: share,
        /** What is left of a wage after contributions, for working out the other income. */
        net_of_gross: share,
        lowest: money,
      },
      closed,
    ),
    pensions: Type.Object({ from_age: Type.Number(), urban: share, rural: share, amount: span }, closed),
    disability: Type.Object({ severe: share, exceptional: share }, closed),
    without_support: Type.Object({ child: share, elder: share }, closed),
    /** Persons in certified near-poor households for each in a poor one. */
    near_poor_ratio: Type.Number({ minimum: 0 }),
    wage_regions: Type.Object(
      {
        /** Codes of provinces whose urban part is in region I. */
        first: Type.Array(Type.String()),
        /** Codes of provinces whose rural part is in region IV. */
        fourth: Type.Array(Type.String()),
      },
      closed,
    ),
  },
  { ...closed, title: 'spec.yaml' },
)

/** A synthetic population as its author describes it. */
export type SynthSpec = Static<typeof specSchema>
export type Archetype = SynthSpec['archetypes'][number]
export type Assumption = Message & { readonly id: string }

/** Reads a `spec.yaml`; problems with their lines. */
export function readSpec(text: string, file: string): { spec: SynthSpec | undefined; problems: Problem[] } {
  const { yaml, problems } = readYaml(text, file)
  if (yaml === undefined) return { spec: undefined, problems }
  const all = [...problems, ...checkSchema(yaml, specSchema as unknown as Schema)]
  return { spec: all.length === 0 ? (yaml.data as SynthSpec) : undefined, problems: all }
}
