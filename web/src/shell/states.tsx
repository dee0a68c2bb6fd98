import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { ApiError } from '../api/client.ts'
import { Button } from './controls.tsx'
import { Icon } from './icon.tsx'
import styles from './states.module.css'

/** Nothing here yet, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.state}>
      <Icon name="empty" size="2.25rem" />
      <p className={styles.title}>{title}</p>
      {children ? <div className={styles.text}>{children}</div> : null}
    </div>
  )
}

/** What went wrong in the node's own words, and a way to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation()
  const status = error instanceof ApiError ? error.status : -1
  const title =
    status === 0
      ? t('failure.unreachable')
      : status === 401
        ? t('failure.signIn')
        : status === 403
          ? t('failure.forbidden')
          : status === 404
            ? t('failure.notFound')
            : t('failure.other')
  const detail = error instanceof ApiError ? error.problem?.detail : undefined
  return (
    <div className={`${styles.state} ${styles.failure}`} role="alert">
      <Icon name="warning" size="2.25rem" />
      <p className={styles.title}>{title}</p>
      {detail ? <p className={styles.text}>{detail}</p> : null}
      <div className={styles.actions}>
        {status === 401 ? (
          <Link
            href={`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`}
          >
            {t('account.signIn')}
          </Link>
        ) : null}
        {retry ? <Button onClick={retry}>{t('failure.retry')}</Button> : null}
      </div>
    </div>
  )
}

/** Grey lines in the place of what is on its way. */
export function Loading({ lines = 4, height = '1rem' }: { lines?: number; height?: string }) {
  const { t } = useTranslation()
  return (
    <div className={styles.loading} role="status" aria-label={t('state.loading')}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no identity
        <span key={line} className={styles.line} style={{ height, width: line % 3 === 2 ? '70%' : '100%' }} />
      ))}
    </div>
  )
}

/** A page that is still being fetched. */
export function PageLoading() {
  return <Loading lines={6} height="1.6rem" />
}
