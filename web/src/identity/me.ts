import type { Me } from '@nhip/node/identity/contract'
import { useQuery } from '@tanstack/react-query'
import { ApiError, read } from '../api/client.ts'

const kept = 'nhip.signedIn'

/** The signed-in user, or null for a visitor. */
export function useMe() {
  return useQuery({
    queryKey: ['me'],
    staleTime: 300_000,
    queryFn: async ({ signal }): Promise<Me | null> => {
      if (!wasSignedIn()) return null
      try {
        return await read<Me>('/api/me', {}, signal)
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) {
          rememberSignedIn(false)
          return null
        }
        throw error
      }
    },
  })
}

/** Whether this browser signed in before. The login itself is a cookie that no script can read; a visitor is not asked about. */
function wasSignedIn(): boolean {
  try {
    return window.localStorage.getItem(kept) === '1'
  } catch {
    return true
  }
}

/** Kept over visits, so that the page knows whether to ask the node who is there. */
export function rememberSignedIn(yes: boolean): void {
  try {
    if (yes) window.localStorage.setItem(kept, '1')
    else window.localStorage.removeItem(kept)
  } catch {
    // Without storage the page asks every time, which only costs one request.
  }
}
