import { type Static, Type } from 'typebox'
import { Message, ProblemSchema } from '../http/contract.ts'

/** What crosses the API at the doors: readings, and imports of files. */

/** Characters of an id, a code or a name. */
export const longestIdentifier = 500

/** One reading of `POST /api/observations`. `at` for an instant; `from`/`to` or a period text in `from` for an interval. */
export const Reading = Type.Object(
  {
    entity: Type.String({
      maxLength: longestIdentifier,
      description: "entity id, or a bare unit code resolved at the reading's date",
    }),
    property: Type.String({ maxLength: longestIdentifier }),
    breakdown: Type.Optional(Type.String({ maxLength: longestIdentifier })),
    at: Type.Optional(Type.String()),
    from: Type.Optional(Type.String({ description: 'instant or ISO period such as 2026-Q3' })),
    to: Type.Optional(Type.String()),
    published: Type.Optional(Type.String({ description: 'when the source said it: instant or period' })),
    value: Type.Optional(Type.Number()),
    num: Type.Optional(Type.Number()),
    den: Type.Optional(Type.Number()),
    text: Type.Optional(Type.String({ maxLength: 32_767 })),
    uom: Type.Optional(Type.String()),
    status: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)
export type Reading = Static<typeof Reading>

export const Admitted = Type.Object(
  {
    accepted: Type.Integer(),
    unchanged: Type.Integer(),
    rejected: Type.Integer(),
    flagged: Type.Integer(),
    firstSeq: Type.Union([Type.Integer(), Type.Null()]),
    lastSeq: Type.Union([Type.Integer(), Type.Null()]),
    errors: Type.Array(ProblemSchema),
  },
  { additionalProperties: false },
)
export type Admitted = Static<typeof Admitted>

/** What a column of a file means. */
export const columnRoles = [
  'ignore',
  'entity',
  'entity-name',
  'entity-parent',
  'lat',
  'lon',
  'time',
  'time-end',
  'property',
  'breakdown',
  'value',
  'num',
  'den',
  'text',
  'uom',
  'status',
  'published',
  'quality-flag',
] as const

/** Encodings of text files that are read; older Vietnamese ones are recognised and refused by name. */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1258'] as const

export const ColumnMapping = Type.Object(
  {
    column: Type.String({ description: 'header text, or #3 for the third column of a file without headers' }),
    role: Type.Enum(columnRoles),
    property: Type.Optional(
      Type.String({
        description:
          'for role value in a wide file: the property this column holds; for quality-flag: the only property it speaks of',
      }),
    ),
    breakdown: Type.Optional(Type.String()),
    period: Type.Optional(
      Type.String({
        description: 'for role value in a table whose columns are periods: the period of this column',
      }),
    ),
    uom: Type.Optional(Type.String()),
    factor: Type.Optional(Type.Number()),
    decimal: Type.Optional(Type.Enum(['.', ','] as const)),
    date: Type.Optional(Type.Enum(['iso', 'dmy', 'mdy', 'excel', 'period-vi'] as const)),
    okValue: Type.Optional(
      Type.String({ description: 'for quality-flag: the text that means no doubt; blank by default' }),
    ),
  },
  { additionalProperties: false },
)
export type ColumnMapping = Static<typeof ColumnMapping>

export const Mapping = Type.Object(
  {
    dataset: Type.Optional(Type.String({ maxLength: 200 })),
    header: Type.Optional(Type.Boolean()),
    delimiter: Type.Optional(Type.String({ pattern: '^[^"\\r\\n]$', description: 'one character' })),
    encoding: Type.Optional(Type.Enum(encodings)),
    sheet: Type.Optional(
      Type.String({ description: 'sheet of a workbook; the first visible one by default' }),
    ),
    zone: Type.Optional(
      Type.String({
        pattern: '^(?:Z|[+-](?:0\\d|1[0-4]):[0-5]\\d)$',
        description: 'offset for times without one; +07:00 by default',
      }),
    ),
    entity: Type.Optional(Type.String({ description: 'one entity for the whole file' })),
    entityType: Type.Optional(
      Type.String({ description: '`unit`, `unit:commune` …, or the type of entities that are created' }),
    ),
    property: Type.Optional(Type.String({ description: 'one property for the whole file' })),
    skipRows: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 40, description: 'title lines above the header' }),
    ),
    skipTotals: Type.Optional(
      Type.Boolean({ description: 'leave rows such as "Tổng cộng" out; on by default' }),
    ),
    period: Type.Optional(Type.String({ description: 'one period for the whole file' })),
    published: Type.Optional(Type.String()),
    columns: Type.Array(ColumnMapping),
  },
  { additionalProperties: false },
)
export type Mapping = Static<typeof Mapping>

