import { Type } from 'typebox'
import { type Route, route } from '../http/declare.ts'
import { Page, Paging } from '../http/paging.ts'
import { auditScope } from './audit-scope.ts'
import { type ShownAuditRow, searchAudit } from './audit-store.ts'
import { AuditItem } from './contract.ts'
import type { Identity } from './identity.ts'

const Instant = Type.String({ format: 'date-time' })
const Word = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 300, description }))

/** Who did what, when, to what: the audit as far as the caller's units reach. */
export function auditRoutes(identity: Identity): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/audit',
      summary: 'The audit, newest first',
      query: Type.Object(
        {
          ...Paging,
          actor: Word('user id, user name, or a name such as `system`'),
          action: Word('beginning of the action, such as `user.`'),
          target: Word('type, type:id or id'),
          from: Type.Optional(Instant),
          to: Type.Optional(Instant),
          result: Word('`ok`, or the code of a refusal'),
          text: Word('part of what was changed, or of the reason'),
        },
        { additionalProperties: false },
      ),
      permission: 'audit.read',
      responses: { 200: { description: 'Rows of the audit', body: Page(AuditItem) } },
      async handle({ query, caller, cursor, nextCursor }) {
        const { limit = 50, cursor: _, ...search } = query
        const before = cursor() as number | undefined
        const rows = await searchAudit(identity.records, await auditScope(identity, caller), {
          ...search,
          limit: limit + 1,
          ...(before === undefined ? {} : { before }),
        })
        const page = rows.slice(0, limit)
        const last = page.at(-1)
        return {
          status: 200,
          body: {
            items: page.map(itemOf),
            nextCursor: last && rows.length > limit ? nextCursor(Number(last.n)) : null,
          },
        }
      },
    }),
  ]
}

function itemOf({ targetType, targetId, targetVersion, ledgerIndex, n, ...row }: ShownAuditRow): AuditItem {
  return {
    ...row,
    n: Number(n),
    target: { type: targetType, id: targetId, version: targetVersion },
    ledgerIndex: ledgerIndex === null ? null : Number(ledgerIndex),
  }
}
