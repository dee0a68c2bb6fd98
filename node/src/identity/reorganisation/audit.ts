import type { Unit } from '@nhip/territory/unit'
import type { AuditEntry } from '../../records/contract.ts'
import type { Order } from './contract.ts'
import type { Changed } from './reorganise.ts'

/** A row of the audit for each step of an order, with the act it rests on. */
export function auditOf({ steps }: Changed, { on, act, reason }: Order): AuditEntry[] {
  return steps.map(({ step, before, after }) => ({
    action: `unit.${step.do}`,
    targetType: 'unit',
    targetId: (before ?? after)!.id,
    ...(before === null ? {} : { before: shown(before, on) }),
    after: {
      on,
      ...(after === null ? {} : shown(after, on)),
      ...('into' in step ? { into: step.into } : {}),
    },
    legalBasis: act,
    ...(reason === undefined ? {} : { reason }),
  }))
}

function shown({ id, code, name, kind, parents }: Unit, on: string) {
  const above = parents.find(({ valid }) => valid.from <= on && (valid.to === null || on < valid.to))
  return { id, code, name, kind, parent: above?.id ?? null }
}
