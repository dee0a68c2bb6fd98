import type { Point, SeriesAnswer } from '@nhip/node/observations/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { read } from '../api/client.ts'
import { useBreakdowns } from '../catalogue/breakdowns.ts'
import { PropertySelect } from '../catalogue/property-select.tsx'
import { useDatasets, useProperties } from '../catalogue/queries.ts'
import { nameIn, symbolOf } from '../catalogue/words.ts'
import { civilDay, formatNumber, formatShort } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Button, Choice } from '../shell/controls.tsx'
import { Icon } from '../shell/icon.tsx'
import { MantineScope } from '../shell/mantine-scope.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty, Failure, Loading } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import type { ChartWords } from './chart-options.ts'
import { csvText } from './csv-text.ts'
import { useEntityName } from './entity-name.ts'
import { EntitySelect } from './entity-select.tsx'
import { FactSteps } from './fact-steps.tsx'
import { useFirstEntity } from './first-entity.ts'
import { PointsTable } from './points-table.tsx'
import { Revisions } from './revisions.tsx'
import { SeriesControls } from './series-controls.tsx'
import { SeriesFacts } from './series-facts.tsx'
import styles from './series-page.module.css'
import { endOfDay, seriesView, spanOf } from './series-view.ts'
import { timeOf } from './time-of.ts'

const Chart = lazy(() => import('./chart.tsx'))

