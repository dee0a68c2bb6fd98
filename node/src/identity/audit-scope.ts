import { civilDay } from '@nhip/calendar/instant'
import { sql } from 'kysely'
import type { Caller } from '../http/caller.ts'
import { everyAccount } from './account-scope.ts'
import type { Identity } from './identity.ts'
import { readAccounts } from './store.ts'

declare const made: unique symbol

/**
 * Which rows of the audit a caller may read. Searches take one as an argument, and only `auditScope` makes them.
 * Over the whole node: all. Over units: what was done by or to accounts that lie wholly in them, and what was done with
 * datasets they own; of a row about a dataset the dataset decides, whoever acted.
 */
export interface AuditScope {
  readonly [made]: 'audit'
  readonly within: { accounts: readonly string[]; datasets: readonly string[] } | null
}

/** For what the program itself reads, never for an answer to a caller. */
export const wholeAudit = scope(null)

export async function auditScope(identity: Identity, caller: Caller): Promise<AuditScope> {
  if (caller.holds('audit.read', null)) return wholeAudit
  const accounts = await readAccounts(identity.records, everyAccount, civilDay(identity.now()))
  const datasets = await identity.records.read<{ code: string; owner: string | null }>(
    () => sql`SELECT code, owner_unit_id AS owner FROM dataset`,
  )
  return scope({
    accounts: accounts
      .filter(
        ({ memberships }) =>
          memberships.length > 0 && memberships.every(({ unit }) => caller.holds('audit.read', unit)),
      )
      .map(({ id }) => id),
    datasets: datasets
      .filter((dataset) => caller.within(dataset) && caller.holds('audit.read', dataset.owner))
      .map(({ code }) => code),
  })
}

function scope(within: AuditScope['within']): AuditScope {
  return { within } as AuditScope
}

/** The scope as a condition on the table `audit`. */
export function inAuditScope({ within }: AuditScope) {
  if (within === null) return sql<boolean>`true`
  const accounts = sql`${within.accounts as string[]}::text[]`
  return sql<boolean>`CASE WHEN audit.target_type = 'dataset' THEN audit.target_id = ANY(${within.datasets as string[]}::text[])
    ELSE audit.actor = ANY(${accounts}) OR (audit.target_type = 'user' AND audit.target_id = ANY(${accounts})) END`
}
