import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useDatasets, useProperties } from '../catalogue/queries.ts'
import { cardsOf } from '../overview/cards.ts'
import { FigureCard } from '../overview/figure-card.tsx'
import { Loading } from '../shell/states.tsx'
import { ActionList } from './action-list.tsx'
import styles from './wall-page.module.css'

/** As many as can be read from afar on one screen: nobody is there to scroll. */
const figures = 9
const actions = 7

/** The overview on a wall: what needs action and the key figures, nothing to touch. */
export default function WallPage() {
  const { t } = useTranslation()
  const datasets = useDatasets()
  const properties = useProperties()
  const title = t('wall.title')
  useEffect(() => {
    document.title = `${title} · Nhịp`
  }, [title])
  const cards = cardsOf(properties.data ?? [], datasets.data ?? [], figures)
  return (
    <div className={styles.page}>
      <h1 className={styles.hidden}>{title}</h1>
      <section className={styles.figures} aria-label={t('wall.figures')}>
        {datasets.isPending || properties.isPending ? (
          <Loading lines={9} height="3rem" />
        ) : (
          cards.map((card) => <FigureCard key={`${card.dataset.code} ${card.property.code}`} {...card} />)
        )}
      </section>
      <ActionList most={actions} />
    </div>
  )
}
