import { RecordsError, type RecordsErrorCode } from './contract.ts'

/** What both drivers can tell of a refused statement. */
export interface DatabaseRefusal {
  code?: string
  message: string
  detail?: string
  constraint?: string
  table?: string
}

const BY_STATE: Record<string, RecordsErrorCode> = {
  '23505': 'unique',
  '23503': 'foreign-key',
  '23514': 'check',
  '23502': 'not-null',
  '40001': 'serialization',
  '40P01': 'serialization',
  '57014': 'timeout',
  '25P03': 'timeout',
  '53100': 'disk-full',
}

function codeOf(state: string | undefined): RecordsErrorCode {
  if (state === undefined) return 'statement'
  const known = BY_STATE[state]
  if (known) return known
  // 08: connection; 57P: the server is going down or starting; 53300: no connection left.
  if (state.startsWith('08') || state.startsWith('57P') || state === '53300') return 'connection'
  return 'statement'
}

/** Turns a refusal by the database into the error of this room. */
export function refused(refusal: DatabaseRefusal, cause?: unknown): RecordsError {
  const { code: sqlState, message, detail, constraint, table } = refusal
  const text = detail ? `${message} (${detail})` : message
  return new RecordsError(codeOf(sqlState), text, { sqlState, constraint, table, cause })
}

/**
 * A COMMIT of a transaction in which a statement failed and the failure was swallowed: Postgres answers ROLLBACK
 * and no error, and nothing was kept.
 */
export const ABORTED: DatabaseRefusal = {
  code: '25P02',
  message: 'a statement of the transaction had failed, so nothing was kept',
}
