import type { Freshness, Status } from '@nhip/node/observations/contract'
import { useTranslation } from 'react-i18next'
import styles from './badges.module.css'

type Tone = 'good' | 'warn' | 'bad' | 'note' | 'plain'

/** A small label; its words carry the meaning, the colour only helps. */
export function Badge({ tone, children, title }: { tone: Tone; children: string; title?: string }) {
  return (
    <span className={`${styles.badge} ${styles[tone]}`} title={title}>
      {children}
    </span>
  )
}

const freshTone = { fresh: 'good', late: 'warn', stale: 'bad', never: 'plain', none: 'plain' } as const

/** Whether figures arrive as often as promised. */
export function FreshnessBadge({ state }: { state: Freshness['state'] }) {
  const { t } = useTranslation()
  return <Badge tone={freshTone[state]}>{t(`freshness.${state}`)}</Badge>
}

/** The SDMX status of a value; a normal value has no badge. */
export function StatusBadge({ status }: { status: Status | undefined }) {
  const { t } = useTranslation()
  if (!status || status === 'A') return null
  const tone = status === 'X' || status === 'U' ? 'bad' : status === 'O' || status === 'M' ? 'plain' : 'warn'
  return (
    <Badge tone={tone} title={t('status.code', { code: status })}>
      {t(`status.${status}`)}
    </Badge>
  )
}

/** The label that follows every simulated figure. */
export function SyntheticBadge() {
  const { t } = useTranslation()
  return (
    <Badge tone="note" title={t('synthetic.explain')}>
      {t('synthetic.label')}
    </Badge>
  )
}

/** Quality marks of a value, each by its name. */
export function QualityBadges({ quality }: { quality: readonly string[] | undefined }) {
  const { t } = useTranslation()
  return (quality ?? []).map((code) => (
    <Badge key={code} tone="warn">
      {t(`quality.${code}`)}
    </Badge>
  ))
}
