import { uomById } from '@nhip/quantity/table'
import type { LatestItem } from './contract.ts'
import type { StoredObservation } from './observations.ts'
import { qualityCodes } from './quality.ts'
import { instantText } from './read-times.ts'

/** The code of a unit of measure by its number in the store; null for none. */
export function uomCode(id: number | undefined): string | null {
  return id === undefined || id === 0 ? null : (uomById(id)?.code ?? null)
}

/** A stored row as `GET /api/latest` and its neighbours show it. */
export function itemOf(row: StoredObservation): LatestItem {
  const item: LatestItem = {
    dataset: row.dataset,
    entity: row.entity,
    property: row.property,
    breakdown: row.breakdown,
    t: instantText(row.from),
    value: row.value,
    uom: uomCode(row.uom),
    status: row.status,
    quality: qualityCodes(row.quality),
    source: row.source,
    recorded: instantText(row.recordedAt),
  }
  if (row.to !== null) item.end = instantText(row.to)
  if (row.num !== undefined) item.num = row.num
  if (row.den !== undefined) item.den = row.den
  if (row.text !== undefined) item.text = row.text
  if (row.publishedAt !== undefined) item.published = instantText(row.publishedAt)
  return item
}
