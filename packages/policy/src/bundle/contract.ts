import { type TSchema, Type } from 'typebox'

/**
 * The files of a policy bundle as schemas: what editors complete and the loader checks first. `x-vi` and `description`
 * say in words what is wanted where a value does not fit.
 */

const closed = { additionalProperties: false } as const
const words = (vi: string, en: string) => ({ description: en, 'x-vi': vi })
/** One of several fixed words. */
const oneOf = (...names: string[]) => Type.Union(names.map((name) => Type.Literal(name)))

const date = Type.String({ format: 'date', ...words('ngày dạng 2026-07-01', 'a date such as 2026-07-01') })
const text = Type.Object({ vi: Type.String(), en: Type.Optional(Type.String()) }, closed)
const title = Type.Union(
  [text, Type.String()],
  words('tên, hoặc {vi: …, en: …}', 'a title, or {vi: …, en: …}'),
)
const name = '^[\\p{L}_][\\p{L}\\p{M}\\p{N}_]*$'
const named = (schema: TSchema) => Type.Record(Type.String({ pattern: name }), schema)
const scalar = Type.Union([Type.Number(), Type.Boolean(), Type.String(), Type.Null()])
const listOrOne = (schema: TSchema) => Type.Union([schema, Type.Array(schema)])

export const PERIODS = ['day', 'week', 'month', 'quarter', 'year', 'eternity'] as const
/** In the words of the digest of law texts: how sure a figure is. */
export const CERTAINTIES = ['verbatim', 'verbatim-ocr', 'verbatim-earlier', 'secondary', 'unsourced'] as const
export const SCALE_KINDS = ['marginal-rate', 'marginal-amount', 'single-amount', 'average-rate'] as const

const period = oneOf(...PERIODS)
const certainty = oneOf(...CERTAINTIES)
const reference = Type.Object(
  {
    source: Type.String(),
    article: Type.String({ minLength: 1 }),
    quote: Type.Optional(Type.String()),
  },
  { ...closed, ...words('{source: mã nguồn, article: "Điều …"}', '{source: id, article: "Điều …"}') },
)

const formula = Type.Object(
  {
    from: Type.Optional(date),
    to: Type.Optional(date),
    feel: Type.Optional(Type.String({ minLength: 1 })),
    decision: Type.Optional(
      Type.String({ pattern: '^[^#]+#.+$', ...words('tệp.dmn#Tên quyết định', 'file.dmn#Decision') }),
    ),
    inputs: Type.Optional(Type.Record(Type.String(), scalar)),
    reference: Type.Optional(reference),
    basis: Type.Optional(Type.Literal('identity')),
    certainty: Type.Optional(certainty),
  },
  closed,
)

const variable = Type.Object(
  {
    entity: Type.String(),
    type: Type.String(),
    uom: Type.Optional(Type.String()),
    scale: Type.Optional(Type.Integer({ minimum: 0 })),
    min: Type.Optional(Type.Number()),
    max: Type.Optional(Type.Number()),
    nullable: Type.Optional(Type.Boolean()),
    period,
    default: Type.Optional(scalar),
    title: Type.Optional(title),
    formulas: Type.Optional(Type.Array(formula)),
    approximate: Type.Optional(Type.Boolean()),
  },
  closed,
)

