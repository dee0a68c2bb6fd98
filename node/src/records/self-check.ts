import type { Problem } from '@nhip/canonical/problem'
import { sql } from 'kysely'
import { type Records, RecordsError } from './contract.ts'
import { quoted } from './copy-out.ts'

interface Reference {
  name: string
  child: string
  parent: string
  columns: string[]
  targets: string[]
}

/**
 * Reads every row of every table and asks the database again what its constraints promise: rows that refer to one that
 * is not there, values that a check forbids, gaps in the audit. On a server a table that takes longer than a statement
 * may is a warning.
 */
export async function* selfCheck(records: Records): AsyncGenerator<Problem> {
  const ask = <T>(text: string) => records.read<T>(() => sql.raw<T>(text))
  const tables = await ask<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY 1`,
  )
  for (const { name } of tables)
    yield* guarded(name, async () => {
      await ask(`SELECT coalesce(sum(length(t::text)), 0)::text AS n FROM ${quoted(name)} t`)
      return []
    })
  const references = await ask<Reference>(
    `SELECT c.conname AS name, child.relname AS child, parent.relname AS parent,
       (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, n)
          JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) AS columns,
       (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, n)
          JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum) AS targets
     FROM pg_constraint c JOIN pg_class child ON child.oid = c.conrelid JOIN pg_class parent ON parent.oid = c.confrelid
     WHERE c.contype = 'f' AND child.relnamespace = current_schema()::regnamespace ORDER BY 1`,
  )
  for (const { name, child, parent, columns, targets } of references)
    yield* guarded(child, async () => {
      const given = columns.map((column) => `c.${quoted(column)} IS NOT NULL`)
      const same = columns.map((column, i) => `p.${quoted(targets[i] as string)} = c.${quoted(column)}`)
      const [row] = await ask<{ n: number }>(
        `SELECT count(*)::int AS n FROM ${quoted(child)} c WHERE ${given.join(' AND ')}
         AND NOT EXISTS (SELECT 1 FROM ${quoted(parent)} p WHERE ${same.join(' AND ')})`,
      )
      return row && row.n > 0
        ? [
            broken(child, name, {
              vi: `${row.n} dòng trỏ tới "${parent}" không còn ở đó`,
              en: `${row.n} rows refer to a "${parent}" that is not there`,
            }),
          ]
        : []
    })
  const checks = await ask<{ table: string; name: string; rule: string }>(
    `SELECT r.relname AS table, c.conname AS name, pg_get_expr(c.conbin, c.conrelid) AS rule
     FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
     WHERE c.contype = 'c' AND r.relnamespace = current_schema()::regnamespace ORDER BY 1, 2`,
  )
  for (const { table, name, rule } of checks)
    yield* guarded(table, async () => {
      const [row] = await ask<{ n: number }>(
        `SELECT count(*)::int AS n FROM ${quoted(table)} WHERE NOT coalesce((${rule}), true)`,
      )
      return row && row.n > 0
        ? [broken(table, name, { vi: `${row.n} dòng trái ${rule}`, en: `${row.n} rows violate ${rule}` })]
        : []
    })
  yield* guarded('audit', async () => {
    const [row] = await ask<{ n: string; last: string }>(
      'SELECT count(*)::text AS n, coalesce(max(outbox), 0)::text AS last FROM audit',
    )
    return row && row.n !== row.last
      ? [
          broken('audit', 'outbox', {
            vi: `có ${row.n} dòng nhưng số cuối là ${row.last}`,
            en: `it has ${row.n} rows and its last number is ${row.last}`,
          }),
        ]
      : []
  })
}

function broken(table: string, rule: string, what: { vi: string; en: string }): Problem {
  return {
    severity: 'error',
    code: 'records-inconsistent',
    path: `${table}.${rule}`,
    message: {
      vi: `Hồ sơ, bảng "${table}", ràng buộc "${rule}": ${what.vi}.`,
      en: `Records, table "${table}", constraint "${rule}": ${what.en}.`,
    },
  }
}

async function* guarded(table: string, look: () => Promise<Problem[]>): AsyncGenerator<Problem> {
  try {
    yield* await look()
  } catch (error) {
    const slow = error instanceof RecordsError && error.code === 'timeout'
    const reason = error instanceof Error ? error.message : String(error)
    yield {
      severity: slow ? 'warning' : 'error',
      code: slow ? 'records-too-large' : 'records-unreadable',
      path: table,
      message: {
        vi: `Hồ sơ, bảng "${table}" không đọc hết được: ${reason}`,
        en: `Records, table "${table}" cannot be read to its end: ${reason}`,
      },
    }
  }
}
