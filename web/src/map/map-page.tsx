import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { address } from '../api/client.ts'
import { useBreakdowns } from '../catalogue/breakdowns.ts'
import { PropertySelect } from '../catalogue/property-select.tsx'
import { useDatasets, useProperties } from '../catalogue/queries.ts'
import { nameIn, symbolOf } from '../catalogue/words.ts'
import { formatDate, formatNumber, formatPeriod } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Age } from '../live/age.tsx'
import { useLive } from '../live/live.ts'
import { LiveMark } from '../live/live-mark.tsx'
import { QualityBadges, StatusBadge, SyntheticBadge } from '../shell/badges.tsx'
import { MantineScope } from '../shell/mantine-scope.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty, Failure, Loading } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import { isWall } from '../shell/wall.ts'
import { ActionList } from '../wall/action-list.tsx'
import { Highest } from '../wall/highest.tsx'
import { useBoundaries } from './boundaries.ts'
import { classesOf, drawing } from './drawn.ts'
import { Legend } from './legend.tsx'
import { MapControls } from './map-controls.tsx'
import styles from './map-page.module.css'
import { boxOf, isOfUnits, mapView } from './map-view.ts'
import { NationalSvg } from './national-svg.tsx'
import { useDrawable, usePeriods, useSnapshot } from './snapshot.ts'
import { UnitList } from './unit-list.tsx'

const GlMap = lazy(() => import('./gl-map.tsx'))

