import { civilDay } from '@nhip/calendar/instant'
import { contentHash } from '@nhip/canonical/content-hash'
import type { Message } from '@nhip/canonical/problem'
import type { Caller } from '../http/caller.ts'
import { failureOf } from '../http/failure.ts'
import { type HttpProblem, refuse } from '../http/problem.ts'
import { type Actor, RecordsError, SYSTEM } from '../records/contract.ts'
import { everyAccount } from './account-scope.ts'
import {
  decide,
  expireApprovals,
  findApproval,
  insertApproval,
  type StoredApproval,
  settle,
  unsettled,
} from './approval-store.ts'
import type { FourEyesAction } from './contract.ts'
import type { Identity } from './identity.ts'
import type { Permission } from './permissions.ts'
import { readAccounts } from './store.ts'

const changedMeanwhile = 'changed-meanwhile'

/** A request waits this long for the second person. */
const lifeMs = 7 * 24 * 3600 * 1000

/** What the actions are called. */
export const actionNames: Record<FourEyesAction, Message> = {
  'dataset.open': { vi: 'Giảm mức hạn chế của bộ dữ liệu', en: 'Make a dataset less restricted' },
  'user.grant': { vi: 'Trao quyền quản trị hoặc phê duyệt', en: 'Give power to manage accounts or approve' },
  'role.widen': { vi: 'Thêm quyền cho vai trò', en: 'Let a role allow more' },
}

/** How an action that takes two persons is checked and carried out; each room brings its own. */
export interface FourEyesHandler {
  /** What whoever asks must hold over the unit of the target; who decides must hold it too, or `decisions.approve`. */
  permission: Permission
  /**
   * Looks at the target. Called when it is asked and again, as the one who asked, before it is carried out.
   *
   * @throws a problem when there is no such target, the change has not its shape, or the caller may not ask for it
   */
  check(caller: Caller, target: string, change: Record<string, unknown>): Promise<Checked>
  /** Carries the change out. `checked` is what was looked at. @throws 412 when it has changed since */
  apply(actor: Actor, target: string, change: Record<string, unknown>, checked: Checked): Promise<void>
}

/** A target as it is now. */
export interface Checked {
  /** The unit it belongs to; null for the whole node. */
  unit: string | null
  /** What the change would replace. Two persons agree on the step from here, so it has to start from here. */
  before: Record<string, unknown>
  /** Version of the stored target. */
  version: number
}

/**
 * Actions that take two persons: one asks with a reason, another one decides before the request expires, and both are in
 * the audit. Where nobody else could decide there is nothing to wait for, and the action is carried out at once.
 */
export class FourEyes {
  readonly #identity: Identity
  readonly #required: ReadonlySet<FourEyesAction>
  readonly #handlers = new Map<FourEyesAction, FourEyesHandler>()

  constructor(identity: Identity, required: readonly FourEyesAction[]) {
    this.#identity = identity
    this.#required = new Set(required)
  }

  register(action: FourEyesAction, handler: FourEyesHandler): void {
    this.#handlers.set(action, handler)
  }

  /** Whether this node asks for a second person. */
  isRequired(action: FourEyesAction): boolean {
    return this.#required.has(action)
  }

