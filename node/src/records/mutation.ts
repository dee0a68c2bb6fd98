import type { CompiledQuery } from 'kysely'

/**
 * Tables whose changes are bookkeeping, not decisions: they need no audit row of their own. What they stand for is
 * audited where it is decided (a job's effect, an import's commit, a sign-in).
 */
const BOOKKEEPING = new Set([
  'audit',
  'blob',
  'idempotency_key',
  'import_row_error',
  'job',
  'login',
  'migration',
  'node_meta',
  'sign_in_throttle',
])

const WORDS =
  /\b(?:insert\s+into|update|delete\s+from|merge\s+into|truncate(?:\s+table)?|alter\s+table|create\s+table|drop\s+table)\s+(?:only\s+|if\s+(?:not\s+)?exists\s+)*"?(?:public"?\."?)?([a-z_][a-z0-9_]*)/gi

function tablesOfText(sql: string): string[] {
  const bare = sql
    .replace(/--[^\n]*/g, ' ')
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/\bfor\s+(?:no\s+key\s+)?update\b/gi, ' ')
    .replace(/\bdo\s+update\s+set\b/gi, ' ')
  return [...bare.matchAll(WORDS)].map((match) => (match[1] as string).toLowerCase())
}

/** The tables that a query would change, by name; empty for a query that only reads. */
export function changedTables(query: CompiledQuery): string[] {
  return tablesOfText(query.sql)
}

/** Those of them whose change must be audited. */
export function auditedTables(query: CompiledQuery): string[] {
  return changedTables(query).filter((table) => !BOOKKEEPING.has(table))
}
