const TABLE_SIZE = 128
const TABLE = new Float64Array(TABLE_SIZE)
for (let k = 2; k < TABLE_SIZE; k++) TABLE[k] = (TABLE[k - 1] as number) + Math.log(k)

const HALF_LOG_TWO_PI = 0.9189385332046727

/** ln k! for an integer k ≥ 0: a table, then Stirling's series (error below 10^-15 relative from k = 128). */
export function logFactorial(k: number): number {
  if (k < TABLE_SIZE) return TABLE[k] as number
  const n = k + 1
  const r = 1 / (n * n)
  return (n - 0.5) * Math.log(n) - n + HALF_LOG_TWO_PI + (1 / 12 - r * (1 / 360 - r / 1260)) / n
}
