import type { ScoreRule } from '../framework/framework.ts'

/** The value of a raw number by bands (lower bound inclusive) or a line; NaN below the first band. */
export function scoreNumber(x: number, rule: ScoreRule): number {
  if (Number.isNaN(x) || rule.kind === 'levels') return Number.NaN
  if (rule.kind === 'linear') {
    const y = (x - rule.from) / (rule.to - rule.from)
    return rule.clamp ? Math.min(1, Math.max(0, y)) : y
  }
  let value = Number.NaN
  for (const band of rule.bands) {
    if (x < band.from) break
    value = band.value
  }
  return value
}

/** Values of texts by `levels`; `unknown` lists the units whose text is no level. */
export function scoreLevels(
  texts: readonly (string | null)[],
  levels: ReadonlyMap<string, number>,
): { column: Float64Array; unknown: number[] } {
  const unknown: number[] = []
  const column = Float64Array.from(texts, (text, u) => {
    if (text === null) return Number.NaN
    const value = levels.get(text)
    if (value === undefined) unknown.push(u)
    return value ?? Number.NaN
  })
  return { column, unknown }
}
