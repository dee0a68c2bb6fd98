import type { FreshnessPromise } from '@nhip/node/catalogue/contract'
import type { TFunction } from 'i18next'
import { inUnits } from './duration.ts'

/** A promise of freshness in one sentence; that there is none is said as well. */
export function promiseWords(t: TFunction, promise: FreshnessPromise | null | undefined): string {
  if (!promise) return t('catalogue.promise.none')
  if (promise.kind === 'interval') {
    const { amount, unit } = inUnits(promise.everyS)
    return t('catalogue.promise.every', { amount, unit: t(`catalogue.duration.${unit}`) })
  }
  return t(`catalogue.promise.by.${promise.count}`, {
    period: t(`catalogue.period.${promise.period}`),
    day: promise.dueIn,
  })
}
