import type { DatasetItem, PropertyItem } from '@nhip/node/catalogue/contract'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { address } from '../api/client.ts'
import { nameIn, symbolOf } from '../catalogue/words.ts'
import { formatNumber, formatPeriod } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useBoundaries } from '../map/boundaries.ts'
import { classesOf, drawing } from '../map/drawn.ts'
import { Legend } from '../map/legend.tsx'
import { NationalSvg } from '../map/national-svg.tsx'
import { ofUnits, usePeriods, useSnapshot } from '../map/snapshot.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Choice } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty, Failure, Loading } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import styles from './national-panel.module.css'

interface Props {
  properties: PropertyItem[] | undefined
  datasets: DatasetItem[] | undefined
}

/** One published figure on today's provinces, with its extremes and its whole table. */
export function NationalPanel({ properties, datasets }: Props) {
  const { t } = useTranslation()
  const [view, change] = useUrlView()
  const lang = language()
  const choices = ofUnits(properties ?? [])
  const property =
    choices.find((p) => p.code === view.get('figure')) ??
    choices.find((p) => p.code === 'population') ??
    choices[0]
  const dataset = datasets?.find((d) => d.code === property?.preferredDataset)
  const periods = usePeriods(property?.code, property?.preferredDataset)
  const period = periods.data?.[0]
  const snapshot = useSnapshot(
    property && period
      ? { property: property.code, period: period.label, view: 'as_now', level: 'province' }
      : null,
  )
  const mapDay = snapshot.data?.mapDate
  const boundaries = useBoundaries(mapDay ?? '2025-07-01')
  const symbol = symbolOf(property, lang)
  const number = (value: number | null) =>
    value === null
      ? t('map.noData')
      : `${formatNumber(value, lang, property?.decimals)}${symbol ? ` ${symbol}` : ''}`
  const title = property ? nameIn(property.name, lang) : t('overview.national')
  const failed = periods.error ?? snapshot.error ?? boundaries.error
  const drawn = snapshot.data
    ? drawing(snapshot.data, property, classesOf(snapshot.data, 'quantile', 5), (item) => number(item.value))
    : null
  const ranked = (snapshot.data?.items ?? [])
    .filter((item) => item.value !== null)
    .sort((a, b) => b.value! - a.value!)

  return (
    <Panel
      title={title}
      className={styles.panel}
      note={period && property ? formatPeriod(period.label, lang) : undefined}
    >
      {properties && choices.length === 0 ? (
        <Empty title={t('overview.noFigure')}>{t('overview.noFigureHint')}</Empty>
      ) : periods.data?.length === 0 ? (
        <Empty title={t('map.noPeriods')} />
      ) : failed && !snapshot.data ? (
        <Failure
          error={failed}
          retry={() => void (snapshot.error ? snapshot.refetch() : periods.refetch())}
        />
      ) : (
        <>
          {choices.length < 2 ? null : (
            <Choice
              hideLabel
              className={styles.choice}
              label={t('overview.chooseFigure')}
              value={property?.code ?? ''}
              onChange={(figure) => change({ figure })}
              options={choices.map((p) => ({ value: p.code, label: nameIn(p.name, lang) }))}
            />
          )}
          <div className={styles.body}>
            <div>
              {boundaries.data && drawn ? (
                <NationalSvg
                  boundaries={boundaries.data}
                  items={drawn.items}
                  title={t('map.of', { what: title })}
                />
              ) : (
                <Loading lines={10} height="1.6rem" />
              )}
              <p className={styles.caution}>{t('map.simplified')}</p>
            </div>
            <div className={styles.side}>
              {drawn ? <Legend drawing={drawn} symbol={symbol} /> : null}
              {ranked.length > 6 ? (
                <div>
                  <h3 className={styles.small}>{t('overview.top')}</h3>
                  <Ranked items={ranked.slice(0, 3)} number={number} />
                  <h3 className={styles.small}>{t('overview.bottom')}</h3>
                  <Ranked items={ranked.slice(-3).reverse()} number={number} />
                </div>
              ) : null}
            </div>
            <div className={styles.foot}>
              {dataset ? (
                <p className={styles.source}>{t('figure.sourceOf', { source: dataset.publisher })}</p>
              ) : null}
              {snapshot.data?.synthetic ? <SyntheticBadge /> : null}
              {property ? (
                <Link className={styles.more} href={address('/map', { property: property.code })}>
                  {t('overview.openMap')}
                </Link>
              ) : null}
            </div>
          </div>
          {snapshot.data ? (
            <details className={styles.twin}>
              <summary>{t('table.show', { count: snapshot.data.items.length })}</summary>
              <table>
                <caption>{title}</caption>
                <thead>
                  <tr>
                    <th scope="col">{t('map.unit')}</th>
                    <th scope="col">{t('figure.value')}</th>
                  </tr>
                </thead>
                <tbody>
                  {ranked.map((item) => (
                    <tr key={item.entity}>
                      <th scope="row">{item.name}</th>
                      <td>{number(item.value)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </details>
          ) : null}
        </>
      )}
    </Panel>
  )
}

function Ranked(props: {
  items: readonly { entity: string; name: string; value: number | null }[]
  number: (value: number | null) => string
}) {
  return (
    <ol className={styles.ranked}>
      {props.items.map((item) => (
        <li key={item.entity}>
          <span>{item.name}</span>
          <b>{props.number(item.value)}</b>
        </li>
      ))}
    </ol>
  )
}
