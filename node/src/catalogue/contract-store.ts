import { sql } from 'kysely'
import type { Records, Tx } from '../records/contract.ts'
import { jsonText } from '../records/json-text.ts'
import type { ContractVersion, DatasetContract } from './contract.ts'

/**
 * Replaces the contract of a dataset, if its row still has the version that the writer has seen.
 *
 * @returns the new version, or undefined when somebody was faster
 */
export async function replaceContract(
  tx: Tx,
  dataset: string,
  seen: number,
  contract: DatasetContract,
  reason: string | null,
): Promise<number | undefined> {
  const {
    owner,
    class: kind,
    personal,
    licence,
    autoCreate,
    rules,
    arrival,
    freshness,
    properties,
  } = contract
  const { rows } = await sql<{
    version: number
  }>`UPDATE dataset SET owner_unit_id = ${owner}, class = ${kind},
      personal = ${personal}, licence = ${licence}, auto_create = ${autoCreate}, quality = ${jsonText(rules)}::jsonb,
      arrival = ${jsonText(arrival)}::jsonb,
      freshness = ${freshness === null ? null : jsonText(freshness)}::jsonb, version = version + 1, updated_at = ${tx.at}
    WHERE code = ${dataset} AND version = ${seen} RETURNING version`.execute(tx.db)
  const version = rows[0]?.version
  if (version === undefined) return undefined
  const terms = Object.entries(properties).map(([property, own]) => ({ property, contract: own }))
  await sql`UPDATE dataset_property SET contract = '{}' WHERE dataset_code = ${dataset}`.execute(tx.db)
  await sql`INSERT INTO dataset_property (dataset_code, property_code, contract)
    SELECT ${dataset}, property, contract
    FROM jsonb_to_recordset(${jsonText(terms)}::jsonb) AS x(property text, contract jsonb)
    ON CONFLICT (dataset_code, property_code) DO UPDATE SET contract = excluded.contract`.execute(tx.db)
  await sql`INSERT INTO dataset_contract (dataset_code, version, contract, reason, saved_by, saved_at)
    VALUES (${dataset}, ${version}, ${jsonText(contract)}::jsonb, ${reason}, ${tx.who.id}, ${tx.at})`.execute(
    tx.db,
  )
  return version
}

/** Saved versions of a contract, newest first. */
export function readContractVersions(
  records: Records,
  dataset: string,
  page: { limit: number; before: number | undefined },
): Promise<ContractVersion[]> {
  return records.read<ContractVersion>(
    () => sql`SELECT c.version, c.saved_at AS "savedAt", coalesce(u.username, c.saved_by) AS "savedBy", c.reason, c.contract
      FROM dataset_contract c LEFT JOIN user_account u ON u.id::text = c.saved_by
      WHERE c.dataset_code = ${dataset} AND (${page.before ?? null}::integer IS NULL OR c.version < ${page.before ?? null}::integer)
      ORDER BY c.version DESC LIMIT ${page.limit}`,
  )
}