/** Any figure of units or places on the map of its time, of today, or of a chosen day. */
export default function MapPage() {
  const { t } = useTranslation()
  const [url, change] = useUrlView()
  const view = mapView(url)
  const lang = language()
  const datasets = useDatasets()
  const properties = useProperties()
  const choices = useDrawable(properties.data)
  const property =
    choices.find((p) => p.code === view.property) ??
    choices.find((p) => p.code === 'population') ??
    choices[0]
  const units = isOfUnits(property)
  const dataset = view.dataset ?? property?.preferredDataset ?? undefined
  const breakdowns = useBreakdowns(property?.code, dataset)
  const periods = usePeriods(property?.code, dataset)
  const period = periods.data?.find((p) => p.label === view.period) ?? periods.data?.[0]
  const snapshot = useSnapshot(
    property && period
      ? {
          property: property.code,
          dataset,
          period: period.label,
          breakdown: view.breakdown,
          view: units ? view.view : 'as_now',
          level: units ? view.level : undefined,
          shares: view.shares,
        }
      : null,
  )
  const answer = snapshot.data
  useLive(answer?.dataset, property?.code)
  const boundaries = useBoundaries(answer?.mapDate ?? '2025-07-01')
  const [hovered, setHovered] = useState<string | null>(null)
  const symbol = symbolOf(property, lang)
  const decimals = property?.decimals
  // Bounds stay while single values change: else every place would change its colour with each of them.
  const bounded = answer && JSON.stringify([view, property?.code, answer.period, answer.items.length])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new answer alone is no reason
  const classes = useMemo(() => (answer ? classesOf(answer, view.method, view.classes) : null), [bounded])
  const drawn = useMemo(
    () =>
      answer
        ? drawing(answer, property, classes, (item) =>
            item.value === null
              ? t('map.noData')
              : `${formatNumber(item.value, lang, decimals)}${symbol ? ` ${symbol}` : ''}`,
          )
        : null,
    [answer, property, classes, t, lang, decimals, symbol],
  )
  const wall = isWall()
  const points = !units || view.level === 'commune'
  const title = property ? nameIn(property.name, lang) : t('nav.map')
  const number = (value: number | null) =>
    value === null ? t('map.noData') : formatNumber(value, lang, decimals)
  const shown = answer?.items.find((item) => item.entity === (hovered ?? view.unit))
  const bounds = !units && answer ? (boxOf(answer.items) ?? undefined) : undefined
  const select = (entity: string | null) => change({ unit: entity })
  const failed = properties.error ?? periods.error ?? snapshot.error ?? boundaries.error
  const empty = properties.data && choices.length === 0

  return (
    <MantineScope>
      {wall ? null : <PageHead title={t('nav.map')} lead={t('map.lead')} aside={<LiveMark />} />}
      {empty ? (
        <Empty title={t('overview.noFigure')}>{t('overview.noFigureHint')}</Empty>
      ) : (
        <div className={`${styles.page} ${wall ? styles.wall : ''}`}>
          {wall ? null : (
            <div className={styles.controls}>
              <PropertySelect
                label={t('figure.property')}
                properties={choices}
                datasets={datasets.data ?? []}
                value={property?.code ?? null}
                onChange={(code) =>
                  change(
                    { property: code, dataset: null, period: null, breakdown: null, unit: null },
                    { step: true },
                  )
                }
              />
              <MapControls
                view={view}
                change={change}
                property={property}
                datasets={datasets.data ?? []}
                dataset={dataset}
                periods={periods.data ?? []}
                period={period?.label ?? ''}
                answer={answer}
                breakdowns={breakdowns.data ?? []}
              />
            </div>
          )}
          <section className={styles.map} aria-label={t('map.of', { what: title })}>
            {failed && !answer ? (
              <Failure
                error={failed}
                retry={() => void (snapshot.error ? snapshot.refetch() : periods.refetch())}
              />
            ) : periods.data && periods.data.length === 0 ? (
              <Empty title={t('map.noPeriods')} />
            ) : !drawn || !boundaries.data ? (
              <Loading lines={12} height="1.6rem" />
            ) : hasWebGl() ? (
              <Suspense fallback={<Loading lines={12} height="1.6rem" />}>
                <GlMap
                  boundaries={boundaries.data}
                  items={drawn.items}
                  points={points}
                  selected={view.unit}
                  bounds={bounds}
                  onSelect={select}
                  onHover={setHovered}
                  title={t('map.of', { what: title })}
                />
              </Suspense>
            ) : (
              <NationalSvg
                boundaries={boundaries.data}
                items={drawn.items}
                points={points}
                selected={view.unit}
                onSelect={select}
                onHover={setHovered}
                title={t('map.of', { what: title })}
              />
            )}
            <div className={styles.shown} aria-live="polite">
              {shown ? (
                <>
                  <strong>{shown.name}</strong>
                  <span>
                    {number(shown.value)}
                    {shown.value !== null && symbol ? ` ${symbol}` : ''}
                  </span>
                  {shown.t && !units ? <Age at={Date.parse(shown.t)} /> : null}
                  <StatusBadge status={shown.status} />
                  <QualityBadges quality={shown.quality} />
                  {shown.from && shown.from.length > 1 ? (
                    <span className={styles.from}>{t('map.from', { count: shown.from.length })}</span>
                  ) : null}
                  {shown.entity === view.unit ? (
                    <Link
                      href={address('/series', { property: property?.code, entity: shown.entity, dataset })}
                    >
                      {t('map.openSeries')}
                    </Link>
                  ) : null}
                </>
              ) : (
                <span className={styles.hint}>{t('map.choose')}</span>
              )}
            </div>
          </section>
          <Panel
            title={title}
            className={styles.twin}
            note={
              answer
                ? `${formatPeriod(answer.period.label, lang)} · ${t('map.onDay', { day: formatDate(`${answer.mapDate}T00:00:00+07:00`, lang) })}`
                : undefined
            }
          >
            {drawn && answer ? (
              <>
                <Legend drawing={drawn} symbol={symbol} />
                <p className={styles.marks}>
                  {answer.synthetic ? <SyntheticBadge /> : null}
                  {answer.total !== null ? (
                    <span>
                      {t('map.total')}: <b>{`${number(answer.total)}${symbol ? ` ${symbol}` : ''}`}</b>
                    </span>
                  ) : null}
                </p>
                {answer.shares ? (
                  <p className={styles.note}>
                    {t('map.sharesUsed', { how: t(`map.shares.${answer.shares}`) })}
                  </p>
                ) : null}
                {wall ? (
                  <Highest items={answer.items} number={number} most={6} />
                ) : (
                  <UnitList
                    items={answer.items}
                    selected={view.unit}
                    onSelect={select}
                    number={number}
                    caption={title}
                  />
                )}
                <p className={styles.note}>
                  {t('figure.sourceOf', {
                    source:
                      datasets.data?.find((d) => d.code === answer.dataset)?.publisher ?? answer.dataset,
                  })}
                </p>
              </>
            ) : (
              <Loading lines={8} />
            )}
            <p className={styles.note}>{t('map.simplified')}</p>
          </Panel>
          {wall ? <ActionList most={3} /> : null}
        </div>
      )}
    </MantineScope>
  )
}

let webGl: boolean | undefined

/** Old machines and remote desktops have none; they get the plain drawing. */
function hasWebGl(): boolean {
  webGl ??= document.createElement('canvas').getContext('webgl2') !== null
  return webGl
}
