import type { NewObservation } from '@nhip/node/observations/observations'

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
