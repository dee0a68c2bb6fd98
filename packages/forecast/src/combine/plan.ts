import { dotm } from '../models/dotm.ts'
import { damped, ets, holt, ses } from '../models/ets.ts'
import { sba, tsb } from '../models/intermittent.ts'
import type { Model } from '../models/model.ts'
import { drift, naive, naive2, seasonalNaive } from '../models/naive.ts'
import { ridgeAr } from '../models/ridge-ar.ts'
import { mstlDamped } from '../models/stl.ts'
import { theta } from '../models/theta.ts'

/** Which models answer for a series, and what they are measured against. */
export interface Plan {
  readonly members: readonly Model[]
  /** The guess that anybody could make: the last value, or the same phase of the last season. */
  readonly reference: Model
  /** Take this many of the members, those best in the backtest pooled over the units of the indicator; 0 takes all. */
  readonly choose: number
  /** Shortest training part of a backtest. */
  readonly shortest: number
  /** Names this plan, so that only series of one plan lend each other errors. */
  readonly name: string
}

/** All models by the name that users give them. */
export const MODELS: Readonly<Record<string, Model>> = Object.fromEntries(
  [
    naive,
    naive2,
    seasonalNaive,
    drift,
    ses,
    holt,
    damped,
    ets,
    theta,
    dotm,
    ridgeAr,
    mstlDamped,
    sba,
    tsb,
  ].map((m) => [m.name, m]),
)

/** Units with enough points from which an annual indicator chooses its own models. */
export const POOL_FOR_CHOICE = 20

/**
 * The plan for a series of `n` points. `peers`: how many series of the pool have at least 8 points.
 */
export function planFor(seasons: readonly number[], intermittent: boolean, peers: number): Plan {
  const m = seasons[0] ?? 1
  if (intermittent)
    return {
      name: 'intermittent',
      members: [sba, tsb],
      reference: m > 1 ? naive2 : naive,
      choose: 0,
      shortest: 8,
    }
  if (m === 1) {
    if (peers >= POOL_FOR_CHOICE)
      return {
        name: 'annual-pool',
        members: [naive, drift, ses, theta, dotm, ets, damped],
        reference: naive,
        choose: 3,
        shortest: 4,
      }
    return { name: 'annual', members: [ets, dotm, damped], reference: naive, choose: 0, shortest: 5 }
  }
  const shortest = Math.max(8, 2 * m + 3)
  if (m < 7) return { name: 'quarterly', members: [ets, dotm, theta], reference: naive2, choose: 0, shortest }
  if (m === 7)
    return { name: 'daily', members: [ridgeAr, mstlDamped], reference: seasonalNaive, choose: 0, shortest }
  if (m < 24)
    return { name: 'monthly', members: [ets, dotm, theta, ridgeAr], reference: naive2, choose: 0, shortest }
  if (m === 52)
    return { name: 'weekly', members: [ridgeAr, damped], reference: naive, choose: 0, shortest: 26 }
  return { name: 'sub-daily', members: [ridgeAr], reference: seasonalNaive, choose: 0, shortest }
}

/** The plan that one model asked for by name makes. */
export function planOfOne(model: Model, seasons: readonly number[]): Plan {
  const m = seasons[0] ?? 1
  return {
    name: model.name,
    members: [model],
    reference: m > 1 ? naive2 : naive,
    choose: 0,
    shortest: m > 1 && m < 24 ? 2 * m + 3 : 5,
  }
}
