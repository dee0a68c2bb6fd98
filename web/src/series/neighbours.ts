import type { Point } from '@nhip/node/observations/contract'

/** The points next to an instant, whether or not there is a point at it: a rejected value is not among them. */
export function neighbours<P extends Pick<Point, 't'>>(
  points: readonly P[],
  at: string,
): { before: P | undefined; after: P | undefined } {
  const instant = Date.parse(at)
  return {
    before: points.findLast((point) => Date.parse(point.t) < instant),
    after: points.find((point) => Date.parse(point.t) > instant),
  }
}
