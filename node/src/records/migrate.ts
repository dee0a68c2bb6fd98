import { createHash } from 'node:crypto'
import type { Driver, Link } from './driver.ts'
import { allMigrations } from './migrations/all-migrations.ts'
import type { Migration } from './migrations/migration.ts'

/** The database and the program do not fit: exit code 4. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
  readonly exitCode = 4
  /** `edited`: a step that ran is not the one in the program · `newer`: the database has steps the program lacks · `failed` */
  readonly code: 'edited' | 'newer' | 'failed'
  readonly migration: string

  constructor(code: MigrationError['code'], migration: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.migration = migration
  }
}

// Any constant will do; it keeps two starting nodes from migrating one server at once.
const MIGRATE_LOCK = '5002'

function hashOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql, 'utf8').digest('hex')
}

/** A step that ran in some database. */
export interface Applied {
  name: string
  sha256: string
}

/** Compares what ran with what the program has; the steps still to run. */
function pending(applied: readonly Applied[], steps: readonly Migration[]): Migration[] {
  const known = new Map(steps.map((step) => [step.name, step]))
  for (const { name, sha256 } of applied) {
    const step = known.get(name)
    if (!step) {
      throw new MigrationError(
        'newer',
        name,
        `the database has step ${name}, which this program does not know`,
      )
    }
    if (hashOf(step) !== sha256) {
      throw new MigrationError('edited', name, `step ${name} ran with another text than this program has`)
    }
  }
  const done = new Set(applied.map((row) => row.name))
  const rest = steps.filter((step) => !done.has(step.name))
  const last = applied.at(-1)?.name
  const late = rest.find((step) => last !== undefined && step.name < last)
  if (late)
    throw new MigrationError('edited', late.name, `step ${late.name} would run after ${last}, which is later`)
  return rest
}

async function applied(link: Link): Promise<Applied[]> {
  await link.query(
    `CREATE TABLE IF NOT EXISTS migration (
       name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    [],
  )
  const { rows } = await link.query('SELECT name, sha256 FROM migration ORDER BY name', [])
  return rows as unknown as Applied[]
}

/** Cuts a script into statements at semicolons that end a line; the steps hold no function bodies. */
function statementsOf(sql: string): string[] {
  return sql
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

/** Runs the statements of a step inside the caller's transaction and writes down that it ran. */
async function applyStep(link: Link, step: Migration): Promise<void> {
  for (const statement of statementsOf(step.sql)) await link.query(statement, [])
  await link.query('INSERT INTO migration (name, sha256) VALUES ($1, $2)', [step.name, hashOf(step)])
}

/**
 * Gives an empty database the schema that another one had, inside the caller's transaction.
 *
 * @param ran the steps that had run there
 * @throws {MigrationError} when this program does not know one of them, or knows it otherwise
 */
export async function applyAs(link: Link, ran: readonly Applied[]): Promise<void> {
  pending(ran, allMigrations)
  await applied(link)
  for (const step of allMigrations)
    if (ran.some(({ name }) => name === step.name)) await applyStep(link, step)
}

/** Whether these are the steps of this program, no fewer and no others. */
export function isCurrent(ran: readonly Applied[]): boolean {
  return (
    ran.length === allMigrations.length &&
    allMigrations.every((step, at) => step.name === ran[at]?.name && hashOf(step) === ran[at]?.sha256)
  )
}

async function runStep(link: Link, step: Migration): Promise<void> {
  await link.query('BEGIN', [])
  try {
    await link.query('SELECT pg_advisory_xact_lock($1)', [MIGRATE_LOCK])
    // Another node may have run it while this one waited for the lock.
    const { rows } = await link.query('SELECT 1 FROM migration WHERE name = $1', [step.name])
    if (rows.length === 0) await applyStep(link, step)
    await (await link.commit()).durable
  } catch (error) {
    await link.query('ROLLBACK', []).catch(() => undefined)
    const reason = error instanceof Error ? error.message : String(error)
    throw new MigrationError('failed', step.name, `step ${step.name} failed: ${reason}`, error)
  }
}

/**
 * Brings the schema up to this program: runs the steps that have not run, each in one transaction. The names of
 * the steps that ran now.
 * @throws {MigrationError} exit code 4; nothing of the failed step is kept
 */
export async function migrate(
  driver: Driver,
  steps: readonly Migration[] = allMigrations,
): Promise<string[]> {
  const link = await driver.acquire()
  try {
    const rest = pending(await applied(link), steps)
    for (const step of rest) await runStep(link, step)
    return rest.map((step) => step.name)
  } finally {
    link.release()
  }
}
