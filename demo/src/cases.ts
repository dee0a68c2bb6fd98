import { poisson } from '@nhip/random/poisson'
import { RandomStream, type Seed } from '@nhip/random/stream'
import type { Place } from './places.ts'

/** One office's day: cases that came in, cases finished, how many of those were in time, how many still wait. */
export interface OfficeDay {
  received: number
  finished: number
  inTime: number
  waiting: number
}

const promisedWorkingDays = 5

/**
 * A one-stop office over a stretch of days: cases arrive on working days, wait in line for a few officers and are
 * finished first come, first served; each has five working days. The stretch starts with an empty desk.
 */
export function officeDays(
  seed: Seed,
  office: Place,
  firstDay: number,
  days: number,
  isWorking: (day: number) => boolean,
): OfficeDay[] {
  const stream = new RandomStream(seed, ['cases', office.id, firstDay])
  const arrivals = 10 + 22 * office.character
  const capacity = arrivals * (1.01 + 0.06 * (1 - office.character))
  const line: number[] = []
  let workday = 0
  return Array.from({ length: days }, (_, i) => {
    if (!isWorking(firstDay + i)) return { received: 0, finished: 0, inTime: 0, waiting: line.length }
    workday++
    const mondayRush = workday % 5 === 1 ? 1.35 : 0.92
    const received = poisson(stream, arrivals * mondayRush)
    for (let k = 0; k < received; k++) line.push(workday + promisedWorkingDays)
    const finished = Math.min(line.length, poisson(stream, capacity))
    const inTime = line.splice(0, finished).filter((due) => due >= workday).length
    return { received, finished, inTime, waiting: line.length }
  })
}