export const ImportItem = Type.Object(
  {
    id: Type.String(),
    file: Type.String(),
    dataset: Type.Union([Type.String(), Type.Null()]),
    state: Type.Enum(
      ['preview', 'checking', 'committing', 'done', 'failed', 'cancelled', 'undone'] as const,
      { description: '`checking`: every row is read and none stored' },
    ),
    detected: Type.Object(
      {
        encoding: Type.Enum(encodings),
        delimiter: Type.String(),
        header: Type.Boolean(),
        shape: Type.Enum(['long', 'wide'] as const),
        sheet: Type.Optional(Type.String({ description: 'of a workbook: the sheet that is read' })),
        sheets: Type.Optional(
          Type.Array(
            Type.Object({ name: Type.String(), hidden: Type.Boolean() }, { additionalProperties: false }),
          ),
        ),
        columns: Type.Array(
          Type.Object(
            {
              name: Type.String(),
              guess: ColumnMapping,
              samples: Type.Array(Type.String()),
              problems: Type.Array(ProblemSchema),
            },
            { additionalProperties: false },
          ),
        ),
      },
      { additionalProperties: false },
    ),
    mapping: Type.Union([Mapping, Type.Null()]),
    mappingSaved: Type.Boolean({
      description: 'the mapping is the one that an earlier file of these columns was taken in with',
    }),
    rows: Type.Integer(),
    problems: Type.Array(ProblemSchema, { description: 'what the mapping still leaves open' }),
    /** First rows as the mapping reads them. */
    preview: Type.Array(Reading),
    report: Type.Union([
      Type.Object(
        {
          accepted: Type.Integer(),
          unchanged: Type.Integer(),
          rejected: Type.Integer(),
          flagged: Type.Integer(),
          blank: Type.Integer(),
          checked: Type.Boolean({ description: 'the counts of a check: nothing has been stored' }),
          errors: Type.Array(ProblemSchema, {
            description: 'the first 1,000, none in a list of imports; up to 20,000 in errors.csv',
          }),
        },
        { additionalProperties: false },
      ),
      Type.Null(),
    ]),
    undone: Type.Union([
      Type.Object(
        {
          withdrawn: Type.Integer({ description: 'facts that are gone' }),
          restored: Type.Integer({ description: 'facts whose former value holds again' }),
          kept: Type.Integer({ description: 'rows that did not hold any more, corrected since' }),
        },
        { additionalProperties: false },
      ),
      Type.Null(),
    ]),
    job: Type.Union([Type.String(), Type.Null()]),
    createdAt: Type.String(),
    createdBy: Type.String(),
  },
  { additionalProperties: false },
)
export type ImportItem = Static<typeof ImportItem>

/** What no quality bit can carry: a blank or doubted cell of an import (`GET /api/findings`). */
export const FindingItem = Type.Object(
  {
    id: Type.String(),
    dataset: Type.String(),
    import: Type.Union([Type.String(), Type.Null()]),
    row: Type.Union([Type.Integer(), Type.Null()]),
    column: Type.Union([Type.String(), Type.Null()]),
    entity: Type.Union([Type.String(), Type.Null()]),
    property: Type.Union([Type.String(), Type.Null()]),
    breakdown: Type.Union([Type.String(), Type.Null()]),
    seq: Type.Union([Type.Integer(), Type.Null()], {
      description: 'of the stored row that a rule doubts; null for a cell of a file',
    }),
    t: Type.Union([Type.String(), Type.Null()], { description: 'valid time of that row' }),
    end: Type.Union([Type.String(), Type.Null()]),
    rule: Type.String(),
    severity: Type.Enum(['error', 'warning', 'info'] as const),
    value: Type.Union([Type.String(), Type.Null()]),
    message: Message,
    createdAt: Type.String(),
    resolvedAt: Type.Union([Type.String(), Type.Null()], {
      description: 'when somebody decided about the value',
    }),
  },
  { additionalProperties: false },
)
export type FindingItem = Static<typeof FindingItem>
