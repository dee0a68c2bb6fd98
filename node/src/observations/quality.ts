import { type QualityCode, qualityBits } from './contract.ts'

/** The set that holds one bit alone. */
export const qualityBit = Object.fromEntries(qualityBits.map(({ bit, code }) => [code, 2 ** bit])) as Record<
  QualityCode,
  number
>

/** What a person has said of a fact: nobody but a person takes it back. */
export const DECIDED = qualityBit.confirmed | qualityBit.rejected

/** Codes of the bits that are set. */
export function qualityCodes(quality: number): string[] {
  if (quality === 0) return []
  return qualityBits.filter(({ bit }) => quality & (1 << bit)).map(({ code }) => code)
}
