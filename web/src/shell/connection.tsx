import type { Health } from '@nhip/node/http/contract'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, read } from '../api/client.ts'
import { formatClock } from '../i18n/format.ts'
import { useLiveState } from '../live/live.ts'
import styles from './connection.module.css'
import { isWall } from './wall.ts'

/** Says when what is on the page may be old: the node is away, starting, or refuses to write. Silent when all is well. */
export function Connection() {
  const { t } = useTranslation()
  const { link, since } = useLiveState()
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => read<Health>('/healthz', {}, signal),
    refetchInterval: link === 'live' ? 60_000 : 5_000,
    retry: false,
  })
  const { refetch } = health
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the link is a reason to look
  useEffect(() => void refetch(), [link, refetch])
  useNewVersion(health.data?.version)
  const text = () => {
    if (health.error instanceof ApiError) {
      if (health.error.status === 503) return t('connection.starting')
      const known = health.dataUpdatedAt
      return known > 0 ? t('connection.lostSince', { time: formatClock(known) }) : t('connection.lost')
    }
    if (health.data && !health.data.writable) return t('connection.readOnly')
    if (link === 'lost') return t('connection.noStream', { time: formatClock(since) })
    return null
  }
  const shown = text()
  return (
    <div role="status" className={styles.place}>
      {shown ? <p className={styles.notice}>{shown}</p> : null}
    </div>
  )
}

/** Nobody is there to reload a wall after the node has been brought up to date. */
function useNewVersion(version: string | undefined): void {
  useEffect(() => {
    if (version === undefined || !isWall()) return
    shownVersion ??= version
    if (version !== shownVersion) window.location.reload()
  }, [version])
}

let shownVersion: string | undefined
