import { useTranslation } from 'react-i18next'
import { useDatasets, useProperties } from '../catalogue/queries.ts'
import { LiveMark } from '../live/live-mark.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { Empty, Failure, Loading } from '../shell/states.tsx'
import { cardsOf } from './cards.ts'
import { FigureCard } from './figure-card.tsx'
import { JobsPanel } from './jobs-panel.tsx'
import { NationalPanel } from './national-panel.tsx'
import { Now } from './now.tsx'
import styles from './overview-page.module.css'

/** What is happening now, and one published figure over the whole country. */
export function OverviewPage() {
  const { t } = useTranslation()
  const datasets = useDatasets()
  const properties = useProperties()
  const failed = datasets.error ?? properties.error
  const cards = cardsOf(properties.data ?? [], datasets.data ?? [])
  return (
    <>
      <PageHead
        title={t('nav.overview')}
        lead={t('overview.lead')}
        aside={
          <>
            <LiveMark /> · <Now /> · <a href="/?wall=1">{t('overview.wall')}</a>
          </>
        }
      />
      <JobsPanel />
      {failed && !datasets.data ? (
        <Failure
          error={failed}
          retry={() => {
            void datasets.refetch()
            void properties.refetch()
          }}
        />
      ) : (
        <div className={styles.page}>
          <section aria-label={t('overview.live')} className={styles.cards}>
            {datasets.isPending || properties.isPending ? (
              Array.from({ length: 6 }, (_, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: places of cards to come
                <div key={i} className={styles.coming}>
                  <Loading lines={4} />
                </div>
              ))
            ) : cards.length === 0 ? (
              <div className={styles.coming}>
                <Empty title={t('overview.noLive')}>{t('overview.noLiveHint')}</Empty>
              </div>
            ) : (
              cards.map((card) => <FigureCard key={`${card.dataset.code} ${card.property.code}`} {...card} />)
            )}
          </section>
          <NationalPanel properties={properties.data} datasets={datasets.data} />
        </div>
      )}
    </>
  )
}
