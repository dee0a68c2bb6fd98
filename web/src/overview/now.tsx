import { useTranslation } from 'react-i18next'
import { formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useNow } from '../shell/use-now.ts'

/** The hour at +07:00: it shows that the page is alive. */
export function Now() {
  const { t } = useTranslation()
  return <span>{t('overview.now', { time: formatInstant(useNow(15_000), language()) })}</span>
}
