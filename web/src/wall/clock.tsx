import { formatClock } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useNow } from '../shell/use-now.ts'
import styles from './clock.module.css'

const days = new Map<string, Intl.DateTimeFormat>()

/** Hour and day at +07:00, to be read from the other end of the room. */
export function Clock() {
  const now = useNow(1000)
  const lang = language()
  let day = days.get(lang)
  if (!day) {
    day = new Intl.DateTimeFormat(lang === 'vi' ? 'vi-VN' : 'en-GB', {
      timeZone: 'Asia/Ho_Chi_Minh',
      weekday: 'long',
      day: '2-digit',
      month: '2-digit',
      year: 'numeric',
    })
    days.set(lang, day)
  }
  return (
    <p className={styles.clock}>
      <time dateTime={new Date(now).toISOString()}>{formatClock(now)}</time>
      <span>{day.format(now)}</span>
    </p>
  )
}
