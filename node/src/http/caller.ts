import type { Lang } from './language.ts'

/** Who stands behind a request, as identity has recognised it. Routes never look at cookies or tokens themselves. */
export interface Caller {
  kind: 'anonymous' | 'user' | 'token' | 'bootstrap'
  /** User id; null for an anonymous caller and for the bootstrap token. */
  id: string | null
  /** What the audit and the `source` of readings say. */
  username: string
  /** The user's own choice, before `Accept-Language`. */
  lang: Lang | null
  /** Permissions of all memberships together, already cut to the token's scopes. */
  permissions: ReadonlySet<string>
  memberships: readonly { unit: string; role: string }[]
  /** Rate limits count per key: a token, a login, else (null) an address; `unlimited` is not counted. */
  limitKey: string | null
}

export const anonymous: Caller = {
  kind: 'anonymous',
  id: null,
  username: 'anonymous',
  lang: null,
  permissions: new Set(),
  memberships: [],
  limitKey: null,
}