  /** @throws 409 `approval-needed` when the action takes two persons and a second one is there */
  async demand(caller: Caller, action: FourEyesAction, unit: string | null): Promise<void> {
    if (caller.kind === 'bootstrap' || !this.isRequired(action)) return
    if (await this.#someoneElse(caller, action, unit))
      throw refuse(409, 'approval-needed', { params: { action } })
  }

  /** Asks for an action. @returns the id of the request */
  async request(
    caller: Caller,
    actor: Actor,
    asked: Pick<StoredApproval, 'action' | 'target' | 'change' | 'reason'>,
  ): Promise<string> {
    const { action, target, change, reason } = asked
    if (caller.id === null) throw refuse(403, 'four-eyes-person')
    const requestedBy = caller.id
    const handler = this.#handler(action)
    const { unit, before } = await handler.check(caller, target, change)
    if (!this.isRequired(action) || !(await this.#someoneElse(caller, action, unit)))
      throw refuse(409, 'approval-not-needed', { params: { action } })
    await this.tidy()
    const expiresAt = new Date(this.#identity.now() + lifeMs).toISOString()
    try {
      return await this.#identity.records.tx(actor, async (tx) => {
        const id = await insertApproval(tx, {
          action,
          target,
          unit,
          change,
          before,
          reason,
          requestedBy,
          expiresAt,
        })
        tx.audit({
          action: 'approval.request',
          targetType: 'approval',
          targetId: id,
          before,
          after: { action, target, change },
          reason,
        })
        return id
      })
    } catch (error) {
      if (error instanceof RecordsError && error.code === 'unique')
        throw refuse(409, 'approval-pending', { params: { action, target } })
      throw error
    }
  }

  /** Whether the caller may decide a request: another person, signed in, who could do it or approve it. */
  mayDecide(caller: Caller, { action, unit, requestedBy }: StoredApproval): boolean {
    return caller.kind === 'user' && caller.id !== requestedBy && this.#mayJudge(caller, action, unit)
  }

  /** Whether the caller sees a request: their own, and those over units for which they could decide. */
  maySee(caller: Caller, { action, unit, requestedBy }: StoredApproval): boolean {
    return caller.id === requestedBy || this.#mayJudge(caller, action, unit)
  }

  /**
   * Approves a request and carries it out. A request that has become impossible ends as failed, with the problem.
   *
   * @throws 409 `changed-meanwhile`, which ends it as well: what was approved is not what is there
   */
  async approve(caller: Caller, actor: Actor, id: string, reason: string | null): Promise<void> {
    const asked = await this.#pending(caller, id)
    this.#demandSecondPerson(caller, asked)
    const { records } = this.#identity
    await records.tx(actor, async (tx) => {
      if (!(await decide(tx, id, { state: 'applying', by: caller.id ?? '', reason })))
        throw refuse(409, 'approval-decided')
      tx.audit({ action: 'approval.approve', targetType: 'approval', targetId: id, ...said(reason) })
    })
    let problem: HttpProblem | null = null
    try {
      await this.#carryOut(caller, actor, asked)
    } catch (error) {
      problem = failureOf(error)
    }
    await records.tx(actor, async (tx) => {
      const state = problem === null ? 'applied' : 'failed'
      const document = problem === null ? null : { vi: problem.document('vi'), en: problem.document('en') }
      await settle(tx, id, { state, problem: document })
      tx.audit({
        action: 'approval.apply',
        targetType: 'approval',
        targetId: id,
        result: problem?.code ?? 'ok',
      })
    })
    if (problem?.code === changedMeanwhile) throw problem
  }

  async reject(caller: Caller, actor: Actor, id: string, reason: string): Promise<void> {
    const asked = await this.#pending(caller, id)
    this.#demandSecondPerson(caller, asked)
    await this.#end(actor, id, { state: 'rejected', by: caller.id ?? '', reason })
  }

  /** Takes one's own request back. */
  async withdraw(caller: Caller, actor: Actor, id: string): Promise<void> {
    const asked = await this.#pending(caller, id)
    if (caller.id !== asked.requestedBy) throw refuse(403, 'approval-not-yours')
    await this.#end(actor, id, { state: 'withdrawn', by: asked.requestedBy, reason: null })
  }

  /** A request that the caller may see. @throws 404 */
  async find(caller: Caller, id: string): Promise<StoredApproval> {
    const found = await findApproval(this.#identity.records, id)
    if (!found || !this.maySee(caller, found)) throw refuse(404, 'unknown-approval')
    return found
  }

  /** Ends requests whose time is over. */
  async tidy(): Promise<void> {
    const { records, now } = this.#identity
    const { expired } = await unsettled(records, new Date(now()).toISOString())
    if (!expired) return
    await records.tx(SYSTEM, async (tx) => {
      for (const id of await expireApprovals(tx))
        tx.audit({ action: 'approval.expire', targetType: 'approval', targetId: id })
    })
  }

  /** Marks what a crash left half carried out: nobody knows how far it came, so two persons look again. */
  async recover(): Promise<void> {
    const { records, now } = this.#identity
    const { applying } = await unsettled(records, new Date(now()).toISOString())
    if (applying.length === 0) return
    const problem = refuse(503, 'approval-interrupted')
    await records.tx(SYSTEM, async (tx) => {
      for (const id of applying) {
        await settle(tx, id, {
          state: 'failed',
          problem: { vi: problem.document('vi'), en: problem.document('en') },
        })
        tx.audit({
          action: 'approval.apply',
          targetType: 'approval',
          targetId: id,
          result: 'approval-interrupted',
        })
      }
    })
  }

  async #carryOut(decider: Caller, actor: Actor, asked: StoredApproval): Promise<void> {
    const { action, target, change, requestedBy } = asked
    const handler = this.#handler(action)
    const requester = await this.#identity.callerOf(requestedBy)
    if (!requester) throw refuse(409, 'requester-gone')
    // Rights may have changed since it was asked, on both sides, and the target may have another owner.
    const checked = await handler.check(requester, target, change)
    if (!this.#mayJudge(decider, action, checked.unit))
      throw refuse(403, 'four-eyes-rights', { params: { action } })
    if (asked.before !== null && contentHash(asked.before) !== contentHash(checked.before))
      throw refuse(409, changedMeanwhile, { params: { target } })
    await handler.apply({ ...actor, onBehalf: requestedBy }, target, change, checked)
  }

  async #end(
    actor: Actor,
    id: string,
    decision: { state: 'rejected' | 'withdrawn'; by: string; reason: string | null },
  ): Promise<void> {
    await this.#identity.records.tx(actor, async (tx) => {
      if (!(await decide(tx, id, decision))) throw refuse(409, 'approval-decided')
      const action = decision.state === 'rejected' ? 'approval.reject' : 'approval.withdraw'
      tx.audit({ action, targetType: 'approval', targetId: id, ...said(decision.reason) })
    })
  }

