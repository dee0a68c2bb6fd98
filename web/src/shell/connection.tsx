import type { Health } from '@nhip/node/http/contract'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ApiError, read } from '../api/client.ts'
import { formatClock } from '../i18n/format.ts'
import styles from './connection.module.css'

/** Says when what is on the page may be old: the node is away, starting, or refuses to write. Silent when all is well. */
export function Connection() {
  const { t } = useTranslation()
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => read<Health>('/healthz', {}, signal),
    refetchInterval: 15_000,
    retry: false,
  })
  const text = () => {
    if (health.error instanceof ApiError) {
      if (health.error.status === 503) return t('connection.starting')
      const since = health.dataUpdatedAt
      return since > 0 ? t('connection.lostSince', { time: formatClock(since) }) : t('connection.lost')
    }
    if (health.data && !health.data.writable) return t('connection.readOnly')
    return null
  }
  const shown = text()
  return (
    <div role="status" className={styles.place}>
      {shown ? <p className={styles.notice}>{shown}</p> : null}
    </div>
  )
}
