import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  type Driver as KyselyDriver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import { RecordsError } from './contract.ts'
import type { Answer } from './driver.ts'
import type { Database } from './schema.ts'

/** Runs a compiled query somewhere: in a transaction, on its own, or nowhere. */
export type Run = (query: CompiledQuery) => Promise<Answer>

function connection(run: Run): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, affected } = await run(query)
      return affected === undefined ? { rows: rows as R[] } : { rows: rows as R[], numAffectedRows: affected }
    },
    streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
      throw new RecordsError('unsupported', 'records do not stream: page by key')
    },
  }
}

function kyselyDriver(run: Run): KyselyDriver {
  const only = connection(run)
  const refuse = async () => {
    throw new RecordsError('nested', 'transactions are opened by Records.tx, not by Kysely')
  }
  return {
    async init() {},
    acquireConnection: async () => only,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    async releaseConnection() {},
    async destroy() {},
  }
}

/** Kysely over one `run`: the same for PGlite and for a server, since both speak Postgres. */
export function kyselyOver(run: Run): Kysely<Database> {
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => kyselyDriver(run),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
  return new Kysely<Database>({ dialect })
}
