import { type Static, Type } from 'typebox'
import { Message, ProblemSchema } from '../http/contract.ts'

/** What crosses the API about policies: bundles, synthetic populations, simulations. */

const closed = { additionalProperties: false } as const

/** A policy bundle that this node has. */
export const PolicyItem = Type.Object(
  {
    id: Type.String(),
    title: Message,
    version: Type.String(),
    sha256: Type.String({ description: 'of the hashes of all its files: changes with each byte' }),
    files: Type.Integer(),
    reforms: Type.Array(Type.Object({ id: Type.String(), title: Message, from: Type.String() }, closed)),
  },
  closed,
)
export type PolicyItem = Static<typeof PolicyItem>

export const TextFile = Type.Object(
  {
    path: Type.String({
      maxLength: 200,
      pattern: '^([A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*\\.(yaml|yml|dmn)$',
      description: 'in the bundle, with `/`: `parameters/tax/self_deduction.yaml`',
    }),
    text: Type.String({ maxLength: 2_000_000, pattern: '^[^\\u0000]*$' }),
  },
  closed,
)
export type TextFile = Static<typeof TextFile>

/** `GET /api/policies/{id}/files` */
export const PolicyFiles = Type.Object(
  { id: Type.String(), sha256: Type.String(), files: Type.Array(TextFile) },
  closed,
)
export type PolicyFiles = Static<typeof PolicyFiles>

const Seed = Type.Integer({ minimum: 0, maximum: 999_999_999 })
const Share = Type.Number({
  exclusiveMinimum: 0,
  maximum: 1,
  description: '0.01 makes one household for a hundred',
})

/** A synthetic population that has been made and is kept. */
export const MadePopulation = Type.Object(
  {
    seed: Seed,
    share: Type.Number(),
    persons: Type.Integer({ description: 'rows, not what they stand for' }),
    households: Type.Integer(),
    fit: Type.Unknown({ description: 'how far it is from its margins' }),
  },
  closed,
)
export type MadePopulation = Static<typeof MadePopulation>

/** A specification of a synthetic population, and what has been made from it. */
export const PopulationItem = Type.Object(
  {
    id: Type.String(),
    title: Message,
    synthetic: Type.Literal(true),
    referenceDate: Type.String(),
    persons: Type.Integer({ description: 'that it stands for' }),
    households: Type.Integer(),
    sha256: Type.String({ description: 'of the specification and its tables' }),
    sources: Type.Array(Type.Object({ id: Type.String(), vi: Type.String(), en: Type.String() }, closed)),
    assumptions: Type.Array(Type.Object({ id: Type.String(), vi: Type.String(), en: Type.String() }, closed)),
    made: Type.Array(MadePopulation),
    samples: Type.Array(Type.Integer(), {
      description: 'numbers of households that `/sample?households=` gives to everybody',
    }),
  },
  closed,
)
export type PopulationItem = Static<typeof PopulationItem>

/** `POST /api/populations/{id}/synth` */
export const SynthRequest = Type.Object({ seed: Seed, share: Share }, closed)
export type SynthRequest = Static<typeof SynthRequest>

/** Numbers of households in a sample that everybody may ask for: few, since each is made once and kept. */
export const sampleSizes = [2_000, 5_000, 20_000, 50_000] as const
export type SampleSize = (typeof sampleSizes)[number]
/** Seeds of samples that everybody may ask for. */
export const sampleSeeds = 5

/**
 * Whole households of a synthetic population: `GET /api/populations/{id}/sample`. `unpackPopulation` of
 * `@nhip/policy/population/packed` makes a `Population` of it.
 */
