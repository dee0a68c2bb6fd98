import { useTranslation } from 'react-i18next'
import { formatClock } from '../i18n/format.ts'
import { useLiveState } from './live.ts'
import styles from './live-mark.module.css'

/** Whether what is on the page comes as it happens. */
export function LiveMark() {
  const { t } = useTranslation()
  const { link, since } = useLiveState()
  return (
    <span className={`${styles.mark} ${styles[link]}`} data-live={link}>
      {t(`live.${link}`, { time: formatClock(since) })}
    </span>
  )
}
