import type { Problem } from '@nhip/canonical/problem'
import { HttpProblem, refuse } from './problem.ts'

/**
 * The problem that stands for anything thrown while answering. Stores reject with a `code` of their own;
 * what nobody foresaw becomes a 500 without details: those are in the log.
 */
export function failureOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string }
  const known = code === undefined ? undefined : (frameworkFaults[code] ?? storeFaults[code])
  if (known) return known(error as Error)
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return refuse(400, 'malformed-request', { params: { reason: message ?? '' }, cause: error })
  return refuse(500, 'internal-error', { cause: error })
}

/** What a broken multipart body comes to: its parser throws errors that say nothing of whose fault it is. */
export function malformedMultipart(error: unknown): unknown {
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string }
  if (error instanceof HttpProblem || code !== undefined || statusCode !== undefined) return error
  return refuse(400, 'malformed-multipart', { params: { reason: message ?? '' }, cause: error })
}

type Translate = (error: Error) => HttpProblem

const frameworkFaults: Record<string, Translate> = {
  FST_ERR_CTP_INVALID_JSON_BODY: () => refuse(400, 'malformed-json'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => refuse(400, 'body-missing'),
  FST_ERR_CTP_BODY_TOO_LARGE: () => refuse(413, 'body-too-large'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => refuse(400, 'wrong-content-length'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => refuse(415, 'unsupported-media-type'),
  FST_REQ_FILE_TOO_LARGE: () => refuse(413, 'body-too-large'),
  FST_INVALID_MULTIPART_CONTENT_TYPE: () => refuse(415, 'multipart-expected'),
  FST_ERR_BAD_URL: () => refuse(400, 'malformed-address'),
  FST_ERR_ASYNC_CONSTRAINT: () => refuse(400, 'malformed-address'),
}

const later = { headers: { 'retry-after': '1' } }

const storeFaults: Record<string, Translate> = {
  overloaded: () => refuse(503, 'overloaded', later),
  'read-only': (cause) => refuse(503, 'read-only', { headers: { 'retry-after': '30' }, cause }),
  'disk-full': (cause) => refuse(503, 'disk-full', { headers: { 'retry-after': '30' }, cause }),
  'invalid-row': (cause) =>
    refuse(422, 'invalid-request', { errors: [(cause as Error & { problem: Problem }).problem], cause }),
  // PostgreSQL: disk full.
  '53100': (cause) => refuse(503, 'disk-full', { headers: { 'retry-after': '30' }, cause }),
}
