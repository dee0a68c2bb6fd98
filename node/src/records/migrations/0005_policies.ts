import type { Migration } from './migration.ts'

/**
 * Simulations of policies: who asked for what, and where the answer is.
 *
 * `simulation` — `request` as it was sent, changed files of the bundle with it; `bundle_sha256` of the bundle it was
 * sent for. `result_sha256` is the blob with the report, `certificate_sha256` the hash that the audit row of its end
 * carries into the ledger. While `state` is `queued`, how far it is says its job.
 *
 * The new permission goes to the roles of a database that has them already; identity gives it to a new one.
 */
export const migration: Migration = {
  name: '0005_policies',
  sql: `
CREATE TABLE simulation (
  id                 uuid PRIMARY KEY,
  policy             text NOT NULL,
  title              text,
  period             text NOT NULL,
  request            jsonb NOT NULL,
  bundle_sha256      text NOT NULL,
  job_id             uuid NOT NULL REFERENCES job (id),
  state              text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'done', 'failed')),
  problems           jsonb NOT NULL DEFAULT '[]',
  result_sha256      text REFERENCES blob (sha256),
  certificate        jsonb,
  certificate_sha256 text,
  created_by         text NOT NULL,
  created_at         timestamptz NOT NULL,
  finished_at        timestamptz,
  CHECK ((state = 'done') = (certificate_sha256 IS NOT NULL))
);

INSERT INTO role_permission (role_code, permission)
SELECT code, 'policies.simulate' FROM role WHERE code IN ('analyst', 'officer', 'administrator')
ON CONFLICT DO NOTHING;
`,
}
