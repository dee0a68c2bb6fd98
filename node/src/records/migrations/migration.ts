/**
 * One step of the schema. Steps run forward only, each in one transaction, in the order of their names; the
 * SHA-256 of `sql` is recorded when it runs. A step that was released is never edited: write the next one.
 *
 * The SQL is the subset that PGlite and Postgres 15 share: no extensions, no ICU collations, no `uuidv7()`,
 * no `MERGE … RETURNING`, no temporary tables. Backfills over 10,000 rows are jobs, not steps.
 */
export interface Migration {
  /** `NNNN_name`, as the file is called. */
  name: string
  sql: string
}
