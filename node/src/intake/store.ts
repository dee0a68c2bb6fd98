import { epochMilliseconds, formatInstant } from '@nhip/calendar/instant'
import type { Problem } from '@nhip/canonical/problem'
import { sql } from 'kysely'
import type { DatasetScope } from '../catalogue/dataset-scope.ts'
import type { Records, Tx } from '../records/contract.ts'
import { jsonText } from '../records/json-text.ts'
import { uuidv7 } from '../records/uuidv7.ts'
import type { FindingItem, ImportItem, Mapping } from './contract.ts'
import type { Finding } from './file/map-rows.ts'
import type { ImportScope } from './import-rights.ts'
import type { Undone } from './undo-import.ts'

export type ImportState = ImportItem['state']

/** What an import keeps beside its columns. */
export interface ImportOptions {
  preview?: ImportItem['preview']
  problems?: Problem[]
  mappingSaved?: boolean
  onError?: 'abort' | 'skip'
  autoCreate?: boolean
  /** Epoch milliseconds: when the commit was asked for. */
  receivedAt?: number
  /** Whether the counts are those of a check that stored nothing. */
  checked?: boolean
  blank?: number
  undone?: Undone
}

/** An import as it is stored. */
export interface StoredImport {
  id: string
  dataset: string | null
  state: ImportState
  fileName: string
  sha256: string
  signature: string
  detected: ImportItem['detected']
  mapping: Mapping | null
  options: ImportOptions
  rows: number
  accepted: number
  unchanged: number
  rejected: number
  flagged: number
  job: string | null
  createdBy: string
  createdAt: string
  version: number
}

const columns = sql`id, dataset_code AS dataset, state, file_name AS "fileName", file_sha256 AS sha256, signature, detected,
  mapping, options, rows, accepted, unchanged, rejected, flagged, job_id AS job, created_by AS "createdBy",
  created_at AS "createdAt", version`

export async function findImport(records: Records, id: string): Promise<StoredImport | undefined> {
  const [row] = await records.read<StoredImport>(() => sql`SELECT ${columns} FROM import WHERE id = ${id}`)
  return row
}

export async function readImports(
  records: Records,
  scope: ImportScope,
  page: { limit: number; before: string | undefined; dataset: string | undefined },
): Promise<StoredImport[]> {
  return records.read<StoredImport>(
    () => sql`SELECT ${columns} FROM import
      WHERE (${page.before ?? null}::uuid IS NULL OR id < ${page.before ?? null}::uuid)
        AND (${page.dataset ?? null}::text IS NULL OR dataset_code = ${page.dataset ?? null}::text)
        AND CASE WHEN dataset_code IS NULL
          THEN (${scope.all}::boolean OR created_by = ${scope.createdBy}::text)
          ELSE (${scope.datasets.codes}::text[] IS NULL OR dataset_code = ANY(${scope.datasets.codes}::text[])
            OR (created_by = ${scope.createdBy}::text AND dataset_code = ANY(${scope.own.codes}::text[]))) END
      ORDER BY id DESC LIMIT ${page.limit}`,
  )
}

/** Imports in which a job is, or was, at work. */
export async function readUnfinished(records: Records): Promise<StoredImport[]> {
  return records.read<StoredImport>(
    () => sql`SELECT ${columns} FROM import WHERE state IN ('checking', 'committing') ORDER BY id`,
  )
}

export type NewImport = Pick<
  StoredImport,
  'dataset' | 'fileName' | 'sha256' | 'signature' | 'detected' | 'mapping' | 'options' | 'rows' | 'createdBy'
> & { bytes: number }

export async function insertImport(tx: Tx, made: NewImport): Promise<string> {
  const id = uuidv7()
  await sql`INSERT INTO import (id, dataset_code, file_name, file_sha256, file_bytes, signature, detected, mapping, options,
      rows, created_by, created_at)
    VALUES (${id}, ${made.dataset}, ${made.fileName}, ${made.sha256}, ${made.bytes}, ${made.signature},
      ${jsonText(made.detected)}::jsonb, ${jsonText(made.mapping)}::jsonb, ${jsonText(made.options)}::jsonb, ${made.rows},
      ${made.createdBy}, ${tx.at})`.execute(tx.db)
  return id
}

