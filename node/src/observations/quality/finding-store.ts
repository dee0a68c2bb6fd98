import type { Message } from '@nhip/canonical/problem'
import { sql } from 'kysely'
import type { Records, Tx } from '../../records/contract.ts'
import { jsonText } from '../../records/json-text.ts'
import { uuidv7 } from '../../records/uuidv7.ts'
import type { StoredObservation } from '../observations.ts'

/** What a rule found in a stored row. */
export interface RowFinding {
  row: StoredObservation
  rule: string
  severity: 'error' | 'warning' | 'info'
  value: string
  message: Message
}

const cursorKey = 'findings.seq'

/** Up to which row findings have been written. */
export async function readCursor(records: Records): Promise<number> {
  const [row] = await records.read((db) =>
    db.selectFrom('node_meta').select('value').where('key', '=', cursorKey),
  )
  return Number(row?.value ?? 0)
}

export async function saveCursor(tx: Tx, seq: number): Promise<void> {
  await sql`INSERT INTO node_meta (key, value) VALUES (${cursorKey}, ${String(seq)})
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`.execute(tx.db)
}

/** One finding a row and rule, however often it is written. */
export async function insertRowFindings(tx: Tx, findings: readonly RowFinding[]): Promise<void> {
  const rows = findings.map(({ row, rule, severity, value, message }) => ({
    id: uuidv7(),
    dataset_code: row.dataset,
    import_id: /^import:([0-9a-f-]{36})$/.exec(row.source)?.[1] ?? null,
    seq: row.seq,
    entity_id: row.entity,
    property_code: row.property,
    breakdown: row.breakdown,
    valid_from: new Date(row.from).toISOString(),
    valid_to: row.to === null ? null : new Date(row.to).toISOString(),
    rule,
    severity,
    value,
    message_vi: message.vi,
    message_en: message.en,
  }))
  await sql`INSERT INTO finding (id, dataset_code, import_id, seq, entity_id, property_code, breakdown, valid_from, valid_to,
      rule, severity, value, message_vi, message_en, created_at)
    SELECT x.id, x.dataset_code, i.id, x.seq, x.entity_id, x.property_code, x.breakdown, x.valid_from, x.valid_to,
      x.rule, x.severity, x.value, x.message_vi, x.message_en, ${tx.at}
    FROM jsonb_to_recordset(${jsonText(rows)}::jsonb) AS x(id uuid, dataset_code text, import_id uuid, seq bigint,
      entity_id text, property_code text, breakdown text, valid_from timestamptz, valid_to timestamptz, rule text,
      severity text, value text, message_vi text, message_en text)
    LEFT JOIN import i ON i.id = x.import_id
    ON CONFLICT (seq, rule) WHERE seq IS NOT NULL DO NOTHING`.execute(tx.db)
}

/** Whoever decides about a fact has seen what was found in it. */
export async function resolveFindings(tx: Tx, seqs: readonly number[]): Promise<void> {
  await sql`UPDATE finding SET resolved_at = ${tx.at} WHERE seq = ANY(${seqs as number[]}::bigint[])
    AND resolved_at IS NULL`.execute(tx.db)
}
