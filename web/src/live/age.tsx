import { useTranslation } from 'react-i18next'
import { formatAgo, formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useNow } from '../shell/use-now.ts'

/** How old a value is, in words that go on while nobody touches the page. @param at epoch milliseconds */
export function Age({ at }: { at: number }) {
  const { t } = useTranslation()
  const lang = language()
  // A clock that is a little behind the node's must not speak of the future.
  const now = Math.max(useNow(10_000), at)
  return (
    <time dateTime={new Date(at).toISOString()} title={formatInstant(at, lang)}>
      {t('live.age', { ago: formatAgo(at, now, lang) })}
    </time>
  )
}
