import type { Migration } from './migration.ts'

/**
 * What every later room stands on: node meta, audit (which is the ledger's outbox), jobs, idempotency keys, blobs.
 *
 * `audit` — one row for each mutation of records and for each allow or deny on restricted or personal data; one row
 * is one ledger entry: the envelope's fields, the payload before and after, and the secrets that hide it (`nonce`
 * 16 bytes, `salt` 32 bytes). `outbox` numbers rows from 1 without gap in commit order. Rows are written by `tx()`
 * alone, never changed and never deleted.
 *
 * `job` — see jobs.ts. `key` makes a job unique while the row exists (a cron-like job: kind and due time).
 *
 * `idempotency_key` — `status` is null while the first request runs; rows past `expires_at` are swept.
 *
 * `blob` — one row for each file in the blobs folder, by the SHA-256 of its content.
 */
export const migration: Migration = {
  name: '0001_records',
  sql: `
CREATE TABLE node_meta (
  key        text PRIMARY KEY,
  value      jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE audit (
  id             uuid PRIMARY KEY,
  outbox         bigint NOT NULL UNIQUE CHECK (outbox > 0),
  at             timestamptz NOT NULL,
  actor          text NOT NULL,
  on_behalf      text,
  action         text NOT NULL CHECK (action ~ '^[a-z][a-z0-9-]*([.][a-z][a-z0-9-]*)+$'),
  target_type    text NOT NULL,
  target_id      text NOT NULL,
  target_version text,
  before         jsonb,
  after          jsonb,
  result         text NOT NULL DEFAULT 'ok',
  reason         text,
  purpose        text NOT NULL,
  legal_basis    text,
  nonce          bytea NOT NULL CHECK (octet_length(nonce) = 16),
  salt           bytea NOT NULL CHECK (octet_length(salt) = 32),
  request_id     text,
  address        text
);
CREATE INDEX audit_target ON audit (target_type, target_id, outbox);
CREATE INDEX audit_actor ON audit (actor, outbox);
CREATE INDEX audit_at ON audit (at);

CREATE TABLE job (
  id               uuid PRIMARY KEY,
  kind             text NOT NULL,
  key              text UNIQUE,
  payload          jsonb NOT NULL DEFAULT '{}',
  state            text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'dead', 'cancelled')),
  run_at           timestamptz NOT NULL DEFAULT now(),
  attempts         integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  max_attempts     integer NOT NULL DEFAULT 10 CHECK (max_attempts > 0),
  locked_by        text,
  locked_until     timestamptz,
  done             bigint NOT NULL DEFAULT 0,
  total            bigint,
  message          jsonb,
  result           jsonb,
  error            jsonb,
  cancel_requested boolean NOT NULL DEFAULT false,
  created_by       text NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT now(),
  finished_at      timestamptz,
  CHECK ((state = 'running') = (locked_by IS NOT NULL)),
  CHECK ((locked_by IS NULL) = (locked_until IS NULL)),
  CHECK ((state IN ('done', 'dead', 'cancelled')) = (finished_at IS NOT NULL))
);
CREATE INDEX job_due ON job (run_at) WHERE state = 'queued';
CREATE INDEX job_lease ON job (locked_until) WHERE state = 'running';
CREATE INDEX job_kind ON job (kind, created_at);

CREATE TABLE idempotency_key (
  actor      text NOT NULL,
  route      text NOT NULL,
  key        text NOT NULL,
  body_hash  text NOT NULL,
  status     integer,
  body       jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (actor, route, key)
);
CREATE INDEX idempotency_key_expiry ON idempotency_key (expires_at);

CREATE TABLE blob (
  sha256     text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  bytes      bigint NOT NULL CHECK (bytes >= 0),
  media_type text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
`,
}
