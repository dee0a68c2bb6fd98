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
  /** Permissions held anywhere at all, already cut to the token's scopes: enough for the guard of a route, never for a thing. */
  permissions: ReadonlySet<string>
  memberships: readonly { unit: string; role: string }[]
  /**
   * Whether a permission is held over a unit: through a role at that unit or above it. Null stands for what belongs to
   * no unit, which only a role for the whole node covers.
   */
  holds(permission: string, unit: string | null): boolean
  /** Whether the limits of a token, its unit and its datasets, leave a dataset to it; always so without limits. */
  within(dataset: { code: string; owner: string | null }): boolean
  /** The datasets that a token is limited to; null without such a limit. */
  datasets: ReadonlySet<string> | null
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
  holds: () => false,
  within: () => true,
  datasets: null,
  limitKey: null,
}
