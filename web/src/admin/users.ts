import type { UserItem } from '@nhip/node/identity/contract'
import { useQuery } from '@tanstack/react-query'
import { type Page, read } from '../api/client.ts'

/** A role at a unit as a form holds it; `*` is the whole node, an empty unit is not chosen yet. */
export type Membership = Pick<UserItem['memberships'][number], 'unit' | 'unitName' | 'role'>

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
