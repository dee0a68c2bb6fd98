import type { Migration } from './migration.ts'

/** `import.state` — `checking`: a job reads every row and stores none; the import is in `preview` again afterwards. */
export const migration: Migration = {
  name: '0008_imports',
  sql: `
ALTER TABLE import DROP CONSTRAINT import_state_check;
ALTER TABLE import ADD CONSTRAINT import_state_check
  CHECK (state IN ('preview', 'checking', 'committing', 'done', 'failed', 'cancelled', 'undone'));
CREATE INDEX import_unfinished ON import (state) WHERE state IN ('checking', 'committing');
`,
}
