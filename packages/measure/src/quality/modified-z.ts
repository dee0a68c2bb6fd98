import { MAD_TO_SD, medianOf } from './robust.ts'

/** Deviations from the median in robust standard deviations, on logs when all values are positive and lean to the right. */
export function modifiedZ(values: Float64Array): { z: Float64Array; middle: number; logs: boolean } {
  const logs = values.every((x) => x > 0) && leansRight(values)
  const y = logs ? values.map(Math.log) : values.slice()
  const centre = medianOf(y.slice())
  const spread = MAD_TO_SD * medianOf(y.map((x) => Math.abs(x - centre)))
  // Half of the values equal: any other one stands out, but there is no scale to say by how much.
  const z = y.map((x) =>
    x === centre ? 0 : spread === 0 ? Math.sign(x - centre) * Infinity : (x - centre) / spread,
  )
  return { z, middle: logs ? Math.exp(centre) : centre, logs }
}

/** Bowley's skewness by quartiles above 0.1: the far values themselves have no say in it. */
function leansRight(values: Float64Array): boolean {
  const sorted = values.slice().sort()
  const at = (q: number): number => sorted[Math.round(q * (sorted.length - 1))]!
  const width = at(0.75) - at(0.25)
  return width > 0 && (at(0.75) + at(0.25) - 2 * at(0.5)) / width > 0.1
}
