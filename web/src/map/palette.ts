/** Colours of map classes: one hue, light to dark, so that order is seen without reading the legend and also in grey. */

export type Sense = 'better' | 'worse' | null

const ramps = {
  neutral: ['#d7e3f4', '#a9c3e4', '#7099cd', '#3f6fae', '#173f7d'],
  better: ['#d5ece4', '#a0d3c3', '#62b09c', '#2e8472', '#0c554a'],
  worse: ['#fbe3cc', '#f5bd8d', '#e28e54', '#bd5b2a', '#7f3112'],
} as const

/** Colour for areas without a value. */
export const noData = '#e9ecf1'

/** `n` colours from light to dark: warm where more is worse, green where more is better, else blue. */
export function ramp(n: number, sense: Sense): string[] {
  const all = ramps[sense ?? 'neutral']
  if (n <= 1) return [all[2]]
  return Array.from({ length: n }, (_, i) => all[Math.round((i * (all.length - 1)) / (n - 1))]!)
}
