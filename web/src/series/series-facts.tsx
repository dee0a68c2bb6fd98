import type { DatasetItem } from '@nhip/node/catalogue/contract'
import type { SeriesAnswer, Status } from '@nhip/node/observations/contract'
import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { FreshnessBadge, SyntheticBadge } from '../shell/badges.tsx'
import styles from './series-facts.module.css'

/** Where a series comes from, how fresh it is, and what its values are marked with. */
export function SeriesFacts({ answer, dataset }: { answer: SeriesAnswer; dataset: DatasetItem | undefined }) {
  const { t } = useTranslation()
  const lang = language()
  const counts = Object.entries(answer.statusCounts).filter(([, n]) => n > 0)
  return (
    <dl className={styles.facts}>
      <div>
        <dt>{t('figure.dataset')}</dt>
        <dd>
          {dataset ? nameIn(dataset.name, lang) : answer.dataset}{' '}
          {answer.synthetic ? <SyntheticBadge /> : null}
        </dd>
      </div>
      {dataset ? (
        <div>
          <dt>{t('figure.publisher')}</dt>
          <dd>{dataset.publisher}</dd>
        </div>
      ) : null}
      {dataset?.source ? (
        <div>
          <dt>{t('series.source')}</dt>
          <dd>{dataset.source}</dd>
        </div>
      ) : null}
      {dataset?.licence ? (
        <div>
          <dt>{t('catalogue.licence')}</dt>
          <dd>{dataset.licence}</dd>
        </div>
      ) : null}
      <div>
        <dt>{t('figure.freshness')}</dt>
        <dd>
          <FreshnessBadge state={answer.freshness.state} />{' '}
          {answer.freshness.lastValid
            ? t('series.lastValid', { time: formatInstant(answer.freshness.lastValid, lang) })
            : null}
        </dd>
      </div>
      <div>
        <dt>{t('series.shownAs')}</dt>
        <dd>
          {t(`series.resolutions.${answer.resolution}`)} ·{' '}
          {t('series.pointCount', { count: answer.points.length })}
        </dd>
      </div>
      {counts.length > 0 ? (
        <div>
          <dt>{t('series.marks')}</dt>
          <dd>{counts.map(([status, n]) => `${t(`status.${status as Status}`)}: ${n}`).join(' · ')}</dd>
        </div>
      ) : null}
      {dataset?.notes ? (
        <div className={styles.notes}>
          <dt>{t('catalogue.notes')}</dt>
          <dd>{nameIn(dataset.notes, lang)}</dd>
        </div>
      ) : null}
    </dl>
  )
}