export const PopulationSample = Type.Object(
  {
    nhip: Type.Literal('population-sample/1'),
    synthetic: Type.Literal(true),
    manifest: Type.Unknown({
      description: '`population.json`: title, seed, weight, columns, assumptions, fit',
    }),
    households: Type.Integer(),
    persons: Type.Integer(),
    first: Type.String({
      description: 'base64 of int32, little endian: first person of each household, and the end',
    }),
    ids: Type.String({ description: 'base64 of float64, little endian' }),
    columns: Type.Record(
      Type.String(),
      Type.Object(
        {
          type: Type.Enum(['float64', 'int32', 'uint8', 'int8'] as const),
          data: Type.String({ description: 'base64, little endian' }),
          valid: Type.Optional(Type.String({ description: 'base64 of uint8: 0 where the value is null' })),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type PopulationSample = Static<typeof PopulationSample>

/** What is worked out beside budget, winners, deciles, Gini and poverty (`Analysis` of the library). */
export const analyses = ['paths', 'emtr', 'invariants', 'dead', 'sensitivity', 'equal', 'dates'] as const

/** Analyses of a request that names none: what a draft is first asked for. The others are told for more passes. */
export const defaultAnalyses = ['paths', 'emtr', 'invariants'] as const satisfies (typeof analyses)[number][]

/** `POST /api/simulations` */
export const SimulationRequest = Type.Object(
  {
    policy: Type.String({ description: 'id of a bundle' }),
    title: Type.Optional(
      Type.String({ maxLength: 200, description: 'for the list, in the words of the asker' }),
    ),
    period: Type.String({ description: 'ISO period: 2026-07' }),
    asKnown: Type.Optional(Type.String({ format: 'date' })),
    base: Type.Optional(
      Type.Array(Type.String(), { maxItems: 10, description: 'reforms of the bundle laid on the baseline' }),
    ),
    reforms: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: 10,
        description: 'reforms of the bundle laid on the reform side',
      }),
    ),
    reformFiles: Type.Optional(
      Type.Array(TextFile, {
        maxItems: 10,
        description: 'further reforms (`nhip: reform/1`) laid on after them',
      }),
    ),
    files: Type.Optional(
      Type.Array(TextFile, {
        maxItems: 500,
        description: 'changed or new files of the bundle: the bundle with them is the reform side',
      }),
    ),
    population: Type.Object(
      {
        id: Type.String(),
        seeds: Type.Array(Seed, {
          minItems: 1,
          maxItems: 10,
          uniqueItems: true,
          description: 'the first is looked at closely, all of them give the spread',
        }),
        share: Share,
      },
      closed,
    ),
    analyses: Type.Optional(
      Type.Array(Type.Enum(analyses), {
        description: `by default ${defaultAnalyses.join(', ')}; what each costs is told by /api/simulations/cost`,
      }),
    ),
    threshold: Type.Optional(
      Type.Object(
        {
          amount: Type.Integer({ minimum: 0, maximum: 1e12, description: 'units of money a period' }),
          percent: Type.Number({ minimum: 0, maximum: 100, description: 'in steps of 0.1' }),
        },
        {
          ...closed,
          description:
            "a change of a household's income counts when it is at least both of these; by default 1,000 and 1 %",
        },
      ),
    ),
    margin: Type.Optional(
      Type.Object({ variable: Type.String(), delta: Type.Integer({ minimum: 1 }) }, closed),
    ),
  },
  closed,
)
export type SimulationRequest = Static<typeof SimulationRequest>

/** `POST /api/simulations/cost`: a pass works out every household once. */
export const SimulationCost = Type.Object(
  {
    persons: Type.Integer({ description: 'rows of one population, about' }),
    populations: Type.Integer({ description: 'one for each seed; analyses are of the first' }),
    passes: Type.Object(
      {
        plain: Type.Integer({ description: 'of each population: money, winners, deciles, inequality' }),
        analyses: Type.Record(Type.String(), Type.Integer()),
      },
      closed,
    ),
    total: Type.Integer({ description: 'passes of all populations together' }),
  },
  closed,
)
export type SimulationCost = Static<typeof SimulationCost>

export const simulationStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const

/** A simulation in a list. */
export const SimulationItem = Type.Object(
  {
    id: Type.String(),
    policy: Type.String(),
    title: Type.Union([Type.String(), Type.Null()]),
    period: Type.String(),
    population: SimulationRequest.properties.population,
    synthetic: Type.Literal(true),
    state: Type.Enum(simulationStates),
    progress: Type.Union([
      Type.Object(
        {
          done: Type.Integer(),
          total: Type.Union([Type.Integer(), Type.Null()]),
          message: Type.Union([Message, Type.Null()]),
        },
        closed,
      ),
      Type.Null(),
    ]),
    job: Type.String(),
    certificateSha256: Type.Union([Type.String(), Type.Null()]),
    resultSha256: Type.Union([Type.String(), Type.Null()], { description: 'of the bytes of `/result`' }),
    createdBy: Type.String(),
    createdAt: Type.String(),
    finishedAt: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
)
export type SimulationItem = Static<typeof SimulationItem>

/** `GET /api/simulations/{id}` */
export const SimulationDetail = Type.Object(
  {
    ...SimulationItem.properties,
    request: SimulationRequest,
    result: Type.Unknown({
      description:
        'null until done; `simulation/1` with `spread`, `timing` and `certificate`. Numbers above 2^53 are exact in `/result` only',
    }),
    certificate: Type.Unknown({ description: 'null until done; `certificate/1`' }),
    problems: Type.Array(ProblemSchema, { description: 'why it failed' }),
  },
  closed,
)
export type SimulationDetail = Static<typeof SimulationDetail>
