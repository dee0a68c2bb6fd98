import type { FrameworkNode } from '../framework/framework.ts'

/** Raw values that would raise a unit's item: to the next step of its scale, and to the top. Null where there is none. */
export interface Targets {
  next: number | null
  best: number | null
}

/**
 * What to aim at on one item.
 *
 * Bands and goalposts have a fixed top. Methods that compare units (minmax, z-scores, ranks …) have none: there the
 * best raw value reached by any unit stands for it.
 *
 * @param raw the unit's value after division, NaN when missing
 * @param all the same item of every unit, NaN where missing
 */
export function targetsOf(node: FrameworkNode, raw: number, all: ArrayLike<number>): Targets {
  const { score } = node
  if (score?.kind === 'bands') {
    const steps = score.bands.map(({ from, value }) => ({ at: from, value }))
    const now = Number.isNaN(raw) ? -Infinity : (steps.filter((s) => s.at <= raw).at(-1)?.value ?? -Infinity)
    return steepest(steps, now, raw)
  }
  if (score?.kind === 'levels') {
    const steps = [...score.levels.values()].map((value) => ({ at: value, value }))
    return steepest(steps, Number.isNaN(raw) ? -Infinity : raw, raw)
  }
  if (score?.kind === 'linear') return { next: null, best: better(raw, score.to, score.to > score.from) }
  const rising = node.direction === 1
  const normalise = node.normalise?.method ?? 'none'
  if (normalise === 'goalposts' && node.goalposts) {
    return { next: null, best: better(raw, rising ? node.goalposts[1] : node.goalposts[0], rising) }
  }
  if (normalise === 'scale') {
    const [a, b] = node.normalise!.from
    return { next: null, best: better(raw, rising ? Math.max(a, b) : Math.min(a, b), rising) }
  }
  if (normalise === 'none' && node.aggregate.method === 'points')
    return { next: null, best: better(raw, 1, true) }
  let best = raw
  for (let u = 0; u < all.length; u++) {
    const other = all[u]!
    if (Number.isNaN(other)) continue
    if (Number.isNaN(best) || (rising ? other > best : other < best)) best = other
  }
  return { next: null, best: better(raw, best, rising) }
}

/** The nearest raw value whose band scores more than now, and the nearest one whose band scores most. */
function steepest(steps: { at: number; value: number }[], now: number, raw: number): Targets {
  const top = Math.max(...steps.map((s) => s.value))
  const near = (wanted: { at: number; value: number }[]): number | null => {
    const finite = wanted.filter((s) => Number.isFinite(s.at))
    if (finite.length === 0) return null
    const distance = (s: { at: number }) => (Number.isNaN(raw) ? s.at : Math.abs(s.at - raw))
    return finite.reduce((a, b) => (distance(b) < distance(a) ? b : a)).at
  }
  return {
    next: near(steps.filter((s) => s.value > now)),
    best: top > now ? near(steps.filter((s) => s.value === top)) : null,
  }
}

function better(raw: number, target: number, rising: boolean): number | null {
  if (Number.isNaN(target)) return null
  if (Number.isNaN(raw)) return target
  return (rising ? target > raw : target < raw) ? target : null
}
