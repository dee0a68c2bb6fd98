import type { DatasetItem } from '@nhip/node/catalogue/contract'
import type { FreshnessItem } from '@nhip/node/observations/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { address, type Page, read } from '../api/client.ts'
import { formatInstant, formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useEntityName } from '../series/entity-name.ts'
import { FreshnessBadge } from '../shell/badges.tsx'
import { Choice } from '../shell/controls.tsx'
import { DataTable } from '../shell/data-table.tsx'
import { FetchedPage } from '../shell/fetched-page.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import styles from './dataset-page.module.css'
import { promiseWords } from './promise-words.ts'
import { useFreshnessSummary, useProperties } from './queries.ts'
import { nameIn } from './words.ts'

const states = ['fresh', 'late', 'stale', 'never', 'none'] as const

/** Every series of a dataset: whether its newest value came when it was promised, and when the next is due. */
export function FreshnessSection({ dataset }: { dataset: DatasetItem }) {
  const { t } = useTranslation()
  const lang = language()
  const [view, change] = useUrlView()
  const summary = useFreshnessSummary()
  const counts = summary.data?.find((one) => one.dataset === dataset.code)?.counts
  const asked = {
    dataset: dataset.code,
    state: view.get('state'),
    cursor: view.get('cursor'),
    limit: 50,
  }
  const series = useQuery({
    queryKey: ['freshness', 'series', asked],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read<Page<FreshnessItem>>('/api/freshness', asked, signal),
  })
  return (
    <Panel title={t('catalogue.section.freshness')} note={promiseWords(t, dataset.freshness)}>
      {counts ? (
        <p className={styles.counts}>
          {states
            .filter((state) => counts[state] > 0)
            .map((state) => (
              <span key={state}>
                <FreshnessBadge state={state} /> {formatNumber(counts[state], lang)}
              </span>
            ))}
        </p>
      ) : null}
      <div className={styles.filters}>
        <Choice
          label={t('figure.freshness')}
          value={asked.state ?? ''}
          onChange={(state) => change({ state, cursor: null })}
          options={[
            { value: '', label: t('catalogue.anyFreshness') },
            ...states.map((state) => ({ value: state, label: t(`freshness.${state}`) })),
          ]}
        />
      </div>
      <FetchedPage query={series} none={<Empty title={t('catalogue.noSeries')} />}>
        {(items) => (
          <DataTable
            label={t('catalogue.section.freshness')}
            columns={[
              { name: t('series.entity') },
              { name: t('figure.property') },
              { name: t('figure.freshness') },
              { name: t('catalogue.lastValue') },
              { name: t('catalogue.due') },
            ]}
          >
            {items.map((item) => (
              <Series key={`${item.entity} ${item.property} ${item.breakdown}`} item={item} />
            ))}
          </DataTable>
        )}
      </FetchedPage>
    </Panel>
  )
}

function Series({ item }: { item: FreshnessItem }) {
  const lang = language()
  const name = useEntityName(item.entity)
  const properties = useProperties()
  const property = properties.data?.find(({ code }) => code === item.property)
  const { dataset, entity, breakdown } = item
  return (
    <tr>
      <th scope="row">
        <Link href={address('/series', { property: item.property, entity, dataset, breakdown })}>{name}</Link>
      </th>
      <td>
        {property ? nameIn(property.name, lang) : item.property}
        {breakdown ? ` · ${breakdown}` : ''}
      </td>
      <td>
        <FreshnessBadge state={item.state} />
      </td>
      <td>{formatInstant(item.lastValid, lang)}</td>
      <td>{formatInstant(item.dueAt, lang)}</td>
    </tr>
  )
}
