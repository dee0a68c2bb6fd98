import type { LatestItem, SeriesAnswer } from '@nhip/node/observations/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { address, read, readAll } from '../api/client.ts'
import { nameIn, symbolOf } from '../catalogue/words.ts'
import { formatAgo, formatInstant, formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Age } from '../live/age.tsx'
import { useLive, useLiveState } from '../live/live.ts'
import { useEntityName } from '../series/entity-name.ts'
import { FreshnessBadge, QualityBadges, StatusBadge, SyntheticBadge } from '../shell/badges.tsx'
import { Failure, Loading } from '../shell/states.tsx'
import { type Card, gather } from './cards.ts'
import styles from './figure-card.module.css'
import { Sparkline } from './sparkline.tsx'

const day = 86_400_000

/** One live figure: its value now over all places, the place that deserves a look, and that place's last day. */
export function FigureCard({ property, dataset }: Card) {
  const { t } = useTranslation()
  const lang = language()
  const everyS = dataset.expectedEveryS ?? 3600
  const { link } = useLiveState()
  useLive(dataset.code, property.code)
  const latest = useQuery({
    queryKey: ['latest', dataset.code, property.code],
    // Values of the future become values of now without an event; the rest the stream tells.
    refetchInterval: link === 'live' ? 300_000 : Math.min(Math.max(everyS * 500, 15_000), 300_000),
    queryFn: () =>
      readAll<LatestItem>('/api/latest', { dataset: dataset.code, property: property.code }, 2000),
  })
  const now = gather(latest.data ?? [], property, everyS)
  const place = now.extreme
  const series = useQuery({
    queryKey: ['spark', dataset.code, property.code, place?.entity, Math.floor(now.newest / 3_600_000)],
    enabled: place !== null,
    staleTime: 300_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      read<SeriesAnswer>(
        '/api/series',
        {
          dataset: dataset.code,
          property: property.code,
          entity: place?.entity,
          breakdown: place?.breakdown,
          from: new Date(now.newest - day).toISOString(),
          maxPoints: 100,
        },
        signal,
      ),
  })
  const placeName = useEntityName(place?.entity)
  const symbol = symbolOf(property, lang)
  const name = nameIn(property.name, lang)
  const number = (value: number | null | undefined) => formatNumber(value, lang, property.decimals)
  const href = address('/series', {
    property: property.code,
    entity: place?.entity,
    dataset: dataset.code,
    breakdown: place?.breakdown,
  })

  return (
    <article className={styles.card} aria-busy={latest.isPending}>
      <h2 className={styles.name}>{place ? <Link href={href}>{name}</Link> : name}</h2>
      {latest.error && !latest.data ? (
        <Failure error={latest.error} retry={() => void latest.refetch()} />
      ) : latest.isPending ? (
        <Loading lines={3} />
      ) : now.value === null ? (
        <p className={styles.none}>{t('overview.noValue')}</p>
      ) : (
        <>
          <p className={styles.value}>
            <strong>{number(now.value)}</strong> {symbol ? <span>{symbol}</span> : null}
          </p>
          <p className={styles.how}>
            {now.places === 1 ? placeName : t(`overview.${now.how}`, { count: now.places })} ·{' '}
            <Age at={now.newest} />
          </p>
          <Sparkline
            values={series.data?.points.map((point) => point.value) ?? []}
            label={t('overview.spark', { place: placeName })}
          />
          {now.places > 1 && place ? (
            <p className={styles.place}>
              {t(property.higherIs === 'better' ? 'overview.lowest' : 'overview.highest')} <b>{placeName}</b>:{' '}
              {number(place.value)}
              {symbol ? ` ${symbol}` : ''}
            </p>
          ) : null}
        </>
      )}
      <p className={styles.marks}>
        {series.data ? <FreshnessBadge state={series.data.freshness.state} /> : null}
        <StatusBadge status={place?.status} />
        <QualityBadges quality={place?.quality} />
        {dataset.synthetic ? <SyntheticBadge /> : null}
      </p>
      <details className={styles.source}>
        <summary>{t('figure.source')}</summary>
        <dl>
          <dt>{t('figure.dataset')}</dt>
          <dd>{nameIn(dataset.name, lang)}</dd>
          <dt>{t('figure.publisher')}</dt>
          <dd>{dataset.publisher}</dd>
          {now.newest > 0 ? (
            <>
              <dt>{t('figure.newest')}</dt>
              <dd>
                {formatInstant(now.newest, lang)} ({formatAgo(now.newest, Date.now(), lang)})
              </dd>
            </>
          ) : null}
          <dt>{t('figure.expected')}</dt>
          <dd>{t('figure.everyMinutes', { count: Math.round(everyS / 60) })}</dd>
        </dl>
      </details>
    </article>
  )
}
