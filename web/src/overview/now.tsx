import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'

/** The hour at +07:00: on a wall it shows that the page is alive. */
export function Now() {
  const { t } = useTranslation()
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000)
    return () => clearInterval(timer)
  }, [])
  return <span>{t('overview.now', { time: formatInstant(now, language()) })}</span>
}
