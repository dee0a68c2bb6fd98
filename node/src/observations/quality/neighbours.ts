import type { PropertyTerms } from '../../catalogue/contract.ts'

export type NeighbourLimit = NonNullable<PropertyTerms['neighbour']>

/** Fewer neighbours than this say nothing. */
const fewest = 4
const zByDefault = 5
/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const normal = 1.4826

/**
 * Whether a value lies far from those of its neighbours: by the robust z of median and median absolute deviation (Iglewicz
 * and Hoaglin, 1993, without their factor). Neighbours that do not differ at all tell nothing of what is far, unless the
 * contract says how much they differ at the least.
 */
export function farFromNeighbours(value: number, neighbours: number[], limit: NeighbourLimit): boolean {
  if (neighbours.length < fewest) return false
  const middle = median(neighbours)
  const spread = Math.max(
    normal * median(neighbours.map((other) => Math.abs(other - middle))),
    limit.minSpread ?? 0,
  )
  return spread > 0 && Math.abs(value - middle) / spread > (limit.z ?? zByDefault)
}

/** Reorders its argument. */
export function median(values: number[]): number {
  values.sort((a, b) => a - b)
  const half = values.length >> 1
  return values.length % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2
}
