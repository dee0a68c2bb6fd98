import { choose } from '@nhip/random/sampling'
import { RandomStream, type Seed } from '@nhip/random/stream'
import { airStations, detectors, powerMeters, rainGauges, riverStations } from './places.ts'

export type TruthKind =
  | 'episode'
  | 'spike'
  | 'drift'
  | 'stuck'
  | 'gap'
  | 'clock-jump'
  | 'flap'
  | 'late'
  | 'duplicate'
  | 'uom-error'

/** Something that was put into the demo data on purpose. Tests of detectors read this list; the node never does. */
export interface Truth {
  id: string
  kind: TruthKind
  /** Entity id, or '*' for every entity of the property. */
  entity: string
  property: string
  /** Epoch milliseconds, half-open. */
  from: number
  to: number
  /** How much: a factor, an offset or a delay, as the kind needs. */
  size: number
  /** Quality codes or alert rules that ought to notice. */
  expect: string[]
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Midnight of civil day 0 (1970-01-01) at +07:00. */
const MIDNIGHT = -7 * HOUR

/** All that was injected into the days `[firstDay, lastDay]`: one of each kind a week, at seeded times and places. */
export function truth(seed: Seed, firstDay: number, lastDay: number): Truth[] {
  const found: Truth[] = []
  // An episode may begin in the week before; weeks start on Monday, civil day 0 was a Thursday.
  for (let week = Math.floor((firstDay + 3) / 7) - 1; week <= Math.floor((lastDay + 3) / 7); week++)
    found.push(...ofWeek(seed, week))
  const begin = MIDNIGHT + firstDay * DAY
  const end = MIDNIGHT + (lastDay + 1) * DAY
  return found.filter((item) => item.from < end && item.to > begin)
}

function ofWeek(seed: Seed, week: number): Truth[] {
  const stream = new RandomStream(seed, ['truth', week])
  const monday = MIDNIGHT + (week * 7 - 3) * DAY
  const air = airStations(seed)
  const roads = detectors(seed)
  const somewhen = (hours: number) => monday + stream.integer(0, 7 * 24 - Math.ceil(hours) - 1) * HOUR
  const item = (
    kind: TruthKind,
    entity: string,
    property: string,
    hours: number,
    size: number,
    expect: string[],
    from = somewhen(hours),
  ): Truth => ({
    id: `${week}-${kind}-${property}`,
    kind,
    entity,
    property,
    from,
    to: from + hours * HOUR,
    size,
    expect,
  })
  const morning = (day: number) => monday + day * DAY + 7 * HOUR
  return [
    item('episode', '*', 'pm25', 30, 2.1, ['pm25-high'], monday + stream.integer(0, 4) * DAY + 20 * HOUR),
    item(
      'episode',
      choose(stream, roads).id,
      'vehicle-flow',
      1.5,
      0.25,
      ['traffic-drop'],
      morning(stream.integer(0, 4)),
    ),
    item('spike', choose(stream, air).id, 'pm25', 1 / 12, 8, ['rate']),
    item('drift', choose(stream, air).id, 'pm25', 72, 0.6, ['neighbour']),
    item('stuck', choose(stream, air).id, 'pm25', 6, 0, ['stuck']),
    item('gap', choose(stream, roads).id, 'vehicle-flow', 4, 0, ['stale']),
    item('clock-jump', choose(stream, rainGauges(seed)).id, 'rain-rate', 3, 1, ['out-of-order']),
    item('flap', choose(stream, riverStations(seed)).id, 'river-level', 3, 15, ['river-high']),
    item('late', choose(stream, powerMeters(seed)).id, 'power', 2, 2, ['late']),
    item('duplicate', choose(stream, roads).id, 'vehicle-flow', 1, 1.1, ['duplicate']),
    item('uom-error', choose(stream, air).id, 'pm25', 2, 1000, ['hard-range']),
  ]
}
