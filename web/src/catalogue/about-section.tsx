import type { DatasetItem } from '@nhip/node/catalogue/contract'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { address } from '../api/client.ts'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { UnitName } from '../identity/unit-name.tsx'
import { isOfUnits } from '../map/map-view.ts'
import { DataTable } from '../shell/data-table.tsx'
import { Facts } from '../shell/facts.tsx'
import { Fetched } from '../shell/fetched.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty } from '../shell/states.tsx'
import { promiseWords } from './promise-words.ts'
import { useProperties } from './queries.ts'
import { nameIn, symbolOf } from './words.ts'

/** Who answers for a dataset, where it comes from, and the figures it has. */
export function AboutSection({ dataset }: { dataset: DatasetItem }) {
  const { t } = useTranslation()
  const lang = language()
  const properties = useProperties()
  return (
    <>
      <Panel title={t('catalogue.section.about')}>
        <Facts
          of={[
            {
              name: t('catalogue.owner'),
              value: dataset.owner ? <UnitName id={dataset.owner} /> : t('catalogue.noOwner'),
            },
            { name: t('figure.publisher'), value: dataset.publisher },
            { name: t('catalogue.licence'), value: dataset.licence },
            { name: t('figure.expected'), value: promiseWords(t, dataset.freshness) },
            {
              name: t('catalogue.observations'),
              value: dataset.observations === undefined ? null : formatNumber(dataset.observations, lang),
            },
            { name: t('series.source'), value: dataset.source, wide: true },
            {
              name: t('catalogue.notes'),
              value: dataset.notes ? nameIn(dataset.notes, lang) : null,
              wide: true,
            },
          ]}
        />
      </Panel>
      <Panel title={t('catalogue.propertiesTitle')}>
        <Fetched query={properties}>
          {(all) => {
            const own = all.filter(
              (p) => dataset.properties.includes(p.code) || p.preferredDataset === dataset.code,
            )
            if (own.length === 0) return <Empty title={t('catalogue.noProperties')} />
            return (
              <DataTable
                label={t('catalogue.propertiesTitle')}
                columns={[
                  { name: t('figure.property') },
                  { name: t('catalogue.code') },
                  { name: t('catalogue.uom') },
                  { name: t('catalogue.see') },
                ]}
              >
                {own.map((property) => {
                  const asked = { property: property.code, dataset: dataset.code }
                  const name = nameIn(property.name, lang)
                  return (
                    <tr key={property.code}>
                      <th scope="row">{name}</th>
                      <td>
                        <code>{property.code}</code>
                      </td>
                      <td>{symbolOf(property, lang)}</td>
                      <td>
                        <Link href={address('/series', asked)}>
                          {t('nav.series')}
                          <span hidden> {name}</span>
                        </Link>{' '}
                        {isOfUnits(property) ? (
                          <Link href={address('/map', asked)} aria-label={t('map.of', { what: name })}>
                            {t('nav.map')}
                          </Link>
                        ) : null}
                      </td>
                    </tr>
                  )
                })}
              </DataTable>
            )
          }}
        </Fetched>
      </Panel>
    </>
  )
}
