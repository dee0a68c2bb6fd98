import type { TFunction } from 'i18next'

/** What an action of the audit is called in the reader's language; its code where it has no words yet. */
export function actionWords(t: TFunction, action: string): string {
  return t(`ledger.act.${action}`, { defaultValue: action })
}
