import { fold } from '@nhip/territory/name-key'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { language } from '../i18n/language.ts'
import { Choice, TextField } from '../shell/controls.tsx'
import { Fetched } from '../shell/fetched.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { Empty } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import styles from './catalogue-page.module.css'
import { DatasetCard } from './dataset-card.tsx'
import { useDatasets, useFreshnessSummary, useProperties } from './queries.ts'
import { nameIn } from './words.ts'

const classes = ['open', 'shared', 'restricted'] as const
const states = ['fresh', 'late', 'stale', 'never', 'none'] as const

/** Every dataset with who answers for it, who may read it, how fresh and how good it is. */
export default function CataloguePage() {
  const { t } = useTranslation()
  const lang = language()
  const [view, change] = useUrlView()
  const datasets = useDatasets()
  const summary = useFreshnessSummary()
  const properties = useProperties()
  const [words, setWords] = useState(view.get('q') ?? '')
  const key = fold(useDeferredValue(words))
  const state = view.get('state')
  const kind = view.get('class')
  const freshness = new Map(summary.data?.map((one) => [one.dataset, one]))
  return (
    <>
      <PageHead title={t('nav.catalogue')} lead={t('catalogue.lead')} />
      <div className={styles.filters}>
        <TextField
          label={t('catalogue.search')}
          type="search"
          value={words}
          onChange={(to) => {
            setWords(to)
            change({ q: to.trim() })
          }}
        />
        <Choice
          label={t('catalogue.classTitle')}
          value={kind ?? ''}
          onChange={(to) => change({ class: to })}
          options={[
            { value: '', label: t('catalogue.anyClass') },
            ...classes.map((one) => ({ value: one, label: t(`catalogue.class.${one}`) })),
          ]}
        />
        <Choice
          label={t('figure.freshness')}
          value={state ?? ''}
          onChange={(to) => change({ state: to })}
          options={[
            { value: '', label: t('catalogue.anyFreshness') },
            ...states.map((one) => ({ value: one, label: t(`freshness.${one}`) })),
          ]}
        />
      </div>
      <Fetched query={datasets} lines={8}>
        {(all) => {
          const found = all
            .filter(
              (d) =>
                (key === '' || fold(`${d.name.vi} ${d.name.en} ${d.publisher} ${d.code}`).includes(key)) &&
                (kind === null || d.class === kind) &&
                (state === null || freshness.get(d.code)?.state === state),
            )
            .sort((a, b) => nameIn(a.name, lang).localeCompare(nameIn(b.name, lang), 'vi'))
          return found.length === 0 ? (
            <Empty title={t('catalogue.none')} />
          ) : (
            <>
              <p className={styles.count} role="status">
                {t('catalogue.found', { count: found.length })}
              </p>
              <ul className={styles.list}>
                {found.map((dataset) => (
                  <DatasetCard
                    key={dataset.code}
                    dataset={dataset}
                    freshness={freshness.get(dataset.code)}
                    properties={properties.data}
                  />
                ))}
              </ul>
            </>
          )
        }}
      </Fetched>
    </>
  )
}
