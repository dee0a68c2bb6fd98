import type { Problem } from '@nhip/canonical/problem'
import type { Entity } from '../catalogue/catalogue.ts'
import type { PropertyTerms } from '../catalogue/contract.ts'
import { problemItem } from '../http/problem.ts'

/** What is known of the entity that a value is about: stored, or to be created with it. */
export type Subject = Pick<Entity, 'type'> & Partial<Pick<Entity, 'unit' | 'attributes'>>

/**
 * Whether a value may stand in its dataset at all: its entity is of a kind that the contract names, its breakdown one of
 * those it lists. `unit:commune` names a level of administrative units, `unit` all of them.
 */
export function fitTerms(
  { entityTypes, breakdowns }: PropertyTerms,
  property: string,
  breakdown: string,
  subject: () => Subject,
): Problem | null {
  if (breakdowns && !breakdowns.includes(breakdown))
    return problemItem(
      'breakdown-not-in-contract',
      { property, breakdown, allowed: breakdowns.map((one) => `"${one}"`).join(', ') },
      { value: breakdown },
    )
  if (!entityTypes) return null
  const { type, attributes } = subject()
  const level = attributes?.level
  const kinds = type === 'unit' && typeof level === 'string' ? ['unit', `unit:${level}`] : [type]
  return kinds.some((kind) => entityTypes.includes(kind))
    ? null
    : problemItem(
        'entity-kind-not-in-contract',
        { property, kind: kinds.at(-1)!, allowed: entityTypes.join(', ') },
        { value: kinds.at(-1)! },
      )
}
