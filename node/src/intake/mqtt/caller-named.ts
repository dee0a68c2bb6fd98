import type { Caller } from '../../http/caller.ts'
import type { Identity } from '../../identity/identity.ts'
import { findCredential } from '../../identity/store.ts'

/** How long a user is believed without asking the database again. */
const believedMs = 5_000

/** Users by name, for a broker that has recognised them itself. */
export function callersByName(
  identity: Pick<Identity, 'callerOf' | 'records'>,
): (name: string) => Promise<Caller | null> {
  const believed = new Map<string, { caller: Promise<Caller | null>; until: number }>()
  return (name) => {
    const now = performance.now()
    const known = believed.get(name)
    if (known && known.until > now) return known.caller
    if (believed.size > 10_000) believed.clear()
    const caller = findCredential(identity.records, name).then((user) =>
      user && user.disabledAt === null ? identity.callerOf(user.id) : null,
    )
    believed.set(name, { caller, until: now + believedMs })
    caller.catch(() => believed.delete(name))
    return caller
  }
}
