import type { DatasetItem } from '@nhip/node/catalogue/contract'
import type { SeriesAnswer, Status } from '@nhip/node/observations/contract'
import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { FreshnessBadge, SyntheticBadge } from '../shell/badges.tsx'
import { Facts } from '../shell/facts.tsx'

/** Where a series comes from, how fresh it is, and what its values are marked with. */
export function SeriesFacts({ answer, dataset }: { answer: SeriesAnswer; dataset: DatasetItem | undefined }) {
  const { t } = useTranslation()
  const lang = language()
  const counts = Object.entries(answer.statusCounts).filter(([, n]) => n > 0)
  return (
    <Facts
      of={[
        {
          name: t('figure.dataset'),
          value: (
            <>
              {dataset ? nameIn(dataset.name, lang) : answer.dataset}{' '}
              {answer.synthetic ? <SyntheticBadge /> : null}
            </>
          ),
        },
        { name: t('figure.publisher'), value: dataset?.publisher },
        { name: t('series.source'), value: dataset?.source },
        { name: t('catalogue.licence'), value: dataset?.licence },
        {
          name: t('figure.freshness'),
          value: (
            <>
              <FreshnessBadge state={answer.freshness.state} />{' '}
              {answer.freshness.lastValid
                ? t('series.lastValid', { time: formatInstant(answer.freshness.lastValid, lang) })
                : null}
            </>
          ),
        },
        {
          name: t('series.shownAs'),
          value: `${t(`series.resolutions.${answer.resolution}`)} · ${t('series.pointCount', { count: answer.points.length })}`,
        },
        {
          name: t('series.marks'),
          value: counts.map(([status, n]) => `${t(`status.${status as Status}`)}: ${n}`).join(' · '),
        },
        {
          name: t('catalogue.notes'),
          value: dataset?.notes ? nameIn(dataset.notes, lang) : null,
          wide: true,
        },
      ]}
    />
  )
}