export type ImportChange = Partial<
  Pick<
    StoredImport,
    | 'dataset'
    | 'state'
    | 'detected'
    | 'mapping'
    | 'options'
    | 'rows'
    | 'accepted'
    | 'unchanged'
    | 'rejected'
    | 'flagged'
    | 'job'
  >
>

/** Changes an import that is in one of the given states. @returns false when it is not */
export async function updateImport(
  tx: Tx,
  id: string,
  from: readonly ImportState[],
  change: ImportChange,
): Promise<boolean> {
  const json = (value: unknown) => (value === undefined ? null : jsonText(value))
  const { rows } = await sql`UPDATE import SET
      dataset_code = coalesce(${change.dataset ?? null}, dataset_code), state = coalesce(${change.state ?? null}, state),
      detected = coalesce(${json(change.detected)}::jsonb, detected),
      mapping = coalesce(${json(change.mapping)}::jsonb, mapping),
      options = coalesce(${json(change.options)}::jsonb, options), rows = coalesce(${change.rows ?? null}::integer, rows),
      accepted = coalesce(${change.accepted ?? null}::integer, accepted),
      unchanged = coalesce(${change.unchanged ?? null}::integer, unchanged),
      rejected = coalesce(${change.rejected ?? null}::integer, rejected),
      flagged = coalesce(${change.flagged ?? null}::integer, flagged),
      job_id = coalesce(${change.job ?? null}::uuid, job_id), version = version + 1, updated_at = ${tx.at}
    WHERE id = ${id} AND state = ANY(${from as string[]}::text[]) RETURNING id`.execute(tx.db)
  return rows.length > 0
}

/** Removes the report of an earlier attempt. */
export async function clearReport(tx: Tx, id: string): Promise<void> {
  await sql`DELETE FROM import_row_error WHERE import_id = ${id}`.execute(tx.db)
  await sql`DELETE FROM finding WHERE import_id = ${id}`.execute(tx.db)
}

export async function insertErrors(
  tx: Tx,
  id: string,
  first: number,
  errors: readonly Problem[],
): Promise<void> {
  const rows = errors.map((error, i) => ({
    import_id: id,
    n: first + i,
    severity: error.severity,
    line: error.line ?? null,
    column_name: error.column === undefined ? (error.path ?? null) : String(error.column),
    value: error.value ?? null,
    code: error.code,
    message_vi: error.message.vi,
    message_en: error.message.en,
  }))
  await sql`INSERT INTO import_row_error (import_id, n, severity, line, column_name, value, code, message_vi, message_en)
    SELECT * FROM jsonb_to_recordset(${jsonText(rows)}::jsonb) AS x(import_id uuid, n integer, severity text, line integer,
      column_name text, value text, code text, message_vi text, message_en text)`.execute(tx.db)
}

export async function insertFindings(
  tx: Tx,
  id: string,
  dataset: string,
  findings: readonly Finding[],
): Promise<void> {
  const rows = findings.map((one) => ({
    id: uuidv7(),
    dataset_code: dataset,
    import_id: id,
    row: one.line,
    column_name: one.column,
    entity_id: one.entity,
    property_code: one.property,
    rule: one.rule,
    severity: one.rule === 'total-row' ? 'info' : 'warning',
    value: one.value,
    message_vi: one.message.vi,
    message_en: one.message.en,
  }))
  await sql`INSERT INTO finding (id, dataset_code, import_id, row, column_name, entity_id, property_code, rule, severity,
      value, message_vi, message_en)
    SELECT * FROM jsonb_to_recordset(${jsonText(rows)}::jsonb) AS x(id uuid, dataset_code text, import_id uuid, row integer,
      column_name text, entity_id text, property_code text, rule text, severity text, value text, message_vi text,
      message_en text)`.execute(tx.db)
}

export async function readErrors(
  records: Records,
  id: string,
  page: { limit: number; after: number },
): Promise<(Problem & { n: number })[]> {
  const rows = await records.read<{
    n: number
    severity: Problem['severity']
    line: number | null
    columnName: string | null
    value: string | null
    code: string
    vi: string
    en: string
  }>(
    () => sql`SELECT n, severity, line, column_name AS "columnName", value, code, message_vi AS vi, message_en AS en
      FROM import_row_error WHERE import_id = ${id} AND n > ${page.after} ORDER BY n LIMIT ${page.limit}`,
  )
  return rows.map(({ n, severity, line, columnName, value, code, vi, en }) => ({
    n,
    severity,
    code,
    ...(line === null ? {} : { line }),
    ...(columnName === null
      ? {}
      : /^\d+$/.test(columnName)
        ? { column: Number(columnName) }
        : { path: columnName }),
    ...(value === null ? {} : { value }),
    message: { vi, en },
  }))
}

