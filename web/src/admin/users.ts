import type { Me } from '@nhip/node/identity/contract'
import { useQuery } from '@tanstack/react-query'
import { type Page, read } from '../api/client.ts'

export type Role = Me['memberships'][number]['role']

export interface Membership {
  /** A unit's id; `*` for the whole node. */
  unit: string
  unitName: string
  role: Role
}

/** An account as far as the reader may see it. */
export interface UserItem {
  username: string
  displayName: string
  lang: 'vi' | 'en'
  demo: boolean
  disabledAt: string | null
  createdAt: string
  version: number
  memberships: Membership[]
  lastSeenAt: string | null
  /** Open logins. */
  logins: number
  /** Whether all its rights lie within what the reader answers for. */
  editable: boolean
}

/** A page of the accounts, by words, role and state. */
export function useUsers(asked: {
  q: string | null
  role: string | null
  state: string | null
  cursor: string | null
}) {
  return useQuery({
    queryKey: ['users', 'list', asked],
    queryFn: ({ signal }) => read<Page<UserItem>>('/api/users', { ...asked, limit: 50 }, signal),
  })
}

/** One account. */
export function useUser(username: string) {
  return useQuery({
    queryKey: ['users', 'one', username],
    queryFn: ({ signal }) => read<UserItem>(`/api/users/${encodeURIComponent(username)}`, {}, signal),
  })
}
