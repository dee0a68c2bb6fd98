import type { Migration } from './migration.ts'

/**
 * `approval.before` — what the change replaces, as it was when it was asked for; null for requests from before this column.
 * `unit_edge.act`, `unit_parent.act` — number of the legal act that a succession, or a move to another parent, rests on.
 */
export const migration: Migration = {
  name: '0009_changes',
  sql: `
ALTER TABLE approval ADD COLUMN before jsonb;
ALTER TABLE unit_edge ADD COLUMN act text;
ALTER TABLE unit_parent ADD COLUMN act text;
`,
}
