import type { DatasetItem } from '@nhip/node/catalogue/contract'
import type { FreshnessState } from '@nhip/node/observations/contract'
import { useTranslation } from 'react-i18next'
import { Badge, FreshnessBadge, SyntheticBadge } from '../shell/badges.tsx'
import styles from './catalogue-page.module.css'

/** What has to be known of a dataset before its figures are used: who may read it, whose lives it tells of, how fresh it is. */
export function DatasetBadges(props: { dataset: DatasetItem; freshness: FreshnessState | undefined }) {
  const { t } = useTranslation()
  const { dataset, freshness } = props
  return (
    <p className={styles.badges}>
      <Badge tone={dataset.class === 'open' ? 'good' : 'warn'}>{t(`catalogue.class.${dataset.class}`)}</Badge>
      {dataset.personal ? <Badge tone="bad">{t('catalogue.personal')}</Badge> : null}
      {dataset.synthetic ? <SyntheticBadge /> : null}
      {freshness ? <FreshnessBadge state={freshness} /> : null}
      <code className={styles.code}>{dataset.code}</code>
    </p>
  )
}
