import type { ScoreItem } from '@nhip/node/observations/contract'

/** The four sides of the score, in the order they are shown. */
export const sides = ['completeness', 'timeliness', 'validity', 'uniqueness'] as const

/**
 * The score of several source-days as one, 0–100: the counts of each side are added up, then the shares that there are
 * are averaged, as the node does for a single day. Null where there is nothing to judge.
 */
export function scoreOf(items: readonly ScoreItem[]): number | null {
  const shares = sides.flatMap((side) => {
    const judged = items.map((item) => item[side]).filter(({ share }) => share !== null)
    const of = judged.reduce((sum, share) => sum + share.of, 0)
    return of === 0 ? [] : [(judged.reduce((sum, share) => sum + share.good, 0) / of) * 100]
  })
  return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length
}
