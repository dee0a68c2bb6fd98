/**
 * Rounds to `decimals`, ties away from zero, on the shortest decimal that reads back as `x`: 2.675 → 2.68, 1.005 → 1.01.
 * What is published; inside everything stays a full double.
 */
export function roundHalfUp(x: number, decimals: number): number {
  if (!Number.isFinite(x)) return x
  const m = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(Math.abs(x)))!
  const part = m[2] ?? ''
  const exponent = Number(m[3] ?? 0)
  const digits = m[1]! + part
  // The point stands after this many digits of `digits`.
  const point = m[1]!.length + exponent
  const keep = point + decimals
  if (keep >= digits.length) return x
  if (keep < 0) return 0
  const up = digits.charCodeAt(keep) >= 53
  const kept = BigInt(digits.slice(0, keep) || '0') + (up ? 1n : 0n)
  const rounded = Number(`${kept}e${-decimals}`)
  return x < 0 && rounded !== 0 ? -rounded : rounded
}
