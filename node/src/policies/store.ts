import type { Problem } from '@nhip/canonical/problem'
import type { Certificate } from '@nhip/policy/certificate'
import { sql } from 'kysely'
import type { Records, Tx } from '../records/contract.ts'
import { jsonText } from '../records/json-text.ts'
import type { JobState } from '../records/schema.ts'
import type { SimulationRequest } from './contract.ts'

/** A simulation as it is stored, with what its job says. The request and the certificate are read only for one. */
export interface StoredSimulation {
  id: string
  policy: string
  title: string | null
  period: string
  population: SimulationRequest['population']
  bundleSha256: string
  state: 'queued' | 'done' | 'failed'
  resultSha256: string | null
  certificateSha256: string | null
  createdBy: string
  createdAt: string
  finishedAt: string | null
  job: string
  jobState: JobState
  jobDone: string
  jobTotal: string | null
  jobMessage: { vi: string; en: string } | null
  jobError: { detail?: string } | null
}

export interface WholeSimulation extends StoredSimulation {
  request: SimulationRequest
  problems: Problem[]
  certificate: Certificate | null
}

const columns = sql`s.id, s.policy, s.title, s.period, s.request->'population' AS population,
  s.bundle_sha256 AS "bundleSha256", s.state, s.result_sha256 AS "resultSha256",
  s.certificate_sha256 AS "certificateSha256", s.created_by AS "createdBy", s.created_at AS "createdAt",
  coalesce(s.finished_at, j.finished_at) AS "finishedAt", j.id AS job, j.state AS "jobState", j.done AS "jobDone",
  j.total AS "jobTotal", j.message AS "jobMessage", j.error AS "jobError"`

export async function findSimulation(records: Records, id: string): Promise<WholeSimulation | undefined> {
  const [row] = await records.read<WholeSimulation>(
    () => sql`SELECT ${columns}, s.request, s.problems, s.certificate
      FROM simulation s JOIN job j ON j.id = s.job_id WHERE s.id = ${id}`,
  )
  return row
}

/** Newest first. */
export async function readSimulations(
  records: Records,
  page: { limit: number; before: string | undefined; policy: string | undefined },
): Promise<StoredSimulation[]> {
  return records.read<StoredSimulation>(
    () => sql`SELECT ${columns} FROM simulation s JOIN job j ON j.id = s.job_id
      WHERE (${page.before ?? null}::uuid IS NULL OR s.id < ${page.before ?? null}::uuid)
        AND (${page.policy ?? null}::text IS NULL OR s.policy = ${page.policy ?? null}::text)
      ORDER BY s.id DESC LIMIT ${page.limit}`,
  )
}

export async function insertSimulation(
  tx: Tx,
  made: { id: string; request: SimulationRequest; bundleSha256: string; job: string; createdBy: string },
): Promise<void> {
  const { id, request, bundleSha256, job, createdBy } = made
  const { policy, period, title = null } = request
  await sql`INSERT INTO simulation (id, policy, title, period, request, bundle_sha256, job_id, created_by, created_at)
    VALUES (${id}, ${policy}, ${title}, ${period}, ${jsonText(request)}::jsonb, ${bundleSha256}, ${job}, ${createdBy},
      ${tx.at})`.execute(tx.db)
}

/** @returns false when it had ended already */
export async function endSimulation(
  tx: Tx,
  id: string,
  how: { result: string; certificate: Certificate } | { problems: readonly Problem[] },
): Promise<boolean> {
  const done = 'result' in how
  const { rows } = await sql`UPDATE simulation SET state = ${done ? 'done' : 'failed'},
      result_sha256 = ${done ? how.result : null},
      certificate = ${done ? jsonText(how.certificate) : null}::jsonb,
      certificate_sha256 = ${done ? how.certificate.sha256 : null},
      problems = ${jsonText(done ? [] : how.problems)}::jsonb, finished_at = ${tx.at}
    WHERE id = ${id} AND state = 'queued' RETURNING id`.execute(tx.db)
  return rows.length > 0
}
