import { useTranslation } from 'react-i18next'
import { Choice, DayField, Segments } from '../shell/controls.tsx'
import type { ViewChange } from '../shell/url-view.ts'
import styles from './series-page.module.css'
import { ranges, resolutions, type SeriesView } from './series-view.ts'

/** Which part of a series, how fine, and as it stood when. */
export function SeriesControls(props: {
  view: SeriesView
  today: string
  change: (change: ViewChange) => void
}) {
  const { t } = useTranslation()
  const { view, change, today } = props
  const asked = view.asKnown ? 'as_known' : view.asPublished ? 'as_published' : 'now'
  return (
    <div className={styles.controls}>
      <Choice
        label={t('series.range')}
        value={view.range}
        onChange={(range) => change({ range: range === 'all' ? null : range, from: null, to: null })}
        options={ranges.map((range) => ({ value: range, label: t(`series.ranges.${range}`) }))}
      />
      {view.range === 'days' ? (
        <>
          <DayField
            label={t('series.from')}
            value={view.from ?? ''}
            max={view.to ?? undefined}
            onChange={(from) => change({ range: 'days', from })}
          />
          <DayField
            label={t('series.to')}
            value={view.to ?? ''}
            min={view.from ?? undefined}
            onChange={(to) => change({ range: 'days', to })}
          />
        </>
      ) : null}
      <Choice
        label={t('series.resolution')}
        value={view.resolution}
        onChange={(resolution) => change({ resolution: resolution === 'auto' ? null : resolution })}
        options={resolutions.map((r) => ({ value: r, label: t(`series.resolutions.${r}`) }))}
      />
      <Segments
        label={t('series.asked')}
        value={asked}
        onChange={(to) =>
          change({
            as_known: to === 'as_known' ? (view.asPublished ?? today) : null,
            as_published: to === 'as_published' ? (view.asKnown ?? today) : null,
          })
        }
        options={[
          { value: 'now', label: t('series.asNow') },
          { value: 'as_known', label: t('series.asKnown') },
          { value: 'as_published', label: t('series.asPublished') },
        ]}
      />
      {asked === 'now' ? null : (
        <DayField
          label={t('series.onDay')}
          value={view.asKnown ?? view.asPublished ?? ''}
          onChange={(day) => change({ [asked]: day || today })}
        />
      )}
    </div>
  )
}