export const policySchema = Type.Object(
  {
    nhip: Type.Literal('policy/1'),
    id: Type.String({
      pattern: '^[a-z][a-z0-9-]*$',
      ...words('mã bằng chữ thường, số và gạch nối', 'an id of lower-case letters, digits and hyphens'),
    }),
    title,
    version: Type.String(),
    description: Type.Optional(title),
    currency: Type.Optional(
      Type.Object({ code: Type.String(), scale: Type.Integer({ minimum: 0 }) }, closed),
    ),
    sources: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          {
            vi: Type.String(),
            en: Type.Optional(Type.String()),
            number: Type.Optional(Type.String()),
            enacted: Type.Optional(date),
            published: Type.Optional(date),
            in_force: Type.Optional(date),
            repealed: Type.Optional(date),
            url: Type.Optional(Type.String()),
            sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
          },
          closed,
        ),
      ),
    ),
    entities: named(
      Type.Object(
        {
          plural: Type.Optional(Type.String()),
          title: Type.Optional(title),
          group: Type.Optional(Type.String()),
          roles: Type.Optional(
            named(
              Type.Object(
                {
                  plural: Type.Optional(Type.String()),
                  title: Type.Optional(title),
                  min: Type.Optional(Type.Integer({ minimum: 0 })),
                  max: Type.Optional(Type.Integer({ minimum: 1 })),
                },
                closed,
              ),
            ),
          ),
        },
        closed,
      ),
    ),
    enums: Type.Optional(named(Type.Array(Type.String(), { minItems: 1 }))),
    variables: named(variable),
    outcomes: Type.Optional(
      Type.Object(
        {
          income: Type.Optional(Type.String()),
          budget: Type.Optional(
            Type.Array(
              Type.Object(
                { variable: Type.String(), sign: oneOf('revenue', 'expenditure', 'spending', 'cost') },
                closed,
              ),
            ),
          ),
          poverty_lines: Type.Optional(
            Type.Array(Type.Object({ id: Type.String(), feel: Type.String() }, closed)),
          ),
          relevant: Type.Optional(Type.Array(Type.String())),
        },
        closed,
      ),
    ),
    invariants: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Type.String(),
            increasing: Type.Optional(Type.Array(Type.String(), { minItems: 2, maxItems: 2 })),
            feel: Type.Optional(Type.String()),
            severity: Type.Optional(oneOf('error', 'warning', 'info')),
          },
          closed,
        ),
      ),
    ),
  },
  { ...closed, title: 'policy.yaml' },
)

const feelValue = Type.Object({ feel: Type.String({ minLength: 1 }) }, closed)
const dated = Type.Object(
  {
    from: date,
    value: Type.Union([
      Type.Number(),
      Type.Boolean(),
      Type.String(),
      Type.Null(),
      feelValue,
      Type.Array(scalar),
    ]),
    enacted: Type.Optional(date),
    certainty: Type.Optional(certainty),
    reference: Type.Optional(reference),
  },
  closed,
)
const bracket = Type.Object(
  {
    threshold: Type.Array(dated),
    rate: Type.Optional(Type.Array(dated)),
    amount: Type.Optional(Type.Array(dated)),
    average_rate: Type.Optional(Type.Array(dated)),
    enacted: Type.Optional(date),
    certainty: Type.Optional(certainty),
    reference: Type.Optional(reference),
  },
  closed,
)

export const parameterSchema = Type.Object(
  {
    nhip: Type.Literal('parameter/1'),
    title: Type.Optional(title),
    uom: Type.Optional(Type.String()),
    period: Type.Optional(period),
    kind: Type.Optional(oneOf(...SCALE_KINDS)),
    values: Type.Optional(Type.Array(dated)),
    brackets: Type.Optional(Type.Array(bracket)),
    // What all values of the file share may stand once.
    enacted: Type.Optional(date),
    certainty: Type.Optional(certainty),
    reference: Type.Optional(reference),
  },
  { ...closed, title: 'parameters/**/*.yaml' },
)

