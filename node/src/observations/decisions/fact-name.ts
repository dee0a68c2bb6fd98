import { formatInstant } from '@nhip/calendar/instant'
import type { StoredObservation } from '../observations.ts'

/** The name under which decisions about a fact stand in the audit: its series and its valid time. */
export function factName({
  dataset,
  entity,
  property,
  breakdown,
  from,
  to,
}: Pick<StoredObservation, 'dataset' | 'entity' | 'property' | 'breakdown' | 'from' | 'to'>): string {
  const time = to === null ? formatInstant(from) : `${formatInstant(from)}/${formatInstant(to)}`
  return [dataset, entity, property, ...(breakdown === '' ? [] : [breakdown]), time].join(' ')
}
