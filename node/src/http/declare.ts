import type { Readable } from 'node:stream'
import type { Static, TObject, TSchema } from 'typebox'
import type { Actor } from '../records/contract.ts'
import type { Caller } from './caller.ts'
import type { Lang } from './language.ts'
import type { Credentials } from './serve.ts'

/** One possible answer of a route. Without `body` the answer has none; `type` is `application/json` by default. */
export interface ResponseDeclaration {
  description: string
  body?: TSchema
  type?: string
}

type Responses = Record<number, ResponseDeclaration>

type Shape<S> = S extends TSchema ? Static<S> : undefined

/** What a handler may answer: one of the declared statuses with the body of that status. */
export type Answer<R extends Responses> = {
  [S in keyof R & number]: { status: S; headers?: Record<string, string> } & (R[S] extends {
    type: string
  }
    ? { body: string | Buffer | Readable }
    : R[S] extends { body: infer B extends TSchema }
      ? { body: Static<B> }
      : { body?: undefined })
}[keyof R & number]

/** A file of a multipart request, to be read to its end before the next one. */
export interface UploadedPart {
  field: string
  filename: string | null
  /** The text of a plain field; undefined for a file. */
  value?: string
  stream?: Readable
}

/** A request after validation, recognition of the caller and the check of the permission. */
export interface Incoming<P = undefined, Q = undefined, B = undefined> {
  params: P
  query: Q
  body: B
  caller: Caller
  /** By what the caller was recognised: an answer that outlives its request has to ask again. */
  credentials: Credentials
  /** The caller as the audit names it. */
  actor: Actor
  lang: Lang
  /** Also in `X-Request-Id` and in the audit. */
  requestId: string
  address: string
  headers: Record<string, string | string[] | undefined>
  /** `http` or `https` as the browser sees it, and the host: for absolute links and cookie flags. */
  secure: boolean
  receivedAt: number
  /** The body of a request in one of the declared `streams` types. */
  stream?: { type: string; content: Readable }
  parts(): AsyncIterable<UploadedPart>
  /** Decodes `query.cursor`; undefined on the first page. A forged cursor or that of another route is a 400. */
  cursor(): unknown
  /** Signs a value as the cursor of the next page of this route. */
  nextCursor(value: unknown): string
  /**
   * Demands `If-Match` equal to the version that is stored: 428 without it, 412 with `current` when it is stale.
   */
  ifMatch(version: string | number, current: unknown): void
  setCookie(name: string, value: string, maxAgeS: number): void
  cookie(name: string): string | undefined
}

/**
 * One route in whole. From this object come validation, the OpenAPI document, the permission table and the contract test,
 * so there is no second place in which a route is described.
 */
export interface RouteDeclaration<
  P extends TObject | undefined,
  Q extends TObject | undefined,
  B extends TSchema | undefined,
  R extends Responses,
> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `{name}` for parameters, as OpenAPI writes it. */
  path: `/${string}`
  /** What it does, in one line of English: the API document's summary. */
  summary: string
  description?: string
  params?: P
  query?: Q
  body?: B
  /** Further content types whose body reaches the handler as `stream`, unread and unvalidated. */
  streams?: string[]
  /** A multipart request, read through `parts()`. */
  multipart?: boolean
  /** In bytes; 1 MB by default, for multipart the sum of all parts. */
  bodyLimit?: number
  responses: R
  /** `public` for everybody, `signed-in` for every user, else a permission of identity. */
  permission: 'public' | 'signed-in' | (string & {})
  /** The action that the audit row of this mutation carries. */
  audit?: string
  /** A creating POST that honours `Idempotency-Key`. */
  idempotent?: boolean
  /** Counts against the strict limit of sign-in instead of the general one. */
  limit?: 'sign-in'
  handle(request: Incoming<Shape<P>, Shape<Q>, Shape<B>>): Promise<Answer<NoInfer<R>>> | Answer<NoInfer<R>>
}

/** A declared route with its types erased, as `serve` and `openapi` take it. */
export interface Route
  extends Omit<
    RouteDeclaration<TObject | undefined, TObject | undefined, TSchema | undefined, Responses>,
    'handle'
  > {
  // biome-ignore lint/suspicious/noExplicitAny: the declaration checked the types; here they differ by route
  handle(request: Incoming<any, any, any>): Promise<Answer<Responses>> | Answer<Responses>
}

/** Declares a route; the types of the handler follow from the schemas. */
export function route<
  const R extends Responses,
  P extends TObject | undefined = undefined,
  Q extends TObject | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(declaration: RouteDeclaration<P, Q, B, R>): Route {
  return declaration as unknown as Route
}
