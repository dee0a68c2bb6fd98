import type { NewObservation } from '@nhip/node/observations/observations'
import type { BenchNode } from './node.ts'

/** Readings of a made-up sensor network, plain and in order: what a busy gateway sends. */
export const STATIONS = 1_000
export const START = Date.UTC(2026, 0, 1)

export function reading(station: number, step: number, everyMs: number): NewObservation {
  return {
    dataset: 'bench-air',
    entity: `urn:nhip:AirStation:${String(station).padStart(4, '0')}`,
    property: 'pm25',
    breakdown: '',
    from: START + step * everyMs,
    to: null,
    value:
      Math.round(
        (20 + 15 * Math.sin(step / 40 + station) + ((station * 7919 + step * 104_729) % 100) / 10) * 10,
      ) / 10,
    uom: 1,
    status: 'A',
    quality: 0,
    source: 'bench',
  }
}

/** Tells a node what the network measures, and that its stations may be made by their first readings. */
export async function describeSensors(node: BenchNode): Promise<void> {
  await node.call('POST', '/api/datasets', {
    code: 'bench-air',
    name: { vi: 'Đo thử', en: 'Benchmark' },
    autoCreate: true,
  })
  await node.call('POST', '/api/properties', {
    code: 'pm25',
    name: { vi: 'Bụi mịn PM2.5', en: 'PM2.5' },
    kind: 'number',
    uom: 'ug/m3',
    overPeriods: 'mean',
    overUnits: 'mean',
  })
}

/** Sends a reading of every station in one request. */
export async function sendReadings(node: BenchNode, step: number, everyMs: number): Promise<void> {
  const observations = Array.from({ length: STATIONS }, (_, station) => {
    const { entity, property, from, value } = reading(station, step, everyMs)
    return { entity, property, at: new Date(from).toISOString(), value }
  })
  await node.call('POST', '/api/observations', { dataset: 'bench-air', observations })
}
