import { civilFromDays, dateOfDayNumber, daysFromCivil, weekdayOfDayNumber } from '@nhip/calendar/civil-date'
import type { Seed } from '@nhip/random/stream'
import { fineDust } from './air.ts'
import { hourlyCalls, topics } from './calls.ts'
import { type OfficeDay, officeDays } from './cases.ts'
import { type Sent, send } from './faults.ts'
import { STEP_MS, STEPS_A_DAY } from './noise.ts'
import {
  airStations,
  callCentre,
  detectors,
  type Place,
  powerMeters,
  rainGauges,
  riverStations,
  wardOffices,
} from './places.ts'
import { officePower } from './power.ts'
import { type DayKind, vehicleFlow } from './traffic.ts'
import { type Truth, truth } from './truth.ts'
import { gaugeRain, riverLevel } from './weather.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const OFFSET_MS = 7 * HOUR_MS

/** A reading of the demo city as a device or an office would send it. Times are epoch milliseconds. */
export interface CityReading {
  dataset: string
  entity: string
  property: string
  breakdown: string
  from: number
  to: number | null
  value: number | null
  num?: number
  den?: number
  /** When it reaches the door. */
  arrives: number
}

/** One kind of sensor: where its readings go and how they are made. */
interface Sensor {
  dataset: string
  property: string
  places: Place[]
  model(seed: Seed, place: Place, day: number, kind: DayKind): Float64Array
}

/**
 * The labelled synthetic city. Every reading is a function of (seed, place, day) alone: any day can be made again, so
 * the history, a restart and the live ticks tell one story.
 */
export class City {
  readonly #seed: Seed
  readonly #isHoliday: (date: string) => boolean
  readonly #sensors: Sensor[]
  readonly #offices: Place[]
  readonly #officeYears = new Map<string, OfficeDay[]>()
  readonly #stuck = new Map<string, number>()

  constructor(seed: Seed, isHoliday: (date: string) => boolean) {
    this.#seed = seed
    this.#isHoliday = isHoliday
    this.#sensors = [
      { dataset: 'demo-traffic', property: 'vehicle-flow', places: detectors(seed), model: vehicleFlow },
      { dataset: 'demo-air', property: 'pm25', places: airStations(seed), model: fineDust },
      { dataset: 'demo-rain', property: 'rain-rate', places: rainGauges(seed), model: gaugeRain },
      { dataset: 'demo-river', property: 'river-level', places: riverStations(seed), model: riverLevel },
      { dataset: 'demo-power', property: 'power', places: powerMeters(seed), model: officePower },
    ]
    this.#offices = wardOffices(seed)
  }

  places(): Place[] {
    return [...this.#sensors.flatMap((sensor) => sensor.places), ...this.#offices, callCentre]
  }

  /** All readings about one civil day (+07:00), by sensor; `untilMs` leaves out what would arrive at or after that instant. */
  *day(day: number, untilMs = Number.POSITIVE_INFINITY): Generator<CityReading[]> {
    const start = day * DAY_MS - OFFSET_MS
    const kind = this.#kind(day)
    const injected = truth(this.#seed, day, day)
    for (const sensor of this.#sensors) {
      for (const place of sensor.places) {
        const faults = injected.filter(
          (item) => item.property === sensor.property && (item.entity === place.id || item.entity === '*'),
        )
        const values = sensor.model(this.#seed, place, day, kind)
        const readings: CityReading[] = []
        for (let step = 0; step < STEPS_A_DAY; step++) {
          const at = start + step * STEP_MS
          for (const sent of send(at, values[step] ?? 0, faults, (fault) =>
            this.#stuckAt(sensor, place, fault),
          )) {
            if (sent.arrives < untilMs) readings.push(reading(sensor, place, sent))
          }
        }
        readings.sort((a, b) => a.arrives - b.arrives)
        yield readings
      }
    }
    yield this.#calls(day, kind).filter((call) => call.arrives < untilMs)
    yield this.#cases(day).filter((item) => item.arrives < untilMs)
  }

  /** Readings that reach the door in `[fromMs, untilMs)`, in order of arrival: what the live city sends. */
  arriving(fromMs: number, untilMs: number): CityReading[] {
    const out: CityReading[] = []
    // The longest fault holds a reading back for less than a day.
    const first = Math.floor((fromMs + OFFSET_MS) / DAY_MS) - 1
    const last = Math.floor((untilMs - 1 + OFFSET_MS) / DAY_MS)
    for (let day = first; day <= last; day++) {
      for (const readings of this.day(day, untilMs)) {
        for (const item of readings) if (item.arrives >= fromMs) out.push(item)
      }
    }
    return out.sort((a, b) => a.arrives - b.arrives)
  }

  #kind(day: number): DayKind {
    const weekday = weekdayOfDayNumber(day)
    if (weekday === 7 || this.#isHoliday(dateOfDayNumber(day))) return 'off'
    return weekday === 6 ? 'saturday' : 'working'
  }

  /** The value a stuck sensor stopped at: the true one at the beginning of the fault. */
  #stuckAt(sensor: Sensor, place: Place, fault: Truth): number {
    const known = this.#stuck.get(fault.id)
    if (known !== undefined) return known
    const day = Math.floor((fault.from + OFFSET_MS) / DAY_MS)
    const step = Math.floor((fault.from + OFFSET_MS - day * DAY_MS) / STEP_MS)
    const value = sensor.model(this.#seed, place, day, this.#kind(day))[step] ?? 0
    this.#stuck.set(fault.id, value)
    return value
  }

  #calls(day: number, kind: DayKind): CityReading[] {
    const start = day * DAY_MS - OFFSET_MS
    const centre = this.#sensors[1]?.places[0]
    const dust = centre ? fineDust(this.#seed, centre, day, kind) : new Float64Array(STEPS_A_DAY)
    const counts = hourlyCalls(this.#seed, day, (hour) => dust[hour * 12] ?? 0, kind === 'working')
    return topics.flatMap((topic) =>
      counts[topic].map((value, hour) => {
        const from = start + hour * HOUR_MS
        const to = from + HOUR_MS
        return {
          dataset: 'demo-calls',
          entity: callCentre.id,
          property: 'calls',
          breakdown: topic,
          from,
          to,
          value,
          arrives: to,
        }
      }),
    )
  }

  #cases(day: number): CityReading[] {
    const from = day * DAY_MS - OFFSET_MS
    const to = from + DAY_MS
    const january = daysFromCivil(civilFromDays(day).year, 1, 1)
    return this.#offices.flatMap((office) => {
      const key = `${office.id} ${january}`
      let year = this.#officeYears.get(key)
      if (!year) {
        year = officeDays(this.#seed, office, january, 366, (d) => this.#kind(d) === 'working')
        this.#officeYears.set(key, year)
      }
      const today = year[day - january]
      if (!today) return []
      const base = { dataset: 'demo-onestop', entity: office.id, breakdown: '', from, to, arrives: to }
      const rows: CityReading[] = [
        { ...base, property: 'cases-received', value: today.received },
        { ...base, property: 'cases-waiting', value: today.waiting },
      ]
      // A day on which nothing was finished has no share: a ratio over zero is not a figure.
      if (today.finished > 0) {
        rows.push({ ...base, property: 'cases-in-time', value: null, num: today.inTime, den: today.finished })
      }
      return rows
    })
  }
}

function reading(sensor: Sensor, place: Place, sent: Sent): CityReading {
  return {
    dataset: sensor.dataset,
    entity: place.id,
    property: sensor.property,
    breakdown: '',
    from: sent.at,
    to: null,
    value: sent.value,
    arrives: sent.arrives,
  }
}