  async #pending(caller: Caller, id: string): Promise<StoredApproval> {
    await this.tidy()
    const asked = await this.find(caller, id)
    if (asked.state !== 'pending') throw refuse(409, 'approval-decided')
    return asked
  }

  #demandSecondPerson(caller: Caller, asked: StoredApproval): void {
    if (caller.id === asked.requestedBy) throw refuse(403, 'four-eyes-same-person')
    if (caller.kind !== 'user') throw refuse(403, 'four-eyes-person')
    if (!this.mayDecide(caller, asked))
      throw refuse(403, 'four-eyes-rights', { params: { action: asked.action } })
  }

  #mayJudge(caller: Caller, action: FourEyesAction, unit: string | null): boolean {
    return caller.holds('decisions.approve', unit) || caller.holds(this.#handler(action).permission, unit)
  }

  async #someoneElse(caller: Caller, action: FourEyesAction, unit: string | null): Promise<boolean> {
    const { records, now, reach } = this.#identity
    const { permission } = this.#handler(action)
    const accounts = await readAccounts(records, everyAccount, civilDay(now()))
    return accounts.some(
      ({ id, disabledAt, memberships }) =>
        id !== caller.id &&
        disabledAt === null &&
        memberships.some((held) => {
          const permissions = this.#identity.permissionsOf([held.role])
          return (
            (permissions.has('decisions.approve') || permissions.has(permission)) &&
            reach.covers(held.unit ?? '*', unit)
          )
        }),
    )
  }

  #handler(action: FourEyesAction): FourEyesHandler {
    const handler = this.#handlers.get(action)
    if (!handler) throw new Error(`nobody carries out ${action}`)
    return handler
  }
}

function said(reason: string | null): { reason?: string } {
  return reason === null ? {} : { reason }
}
