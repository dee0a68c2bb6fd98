import type { DatasetItem } from '@nhip/node/catalogue/contract'
import { fold } from '@nhip/territory/name-key'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { address } from '../api/client.ts'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { isOfUnits } from '../map/map-view.ts'
import { Badge, SyntheticBadge } from '../shell/badges.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { Empty, Failure, Loading } from '../shell/states.tsx'
import styles from './catalogue-page.module.css'
import { useDatasets, useProperties } from './queries.ts'
import { nameIn, symbolOf } from './words.ts'

/** Every dataset with who answers for it, its licence, its rhythm and its figures. */
export default function CataloguePage() {
  const { t } = useTranslation()
  const lang = language()
  const datasets = useDatasets()
  const [wanted, setWanted] = useState('')
  const key = fold(wanted)
  const found = (datasets.data ?? []).filter(
    (d) => key === '' || fold(`${d.name.vi} ${d.name.en} ${d.publisher} ${d.code}`).includes(key),
  )
  return (
    <>
      <PageHead title={t('nav.catalogue')} lead={t('catalogue.lead')} />
      <label className={styles.search}>
        <span>{t('catalogue.search')}</span>
        <input type="search" value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />
      </label>
      {datasets.error && !datasets.data ? (
        <Failure error={datasets.error} retry={() => void datasets.refetch()} />
      ) : datasets.isPending ? (
        <Loading lines={8} height="1.6rem" />
      ) : found.length === 0 ? (
        <Empty title={t('catalogue.none')} />
      ) : (
        <ul className={styles.list}>
          {found
            .toSorted((a, b) => nameIn(a.name, lang).localeCompare(nameIn(b.name, lang), 'vi'))
            .map((dataset) => (
              <Dataset key={dataset.code} dataset={dataset} />
            ))}
        </ul>
      )}
    </>
  )
}

function Dataset({ dataset }: { dataset: DatasetItem }) {
  const { t } = useTranslation()
  const lang = language()
  const properties = useProperties()
  const own = (properties.data ?? []).filter(
    (p) => dataset.properties.includes(p.code) || p.preferredDataset === dataset.code,
  )
  const facts: [string, string | null | undefined][] = [
    [t('figure.publisher'), dataset.publisher],
    [t('series.source'), dataset.source],
    [t('catalogue.licence'), dataset.licence],
    [
      t('figure.expected'),
      dataset.expectedEveryS === null
        ? null
        : t('figure.everyMinutes', { count: Math.round(dataset.expectedEveryS / 60) }),
    ],
    [
      t('catalogue.observations'),
      dataset.observations === undefined ? null : formatNumber(dataset.observations, lang),
    ],
  ]
  return (
    <li className={styles.dataset}>
      <h2 className={styles.name}>{nameIn(dataset.name, lang)}</h2>
      <p className={styles.badges}>
        <Badge tone={dataset.class === 'open' ? 'good' : 'warn'}>
          {t(`catalogue.class.${dataset.class}`)}
        </Badge>
        {dataset.personal ? <Badge tone="bad">{t('catalogue.personal')}</Badge> : null}
        {dataset.synthetic ? <SyntheticBadge /> : null}
        <code className={styles.code}>{dataset.code}</code>
      </p>
      {dataset.description ? <p>{nameIn(dataset.description, lang)}</p> : null}
      <dl className={styles.facts}>
        {facts.map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
      {dataset.notes ? <p className={styles.notes}>{nameIn(dataset.notes, lang)}</p> : null}
      {own.length > 0 ? (
        <details className={styles.properties}>
          <summary>{t('catalogue.properties', { count: own.length })}</summary>
          <ul>
            {own.map((property) => (
              <li key={property.code}>
                <Link href={address('/series', { property: property.code, dataset: dataset.code })}>
                  {nameIn(property.name, lang)}
                </Link>
                {symbolOf(property, lang) ? <span> ({symbolOf(property, lang)})</span> : null}
                {isOfUnits(property) ? (
                  <Link
                    className={styles.onMap}
                    href={address('/map', { property: property.code, dataset: dataset.code })}
                    aria-label={t('map.of', { what: nameIn(property.name, lang) })}
                  >
                    {t('nav.map')}
                  </Link>
                ) : null}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </li>
  )
}
