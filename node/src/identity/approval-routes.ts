import { Type } from 'typebox'
import type { Caller } from '../http/caller.ts'
import { type Route, route } from '../http/declare.ts'
import { Page, Paging } from '../http/paging.ts'
import { readApprovals, type StoredApproval } from './approval-store.ts'
import { ApprovalItem, approvalStates, FourEyesActionItem, fourEyesActions } from './contract.ts'
import { actionNames, type FourEyes } from './four-eyes.ts'
import type { Identity } from './identity.ts'

const closed = { additionalProperties: false } as const
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Reason = Type.String({ minLength: 1, maxLength: 2000 })

/** Requests that take two persons. */
export function approvalRoutes({ identity, fourEyes }: { identity: Identity; fourEyes: FourEyes }): Route[] {
  const itemOf = (caller: Caller, asked: StoredApproval): ApprovalItem => ({
    id: asked.id,
    action: asked.action,
    actionName: actionNames[asked.action],
    target: asked.target,
    unit: asked.unit,
    change: asked.change,
    before: asked.before,
    reason: asked.reason,
    requestedBy: asked.requester,
    requestedAt: asked.requestedAt,
    expiresAt: asked.expiresAt,
    state: asked.state,
    decidedBy: asked.decider,
    decidedAt: asked.decidedAt,
    decisionReason: asked.decisionReason,
    problem: asked.problem as ApprovalItem['problem'],
    mayDecide: asked.state === 'pending' && fourEyes.mayDecide(caller, asked),
  })
  const item = async (caller: Caller, id: string) => itemOf(caller, await fourEyes.find(caller, id))

  return [
    route({
      method: 'GET',
      path: '/api/approvals/actions',
      summary: 'Which actions take two persons on this node',
      permission: 'signed-in',
      responses: { 200: { description: 'Actions', body: Page(FourEyesActionItem) } },
      handle: () => ({
        status: 200,
        body: {
          items: fourEyesActions.map((action) => ({
            action,
            name: actionNames[action],
            required: fourEyes.isRequired(action),
          })),
          nextCursor: null,
        },
      }),
    }),
    route({
      method: 'GET',
      path: '/api/approvals',
      summary: 'Requests that the caller made or could decide, newest first',
      query: Type.Object({ ...Paging, state: Type.Optional(Type.Enum(approvalStates)) }, closed),
      permission: 'signed-in',
      responses: { 200: { description: 'Requests', body: Page(ApprovalItem) } },
      async handle({ query, caller, cursor, nextCursor }) {
        await fourEyes.tidy()
        const limit = query.limit ?? 50
        const items: ApprovalItem[] = []
        let before = cursor() as string | undefined
        // Requests are few; those of others are passed over until the page is full.
        for (;;) {
          const found = await readApprovals(identity.records, { state: query.state, before, limit: 500 })
          for (const asked of found)
            if (items.length <= limit && fourEyes.maySee(caller, asked)) items.push(itemOf(caller, asked))
          before = found.at(-1)?.id
          if (found.length < 500 || items.length > limit) break
        }
        const page = items.slice(0, limit)
        return {
          status: 200,
          body: { items: page, nextCursor: items.length > limit ? nextCursor(page.at(-1)!.id) : null },
        }
      },
    }),
    route({
      method: 'POST',
      path: '/api/approvals',
      summary: 'Ask for an action that takes a second person',
      description:
        'dataset.open: target is a dataset, change {"class"} or {"personal"}. user.grant: target is a user name, change {"memberships"}. role.widen: target is a role, change {"permissions"}.',
      body: Type.Object(
        {
          action: Type.Enum(fourEyesActions),
          target: Type.String({ minLength: 1, maxLength: 300 }),
          change: Type.Record(Type.String(), Type.Unknown()),
          reason: Reason,
        },
        closed,
      ),
      permission: 'signed-in',
      audit: 'approval.request',
      idempotent: true,
      responses: { 201: { description: 'Asked', body: ApprovalItem } },
      async handle({ body, caller, actor }) {
        const id = await fourEyes.request(caller, actor, body)
        return {
          status: 201,
          body: await item(caller, id),
          headers: { location: `/api/approvals/${id}` },
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/approvals/{id}',
      summary: 'One request',
      params: ById,
      permission: 'signed-in',
      responses: { 200: { description: 'The request', body: ApprovalItem } },
      handle: async ({ params, caller }) => ({ status: 200, body: await item(caller, params.id) }),
    }),
    route({
      method: 'POST',
      path: '/api/approvals/{id}/approve',
      summary: 'Approve a request of somebody else and carry it out',
      description:
        '409 `changed-meanwhile` when what it replaces is no longer as it was when it was asked for: the request has failed.',
      params: ById,
      body: Type.Object({ reason: Type.Optional(Reason) }, closed),
      permission: 'signed-in',
      audit: 'approval.approve',
      responses: { 200: { description: 'Applied, or failed with the problem', body: ApprovalItem } },
      async handle({ params, body, caller, actor }) {
        await fourEyes.approve(caller, actor, params.id, body.reason ?? null)
        return { status: 200, body: await item(caller, params.id) }
      },
    }),
    route({
      method: 'POST',
      path: '/api/approvals/{id}/reject',
      summary: 'Reject a request of somebody else',
      params: ById,
      body: Type.Object({ reason: Reason }, closed),
      permission: 'signed-in',
      audit: 'approval.reject',
      responses: { 200: { description: 'Rejected', body: ApprovalItem } },
      async handle({ params, body, caller, actor }) {
        await fourEyes.reject(caller, actor, params.id, body.reason)
        return { status: 200, body: await item(caller, params.id) }
      },
    }),
    route({
      method: 'POST',
      path: '/api/approvals/{id}/withdraw',
      summary: "Take one's own request back",
      params: ById,
      permission: 'signed-in',
      audit: 'approval.withdraw',
      responses: { 200: { description: 'Withdrawn', body: ApprovalItem } },
      async handle({ params, caller, actor }) {
        await fourEyes.withdraw(caller, actor, params.id)
        return { status: 200, body: await item(caller, params.id) }
      },
    }),
  ]
}
