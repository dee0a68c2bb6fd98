import type { Message, Problem } from '@nhip/canonical/problem'
import type { ProblemDocument } from './contract.ts'
import { type Lang, message } from './language.ts'

export interface ProblemDetails {
  /** Fills `{name}` in the message of the code. */
  params?: Record<string, string | number>
  /** One item for every value that is wrong. */
  errors?: Problem[]
  /** In place of the message that `http/messages` has for the code. */
  message?: Message
  headers?: Record<string, string>
  /** The stored representation, for 412. */
  current?: unknown
  cause?: unknown
}

/** An answer that is not a success: thrown by routes, written out as `application/problem+json` (RFC 9457). */
export class HttpProblem extends Error {
  readonly status: number
  readonly code: string
  readonly details: ProblemDetails

  constructor(status: number, code: string, details: ProblemDetails = {}) {
    super(code, { cause: details.cause })
    this.status = status
    this.code = code
    this.details = details
  }

  /** The document in the reader's language. */
  document(lang: Lang, instance?: string): ProblemDocument {
    const { params, errors = [], current } = this.details
    return {
      type: `urn:nhip:problem:${this.code}`,
      title: message(`status.${this.status}`)[lang],
      status: this.status,
      detail: (this.details.message ?? message(this.code, params))[lang],
      ...(instance === undefined ? {} : { instance }),
      code: this.code,
      errors,
      ...(current === undefined ? {} : { current }),
    }
  }
}

/**
 * The problem to throw: `throw refuse(404, 'unknown-entity', { params: { entity } })`.
 * The code is a key of `messages/vi.json` and `messages/en.json`, unless `message` is given.
 */
export function refuse(status: number, code: string, details?: ProblemDetails): HttpProblem {
  return new HttpProblem(status, code, details)
}

/** One item of `errors`, its message taken from `http/messages` by its code. */
export function problemItem(
  code: string,
  params: Record<string, string | number> = {},
  place: Partial<Omit<Problem, 'code' | 'message'>> = {},
): Problem {
  return { severity: 'error', code, ...place, message: message(code, params) }
}
