import type { DatasetItem, PropertyItem } from '@nhip/node/catalogue/contract'
import type { LatestItem } from '@nhip/node/observations/contract'

export interface Card {
  property: PropertyItem
  dataset: DatasetItem
}

/** A dataset expected at least daily is live: its figures belong on the first page. */
const day = 86_400

/** Live numeric properties with the dataset that answers for them, the most frequent first. */
export function cardsOf(
  properties: readonly PropertyItem[],
  datasets: readonly DatasetItem[],
  most = 12,
): Card[] {
  const byCode = new Map(datasets.map((dataset) => [dataset.code, dataset]))
  const cards: Card[] = []
  for (const property of properties) {
    if (property.kind === 'text') continue
    const code = property.preferredDataset ?? property.datasets[0]
    const dataset = code === undefined ? undefined : byCode.get(code)
    if (!dataset || dataset.retiredAt || dataset.expectedEveryS === null || dataset.expectedEveryS > day)
      continue
    cards.push({ property, dataset })
  }
  // What comes most often first: it is what a shift looks at.
  cards.sort((a, b) => a.dataset.expectedEveryS! - b.dataset.expectedEveryS!)
  return cards.slice(0, most)
}

export interface Gathered {
  value: number | null
  how: 'sum' | 'mean' | 'one'
  places: number
  /** The place that deserves a look: the greatest value, the least where less is worse. */
  extreme: LatestItem | null
  newest: number
}

/**
 * The newest values of all places in one number, put together as the property declares. Places that fell silent for
 * more than three expected intervals before the newest are left out: an old reading is not part of "now".
 */
export function gather(items: readonly LatestItem[], property: PropertyItem, everyS: number): Gathered {
  const known = items.filter((item) => item.value !== null)
  const newest = Math.max(0, ...known.map((item) => Date.parse(item.t)))
  const now = known.filter((item) => newest - Date.parse(item.t) <= Math.max(3 * everyS, 3600) * 1000)
  const values = now.map((item) => item.value as number)
  const places = new Set(now.map((item) => item.entity)).size
  const sum = values.reduce((a, b) => a + b, 0)
  const lessIsWorse = property.higherIs === 'better'
  let extreme: LatestItem | null = null
  for (const item of now) {
    const beyond =
      extreme === null || (lessIsWorse ? item.value! < extreme.value! : item.value! > extreme.value!)
    if (beyond) extreme = item
  }
  if (now.length === 0) return { value: null, how: 'one', places: 0, extreme, newest }
  if (now.length === 1) return { value: sum, how: 'one', places: 1, extreme, newest }
  if (property.overUnits === 'sum' || property.overUnits === 'count')
    return { value: sum, how: 'sum', places, extreme, newest }
  if (property.overUnits === 'ratio' && now.every((item) => item.num !== undefined && item.den)) {
    const num = now.reduce((a, item) => a + item.num!, 0)
    const den = now.reduce((a, item) => a + item.den!, 0)
    return { value: num / den, how: 'mean', places, extreme, newest }
  }
  return { value: sum / now.length, how: 'mean', places, extreme, newest }
}
