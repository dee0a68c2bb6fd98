import type { Migration } from './migration.ts'

/**
 * Where audit rows stand in the ledger, and the stamps over its heads. Both are projections: `ledger_index` can be
 * dropped and read back from the ledger's entries, `ledger_stamp` from the files beside it.
 */
export const migration: Migration = {
  name: '0004_ledger',
  sql: `
CREATE TABLE ledger_index (
  outbox    bigint PRIMARY KEY,
  log_index bigint NOT NULL UNIQUE CHECK (log_index >= 0)
);

CREATE TABLE ledger_stamp (
  size       bigint PRIMARY KEY CHECK (size > 0),
  authority  text NOT NULL,
  stamped_at timestamptz NOT NULL
);
`,
}
