import type { PropertyItem } from '@nhip/node/catalogue/contract'
import type { SnapshotAnswer, Status } from '@nhip/node/observations/contract'
import { type Classes, classify, classOf, type Method } from './classes.ts'
import type { Drawn } from './national-svg.tsx'
import { noData, ramp } from './palette.ts'

/** Statuses that say "worked out, not published": drawn hatched and marked in the table. */
export function isEstimated(status: Status): boolean {
  return status === 'E' || status === 'I' || status === 'F'
}

export interface Drawing {
  items: Drawn[]
  classes: Classes | null
  colours: string[]
  estimated: number
  missing: number
}

/** Classes of all values of a snapshot. */
export function classesOf(snapshot: SnapshotAnswer, method: Method, k: number): Classes | null {
  return classify(
    snapshot.items.map((item) => item.value),
    method,
    k,
  )
}

/** What a map shows of a snapshot: the class and colour of each item, and the words read beside its name. */
export function drawing(
  snapshot: SnapshotAnswer,
  property: PropertyItem | undefined,
  classes: Classes | null,
  words: (item: SnapshotAnswer['items'][number]) => string,
): Drawing {
  const colours = ramp(classes ? classes.breaks.length + 1 : 1, property?.higherIs ?? null)
  const items = snapshot.items.map((item) => ({
    code: item.code ?? '',
    entity: item.entity,
    name: item.name,
    text: words(item),
    colour: item.value === null || !classes ? noData : colours[classOf(item.value, classes.breaks)]!,
    estimated: item.value !== null && isEstimated(item.status),
    lon: item.lon,
    lat: item.lat,
  }))
  return {
    items,
    classes,
    colours,
    estimated: items.filter((item) => item.estimated).length,
    missing: snapshot.items.filter((item) => item.value === null).length,
  }
}
