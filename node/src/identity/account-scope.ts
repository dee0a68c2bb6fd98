import type { Caller } from '../http/caller.ts'
import type { Account, Membership } from './store.ts'

declare const made: unique symbol

/**
 * Which accounts a caller may see. Queries of accounts take one as an argument and only `accountScope` and
 * `everyAccount` make them, so a list without its filter does not compile.
 */
export interface AccountScope {
  readonly [made]: 'accounts'
  shows(account: Account): boolean
}

/** Accounts with a role in the units over which the caller may read accounts, and the caller's own. */
export function accountScope(caller: Caller): AccountScope {
  return scope(
    ({ id, memberships }) =>
      id === caller.id ||
      caller.holds('users.read', null) ||
      memberships.some(({ unit }) => caller.holds('users.read', unit)),
  )
}

/** For what the program itself decides, never for an answer. */
export const everyAccount = scope(() => true)

function scope(shows: AccountScope['shows']): AccountScope {
  return { shows } as AccountScope
}

/** The memberships of an account that the caller may see. */
export function shownMemberships(caller: Caller, account: Account): Membership[] {
  if (account.id === caller.id) return account.memberships
  return account.memberships.filter(({ unit }) => caller.holds('users.read', unit))
}

/** Whether an account lies wholly in the units over which the caller manages accounts: nobody changes half a person. */
export function mayChange(caller: Caller, memberships: readonly Membership[]): boolean {
  return (
    caller.holds('users.write', null) ||
    (memberships.length > 0 && memberships.every(({ unit }) => caller.holds('users.write', unit)))
  )
}