export async function readFindings(
  records: Records,
  scope: DatasetScope,
  filter: {
    dataset?: string
    import?: string
    rule?: string
    /** Only those that nobody has decided about. */
    open?: boolean
    limit: number
    after?: string
  },
): Promise<{ items: FindingItem[]; total: number }> {
  const where = sql`(${scope.codes}::text[] IS NULL OR dataset_code = ANY(${scope.codes}::text[]))
    AND (${filter.dataset ?? null}::text IS NULL OR dataset_code = ${filter.dataset ?? null}::text)
    AND (${filter.import ?? null}::uuid IS NULL OR import_id = ${filter.import ?? null}::uuid)
    AND (${filter.rule ?? null}::text IS NULL OR rule = ${filter.rule ?? null}::text)
    AND (${filter.open !== true} OR resolved_at IS NULL)`
  const rows = await records.read<
    Omit<FindingItem, 'message' | 'seq'> & { seq: string | null; vi: string; en: string }
  >(
    () => sql`SELECT id, dataset_code AS dataset, import_id AS import, row, column_name AS "column", entity_id AS entity,
        property_code AS property, breakdown, seq, valid_from AS t, valid_to AS "end", rule, severity, value,
        message_vi AS vi, message_en AS en, created_at AS "createdAt", resolved_at AS "resolvedAt"
      FROM finding WHERE ${where} AND (${filter.after ?? null}::uuid IS NULL OR id > ${filter.after ?? null}::uuid)
      ORDER BY id LIMIT ${filter.limit}`,
  )
  const [count] = await records.read<{ n: string }>(
    () => sql`SELECT count(*) AS n FROM finding WHERE ${where}`,
  )
  return {
    items: rows.map(({ vi, en, seq, t, end, ...row }) => ({
      ...row,
      seq: seq === null ? null : Number(seq),
      t: civil(t),
      end: civil(end),
      message: { vi, en },
    })),
    total: Number(count?.n),
  }
}

/** A valid time as the other answers give it, at +07:00. */
function civil(instant: string | null): string | null {
  return instant === null ? null : formatInstant(epochMilliseconds(instant))
}

/** The mapping that a file of these columns was last taken in with, rather into the dataset that is asked for. */
export async function savedMapping(
  records: Records,
  scope: DatasetScope,
  signature: string,
  dataset: string | undefined,
): Promise<Mapping | undefined> {
  const [row] = await records.read<{ mapping: Mapping }>(
    () => sql`SELECT mapping FROM saved_mapping WHERE signature = ${signature}
        AND (${scope.codes}::text[] IS NULL OR dataset_code = ANY(${scope.codes}::text[]))
      ORDER BY dataset_code = ${dataset ?? ''} DESC, used_at DESC LIMIT 1`,
  )
  return row?.mapping
}

export async function saveMapping(
  tx: Tx,
  signature: string,
  dataset: string,
  mapping: Mapping,
): Promise<void> {
  await sql`INSERT INTO saved_mapping (id, signature, dataset_code, mapping, created_by)
    VALUES (${uuidv7()}, ${signature}, ${dataset}, ${jsonText(mapping)}::jsonb, ${tx.who.id})
    ON CONFLICT (signature, dataset_code) DO UPDATE SET mapping = excluded.mapping, used_at = ${tx.at},
      version = saved_mapping.version + 1`.execute(tx.db)
}

/** What the audit says of one decision about a fact. */
export interface DecisionNote {
  action: string
  at: string
  reason: string | null
}

/** Decisions about a fact that were carried out, oldest first. */
export function readDecisionNotes(records: Records, fact: string): Promise<DecisionNote[]> {
  return records.read<DecisionNote>(
    () => sql`SELECT action, at, reason FROM audit WHERE target_type = 'observation' AND target_id = ${fact}
      AND result = 'ok' ORDER BY outbox`,
  )
}
