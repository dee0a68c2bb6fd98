import type { ProblemDocument } from '@nhip/node/http/contract'
import { language } from '../i18n/language.ts'

/** The one way to the node: the public HTTP API over the browser's own call. */

export type Params = Record<string, string | number | undefined | null>

/** An answer that is not a success. `status` 0 means the node could not be reached. */
export class ApiError extends Error {
  readonly status: number
  readonly problem: ProblemDocument | null
  constructor(status: number, problem: ProblemDocument | null) {
    super(problem?.detail ?? `HTTP ${status}`)
    this.name = 'ApiError'
    this.status = status
    this.problem = problem
  }
}

/** A page of a list. */
export interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/** `path?a=1`, leaving out what is absent or empty. */
export function address(path: string, params: Params = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return text ? `${path}?${text}` : path
}

/** Reads JSON. Throws `ApiError`. */
export function read<T>(path: string, params?: Params, signal?: AbortSignal): Promise<T> {
  return call<T>(address(path, params), { signal })
}

/** Reads a whole list page by page, up to `most` items. */
export async function readAll<T>(path: string, params: Params = {}, most = 5000): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null | undefined
  do {
    const page: Page<T> = await read<Page<T>>(path, { limit: 500, ...params, cursor })
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor && items.length < most)
  return items
}

/**
 * Sends a change. Every POST carries a key, so that a repeated click or a lost answer does it once. `version` is that of
 * the record as it was read: the node refuses with 412 when somebody else has changed it since.
 */
export function send<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  version?: number,
) {
  const headers: Record<string, string> = {}
  if (version !== undefined) headers['If-Match'] = `"${version}"`
  if (method === 'POST') headers['Idempotency-Key'] = freshKey()
  let payload: BodyInit | undefined
  if (body instanceof FormData) payload = body
  else if (body !== undefined) {
    headers['Content-Type'] = 'application/json'
    payload = JSON.stringify(body)
  }
  return call<T>(path, { method, headers, body: payload })
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(path, {
      ...init,
      credentials: 'same-origin',
      headers: { Accept: 'application/json', 'Accept-Language': language(), ...init.headers },
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, null)
  }
  const text = await answer.text()
  const json = parse(text)
  if (!answer.ok) throw new ApiError(answer.status, isProblem(json) ? json : null)
  return json as T
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isProblem(json: unknown): json is ProblemDocument {
  return typeof json === 'object' && json !== null && 'detail' in json && 'code' in json
}

// `crypto.randomUUID` is missing on plain http to another machine, which is how a hall's screen often reaches the node.
function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
