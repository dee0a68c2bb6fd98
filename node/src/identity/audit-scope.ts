import { civilDay } from '@nhip/calendar/instant'
import { sql } from 'kysely'
import type { Caller } from '../http/caller.ts'
import { everyAccount } from './account-scope.ts'
import type { Identity } from './identity.ts'
import { readAccounts } from './store.ts'

declare const made: unique symbol

/**
 * Which rows of the audit a caller may read. Searches take one as an argument, and only `auditScope` makes them.
 *
 * - Over the whole node: all. Over units: what was done by or to accounts that lie wholly in them, and what was done with
 *   datasets they own.
 * - By a token for certain datasets: what was done with those of them that these rules show, and to its own account.
 *
 * Of a row about a dataset, an import into it or a figure of it the dataset decides, whoever acted.
 */
export interface AuditScope {
  readonly [made]: 'audit'
  readonly within: {
    actors: readonly string[]
    accounts: readonly string[]
    datasets: readonly string[]
  } | null
}

/** For what the program itself reads, never for an answer to a caller. */
export const wholeAudit = scope(null)

export async function auditScope(identity: Identity, caller: Caller): Promise<AuditScope> {
  if (caller.datasets === null && caller.holds('audit.read', null)) return wholeAudit
  const datasets = await identity.records.read<{ code: string; owner: string | null }>(
    () => sql`SELECT code, owner_unit_id AS owner FROM dataset`,
  )
  const codes = datasets
    .filter((dataset) => caller.within(dataset) && caller.holds('audit.read', dataset.owner))
    .map(({ code }) => code)
  if (caller.datasets !== null)
    return scope({ actors: [], accounts: caller.id === null ? [] : [caller.id], datasets: codes })
  const accounts = await readAccounts(identity.records, everyAccount, civilDay(identity.now()))
  const ids = accounts
    .filter(
      ({ memberships }) =>
        memberships.length > 0 && memberships.every(({ unit }) => caller.holds('audit.read', unit)),
    )
    .map(({ id }) => id)
  return scope({ actors: ids, accounts: ids, datasets: codes })
}

function scope(within: AuditScope['within']): AuditScope {
  return { within } as AuditScope
}

/** The dataset that a row of the table `audit` is about; null when it is about none. */
const aboutDataset = sql`CASE audit.target_type
  WHEN 'dataset' THEN audit.target_id
  WHEN 'observation' THEN split_part(audit.target_id, ' ', 1)
  WHEN 'import' THEN (SELECT i.dataset_code FROM import i WHERE i.id = audit.target_id::uuid)
  END`

/** The scope as a condition on the table `audit`. */
export function inAuditScope({ within }: AuditScope) {
  if (within === null) return sql<boolean>`true`
  const texts = (values: readonly string[]) => sql`${values as string[]}::text[]`
  return sql<boolean>`CASE WHEN ${aboutDataset} IS NOT NULL THEN ${aboutDataset} = ANY(${texts(within.datasets)})
    ELSE audit.actor = ANY(${texts(within.actors)})
      OR (audit.target_type = 'user' AND audit.target_id = ANY(${texts(within.accounts)})) END`
}
