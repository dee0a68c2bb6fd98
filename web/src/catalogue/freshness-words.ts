import type { FreshnessSummary } from '@nhip/node/observations/contract'
import type { TFunction } from 'i18next'

const told = ['fresh', 'late', 'stale', 'never'] as const

/** How many series of a dataset come as promised, in words: "58 chuỗi đúng hạn, 2 trễ"; of one without a promise how many there are. */
export function freshnessWords(t: TFunction, { counts }: FreshnessSummary): string {
  const said = told.filter((state) => counts[state] > 0)
  if (said.length > 0)
    return said.map((state) => t(`catalogue.freshnessOf.${state}`, { count: counts[state] })).join(', ')
  return counts.none > 0
    ? t('catalogue.freshnessOf.none', { count: counts.none })
    : t('catalogue.newest.none')
}