/** One series: chart, table, every version, and where it comes from. */
export default function SeriesPage() {
  const { t } = useTranslation()
  const [url, change] = useUrlView()
  const view = seriesView(url)
  const lang = language()
  const datasets = useDatasets()
  const properties = useProperties()
  const property =
    properties.data?.find((p) => p.code === view.property) ??
    (view.property ? undefined : properties.data?.find((p) => p.kind !== 'text'))
  const dataset = view.dataset ?? property?.preferredDataset ?? property?.datasets[0]
  const first = useFirstEntity(view.entity ? undefined : property?.code, dataset)
  const entity = view.entity ?? first.data?.entity ?? null
  const breakdown = view.breakdown ?? (view.entity ? undefined : first.data?.breakdown)
  const breakdowns = useBreakdowns(property?.code, dataset, entity)
  const series = { property: property?.code, entity, dataset, breakdown }
  const relative = /^\d/.test(view.range)
  const head = useQuery({
    queryKey: ['series-head', series],
    enabled: relative && property !== undefined && entity !== null,
    queryFn: ({ signal }) => read<SeriesAnswer>('/api/series', { ...series, maxPoints: 10 }, signal),
  })
  const span = spanOf(view, head.data?.freshness.lastValid ?? null)
  const asked = {
    ...series,
    ...span,
    resolution: view.resolution,
    as_known: view.asKnown ? endOfDay(view.asKnown) : undefined,
    as_published: view.asPublished ? endOfDay(view.asPublished) : undefined,
    maxPoints: 1000,
  }
  const answer = useQuery({
    queryKey: ['series', asked],
    enabled: property !== undefined && entity !== null && (!relative || head.data !== undefined),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read<SeriesAnswer>('/api/series', asked, signal),
  })
  const name = property ? nameIn(property.name, lang) : ''
  const place = useEntityName(entity ?? undefined)
  const symbol = symbolOf(property, lang)
  const decimals = property?.decimals
  const words = useMemo(
    (): ChartWords => ({
      name,
      symbol,
      number: (value) => formatNumber(value, lang, decimals),
      short: (value) => formatShort(value, lang),
      time: (point) => timeOf(point, lang),
      band: t('series.band'),
      status: (point) => (point.status && point.status !== 'A' ? t(`status.${point.status}`) : ''),
      description: t('series.chartOf', { what: name, where: place }),
    }),
    [name, symbol, lang, decimals, place, t],
  )
  const shown = answer.data
  // A value that was rejected or withdrawn is no longer drawn; its versions stay open.
  const fact = view.fact
    ? (shown?.points.find((point) => point.t === view.fact) ?? { t: view.fact })
    : undefined
  const failed = properties.error ?? head.error ?? answer.error ?? first.error
  const number = (value: number | null | undefined) => formatNumber(value, lang, decimals)
  const today = civilDay(Date.now())

  const save = () => {
    if (!shown) return
    const href = URL.createObjectURL(new Blob([csvText(shown)], { type: 'text/csv;charset=utf-8' }))
    const link = document.createElement('a')
    link.href = href
    link.download = `${shown.property}-${civilDay(Date.now())}.csv`
    link.click()
    setTimeout(() => URL.revokeObjectURL(href), 10_000)
  }

  return (
    <MantineScope>
      <PageHead title={t('nav.series')} lead={t('series.lead')} />
      <div className={styles.page}>
        <div className={styles.choice}>
          <PropertySelect
            label={t('figure.property')}
            properties={properties.data ?? []}
            datasets={datasets.data ?? []}
            value={property?.code ?? null}
            onChange={(code) =>
              change(
                { property: code, dataset: null, entity: null, breakdown: null, fact: null },
                { step: true },
              )
            }
          />
          <EntitySelect
            label={t('series.entity')}
            property={property}
            value={entity}
            onChange={(to) =>
              change({ property: property?.code, entity: to, breakdown: null, fact: null }, { step: true })
            }
          />
          {property && property.datasets.length > 1 ? (
            <Choice
              className={styles.breakdown}
              label={t('figure.dataset')}
              value={dataset ?? ''}
              onChange={(code) => change({ dataset: code, fact: null })}
              options={property.datasets.map((code) => {
                const found = datasets.data?.find((d) => d.code === code)
                return { value: code, label: found ? nameIn(found.name, lang) : code }
              })}
            />
          ) : null}
          {breakdowns.data && breakdowns.data.length > 1 ? (
            <Choice
              className={styles.breakdown}
              label={t('figure.breakdown')}
              value={shown?.breakdown ?? breakdown ?? ''}
              onChange={(to) => change({ breakdown: to || null, fact: null })}
              options={breakdowns.data.map((b) => ({ value: b, label: b || t('figure.whole') }))}
            />
          ) : null}
          <SeriesControls view={view} today={today} change={change} />
        </div>

        <Panel
          title={name ? `${name}${place ? ` · ${place}` : ''}` : t('nav.series')}
          note={
            shown && shown.points.length > 0 ? (
              <Button kind="quiet" onClick={save}>
                <Icon name="download" size="1.1rem" />
                {t('series.download')}
              </Button>
            ) : undefined
          }
        >
          {shown?.truncated ? <p className={styles.caution}>{t('series.truncated')}</p> : null}
          {shown?.asKnown || shown?.asPublished ? <p className={styles.caution}>{t('series.past')}</p> : null}
          {failed && !shown ? (
            <Failure error={failed} retry={() => void answer.refetch()} />
          ) : properties.data && !property ? (
            <Empty title={t('figure.noProperty')} />
          ) : first.isSuccess && entity === null ? (
            <Empty title={t('series.noValues')} />
          ) : !shown ? (
            <Loading lines={9} height="1.6rem" />
          ) : shown.points.length === 0 ? (
            <Empty title={t('series.noPoints')}>{t('series.noPointsHint')}</Empty>
          ) : (
            <figure aria-label={words.description}>
              <Suspense fallback={<Loading lines={9} height="1.6rem" />}>
                <Chart
                  answer={shown}
                  words={words}
                  chosen={view.fact}
                  onPoint={(point) =>
                    // A point gathered from many values has no versions: it leads to the values of its day.
                    point.n !== undefined && point.n > 1
                      ? change(
                          {
                            range: 'days',
                            from: civilDay(point.t),
                            to: civilDay(point.t),
                            resolution: 'raw',
                          },
                          { step: true },
                        )
                      : change({ fact: point.t }, { step: true })
                  }
                />
              </Suspense>
            </figure>
          )}
        </Panel>

        {fact && shown ? (
          <Revisions
            key={fact.t}
            fact={{
              dataset: shown.dataset,
              entity: shown.entity,
              property: shown.property,
              breakdown: shown.breakdown,
              t: fact.t,
            }}
            property={property}
            steps={<FactSteps points={shown.points} at={fact.t} onGo={(to) => change({ fact: to })} />}
            title={t('series.versionsOf', { time: timeOf(fact, lang) })}
            number={number}
            onClose={() => change({ fact: null })}
          />
        ) : null}

        {shown ? (
          <Panel title={t('figure.source')}>
            <SeriesFacts answer={shown} dataset={datasets.data?.find((d) => d.code === shown.dataset)} />
          </Panel>
        ) : null}

        {shown && shown.points.length > 0 ? (
          <Panel title={t('series.table')} note={symbol ? t('map.inUom', { uom: symbol }) : undefined}>
            <PointsTable
              points={shown.points}
              caption={words.description}
              time={(point: Point) => timeOf(point, lang)}
              number={number}
              onVersions={(point) => change({ fact: point.t })}
            />
          </Panel>
        ) : null}
      </div>
    </MantineScope>
  )
}
