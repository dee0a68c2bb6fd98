import type { Point } from '@nhip/node/observations/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { QualityBadges, StatusBadge } from '../shell/badges.tsx'
import { Button } from '../shell/controls.tsx'
import styles from '../shell/data-table.module.css'

const step = 60

/** The text twin of the chart, newest first. A value with several versions leads to them. */
export function PointsTable(props: {
  points: readonly Point[]
  caption: string
  time: (point: Point) => string
  number: (value: number | null | undefined) => string
  onVersions: (point: Point) => void
}) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(step)
  const newestFirst = props.points.toReversed()
  const gathered = props.points.some((point) => point.n !== undefined && point.n > 1)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={props.caption}>
      <table>
        <caption>{props.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t('series.time')}</th>
            <th scope="col" className={styles.number}>
              {t('figure.value')}
            </th>
            {gathered ? (
              <>
                <th scope="col" className={styles.number}>
                  {t('series.least')}
                </th>
                <th scope="col" className={styles.number}>
                  {t('series.greatest')}
                </th>
                <th scope="col" className={styles.number}>
                  {t('series.readings')}
                </th>
              </>
            ) : null}
            <th scope="col">{t('series.marks')}</th>
            <th scope="col">{t('series.versions')}</th>
          </tr>
        </thead>
        <tbody>
          {newestFirst.slice(0, shown).map((point) => (
            <tr key={`${point.t} ${point.end ?? ''}`}>
              <th scope="row">{props.time(point)}</th>
              <td className={styles.number}>{point.text ?? props.number(point.value)}</td>
              {gathered ? (
                <>
                  <td className={styles.number}>{props.number(point.min)}</td>
                  <td className={styles.number}>{props.number(point.max)}</td>
                  <td className={styles.number}>{point.n ?? ''}</td>
                </>
              ) : null}
              <td>
                <span className={styles.badges}>
                  <StatusBadge status={point.status} />
                  <QualityBadges quality={point.quality} />
                </span>
              </td>
              <td>
                {gathered ? null : (
                  <Button kind="quiet" onClick={() => props.onVersions(point)}>
                    {point.versions !== undefined && point.versions > 1
                      ? t('series.versionCount', { count: point.versions })
                      : t('series.openVersions')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {newestFirst.length > shown ? (
        <Button kind="quiet" onClick={() => setShown(shown + 5 * step)}>
          {t('table.more', { count: newestFirst.length - shown })}
        </Button>
      ) : null}
    </section>
  )
}
