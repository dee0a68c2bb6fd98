export interface Bunching {
  /** Values in the window just above the bound, and just below it. */
  above: number
  below: number
  /** Excess above in standard deviations, the slope of the density taken out; 0 where nothing lies near. */
  z: number
}

/**
 * Do values crowd just above the bound of a band? Counts in equal windows either side of it, in the manner of McCrary's test of a density's
 * step: what a smooth density would show is taken from the next windows out, by a straight line.
 *
 * @param distances value − bound; of one item over units, or of one unit over items when each is divided by its own window
 * @param window width of the windows, in the unit of the distances
 * Source: J. McCrary, J. Econometrics 142 (2008) 698.
 */
export function bunching(distances: readonly number[], window: number): Bunching {
  if (!(window > 0)) throw new RangeError(`invalid window: ${window}`)
  const counts = [0, 0, 0, 0]
  for (const d of distances) {
    const cell = Math.floor(d / window) + 2
    if (cell >= 0 && cell < 4) counts[cell] = counts[cell]! + 1
  }
  const [farBelow, below, above, farAbove] = counts as [number, number, number, number]
  const variance = above + below + (farAbove + farBelow) / 9
  // Along a line the outer windows differ three times as much as the inner ones.
  const excess = above - below - (farAbove - farBelow) / 3
  return { above, below, z: variance === 0 ? 0 : excess / Math.sqrt(variance) }
}