const patch = Type.Object(
  {
    'set-parameter': Type.Optional(Type.Object({ path: Type.String(), values: Type.Array(dated) }, closed)),
    'adjust-parameter': Type.Optional(
      Type.Object(
        { path: Type.String(), add: Type.Optional(Type.Number()), multiply: Type.Optional(Type.Number()) },
        closed,
      ),
    ),
    'add-bracket': Type.Optional(Type.Object({ path: Type.String(), bracket }, closed)),
    'remove-bracket': Type.Optional(
      Type.Object({ path: Type.String(), bracket: Type.Integer({ minimum: 1 }) }, closed),
    ),
    'add-variable': Type.Optional(Type.Object({ name: Type.String({ pattern: name }), variable }, closed)),
    'replace-formula': Type.Optional(Type.Object({ variable: Type.String(), formula }, closed)),
    neutralise: Type.Optional(Type.Object({ variable: Type.String() }, closed)),
    'replace-decision': Type.Optional(
      Type.Object({ decision: Type.String({ pattern: '^[^#]+#.+$' }), with: Type.String() }, closed),
    ),
    'replace-rule': Type.Optional(
      Type.Object(
        {
          table: Type.String({ pattern: '^[^#]+#.+$' }),
          rule: Type.Integer({ minimum: 1 }),
          cells: Type.Array(scalar),
        },
        closed,
      ),
    ),
    'add-rule': Type.Optional(
      Type.Object(
        {
          table: Type.String({ pattern: '^[^#]+#.+$' }),
          at: Type.Optional(Type.Integer({ minimum: 1 })),
          cells: Type.Array(scalar),
        },
        closed,
      ),
    ),
    'remove-rule': Type.Optional(
      Type.Object(
        { table: Type.String({ pattern: '^[^#]+#.+$' }), rule: Type.Integer({ minimum: 1 }) },
        closed,
      ),
    ),
  },
  {
    ...closed,
    minProperties: 1,
    maxProperties: 1,
    ...words('một bản vá, ví dụ {set-parameter: {…}}', 'one patch such as {set-parameter: {…}}'),
  },
)

export const reformSchema = Type.Object(
  {
    nhip: Type.Literal('reform/1'),
    id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    title,
    from: date,
    base: Type.Optional(Type.String()),
    sources: Type.Optional(policySchema.properties.sources),
    patches: Type.Array(patch),
  },
  { ...closed, title: 'reforms/*.yaml' },
)

const test = Type.Object(
  {
    name: Type.String(),
    period: Type.Union([Type.String(), Type.Integer()]),
    as_known: Type.Optional(date),
    reform: Type.Optional(listOrOne(Type.String())),
    input: Type.Record(Type.String(), Type.Unknown()),
    output: Type.Record(Type.String(), Type.Unknown()),
    tolerance: Type.Optional(Type.Number({ minimum: 0 })),
    parameters: Type.Optional(Type.Record(Type.String(), scalar)),
    note: Type.Optional(Type.String()),
  },
  closed,
)

export const testSchema = Type.Union([test, Type.Array(test)], { title: 'tests/*.yaml' })

export const populationSchema = Type.Object(
  {
    nhip: Type.Literal('population/1'),
    id: Type.String(),
    title,
    synthetic: Type.Boolean(),
    seed: Type.Optional(Type.Integer()),
    spec_sha256: Type.Optional(Type.String()),
    reference_date: date,
    persons: Type.Integer({ minimum: 0 }),
    households: Type.Integer({ minimum: 0 }),
    weight: Type.Optional(
      Type.Object({ column: Type.String(), scale: Type.Integer({ minimum: 0 }) }, closed),
    ),
    sources: Type.Optional(Type.Array(Type.Unknown())),
    assumptions: Type.Optional(Type.Array(Type.Unknown())),
    columns: Type.Array(
      Type.Object(
        {
          entity: Type.String(),
          name: Type.String(),
          type: Type.String(),
          uom: Type.Optional(Type.String()),
          scale: Type.Optional(Type.Integer({ minimum: 0 })),
          min: Type.Optional(Type.Number()),
          max: Type.Optional(Type.Number()),
          nullable: Type.Optional(Type.Boolean()),
          enum: Type.Optional(Type.Array(Type.String())),
        },
        closed,
      ),
    ),
    files: Type.Record(Type.String(), Type.String()),
    fit: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { ...closed, title: 'population.json' },
)

/** The schemas by the name under which `nhip policy check --schema` prints them. */
export const SCHEMAS: Readonly<Record<string, TSchema>> = {
  policy: policySchema,
  parameter: parameterSchema,
  reform: reformSchema,
  test: testSchema,
  population: populationSchema,
}
