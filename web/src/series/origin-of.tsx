import type { Origin } from '@nhip/node/observations/contract'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import styles from './revisions.module.css'

/** Where a version came from: the door, who sent or decided it, the file and row, what was converted, and the reason. */
export function OriginOf({ origin, source }: { origin: Origin | undefined; source: string | undefined }) {
  const { t } = useTranslation()
  if (!origin) return <span className={styles.source}>{source ?? ''}</span>
  const { door, actor, decision, reason } = origin
  const what = decision ? t(`series.decided.${decision}`) : t(`series.door.${door}`)
  return (
    <span className={styles.source}>
      <span title={origin.source}>{actor ? `${what} · ${actor}` : what}</span>
      {origin.import ? (
        <Link className={styles.line} href={`/import/${origin.import.id}`}>
          {origin.import.line === null
            ? origin.import.file
            : t('series.fileLine', { file: origin.import.file, line: origin.import.line })}
        </Link>
      ) : null}
      {origin.changes.map(({ from, to }) => (
        <span key={to} className={styles.line}>
          {from === null ? t('series.converted', { to }) : t('series.convertedFrom', { from, to })}
        </span>
      ))}
      {reason ? <span className={styles.line}>{t('series.because', { reason })}</span> : null}
    </span>
  )
}
