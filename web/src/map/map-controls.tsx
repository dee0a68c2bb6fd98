import type { DatasetItem, PropertyItem } from '@nhip/node/catalogue/contract'
import type { PeriodItem, SnapshotAnswer } from '@nhip/node/observations/contract'
import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { formatPeriod } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Choice, DayField, Segments } from '../shell/controls.tsx'
import type { ViewChange } from '../shell/url-view.ts'
import { mergerDay } from './boundaries.ts'
import { methods } from './classes.ts'
import styles from './map-controls.module.css'
import { isOfUnits, levels, type MapView, shareBases } from './map-view.ts'

/** Which numbers, of when, on which map, in which classes. */
export function MapControls(props: {
  view: MapView
  change: (change: ViewChange) => void
  property: PropertyItem | undefined
  datasets: readonly DatasetItem[]
  dataset: string | undefined
  periods: readonly PeriodItem[]
  period: string
  answer: SnapshotAnswer | undefined
  breakdowns: readonly string[]
}) {
  const { t } = useTranslation()
  const { view, change, property } = props
  const lang = language()
  const units = isOfUnits(property)
  const onDay = /^\d/.test(view.view)
  return (
    <>
      {property && property.datasets.length > 1 ? (
        <Choice
          className={styles.wide}
          label={t('figure.dataset')}
          value={props.dataset ?? ''}
          onChange={(dataset) => change({ dataset, period: null })}
          options={property.datasets.map((code) => {
            const found = props.datasets.find((d) => d.code === code)
            return { value: code, label: found ? nameIn(found.name, lang) : code }
          })}
        />
      ) : null}
      {props.breakdowns.length > 1 ? (
        <Choice
          className={styles.period}
          label={t('figure.breakdown')}
          value={props.answer?.breakdown ?? view.breakdown ?? ''}
          onChange={(breakdown) => change({ breakdown })}
          options={props.breakdowns.map((b) => ({ value: b, label: b || t('figure.whole') }))}
        />
      ) : null}
      <Choice
        className={styles.period}
        label={t('map.period')}
        value={props.period}
        onChange={(period) => change({ period })}
        options={props.periods.map((p) => ({ value: p.label, label: formatPeriod(p.label, lang) }))}
      />
      {units ? (
        <>
          <Segments
            label={t('map.boundariesOf')}
            value={onDay ? 'day' : view.view}
            onChange={(to) => change({ view: to === 'day' ? '2025-06-30' : to })}
            options={[
              { value: 'as_then', label: t('map.asThen') },
              { value: 'as_now', label: t('map.asNow') },
              { value: 'day', label: t('map.onChosenDay') },
            ]}
          />
          {onDay ? (
            <DayField
              label={t('map.day')}
              value={view.view}
              onChange={(day) => change({ view: day || mergerDay })}
            />
          ) : null}
          <Segments
            label={t('map.level')}
            value={view.level}
            onChange={(level) => change({ level, unit: null })}
            options={levels.map((level) => ({ value: level, label: t(`level.${level}`) }))}
          />
          {props.answer?.shares || view.shares ? (
            <Choice
              label={t('map.sharesBy')}
              value={view.shares ?? props.answer?.shares ?? 'population'}
              onChange={(shares) => change({ shares })}
              options={shareBases.map((basis) => ({ value: basis, label: t(`map.shares.${basis}`) }))}
            />
          ) : null}
        </>
      ) : null}
      <Choice
        label={t('map.classes')}
        value={view.method}
        onChange={(classes) => change({ classes })}
        options={methods.map((method) => ({ value: method, label: t(`map.method.${method}`) }))}
      />
    </>
  )
}
