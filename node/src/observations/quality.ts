import { qualityBits } from './contract.ts'

/** Codes of the bits that are set. */
export function qualityCodes(quality: number): string[] {
  if (quality === 0) return []
  return qualityBits.filter(({ bit }) => quality & (1 << bit)).map(({ code }) => code)
}
