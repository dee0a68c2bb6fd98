import type { Point } from '@nhip/node/observations/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { QualityBadges, StatusBadge } from '../shell/badges.tsx'
import { Button } from '../shell/controls.tsx'
import styles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'

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
    <DataTable
      label={props.caption}
      columns={[
        { name: t('series.time') },
        { name: t('figure.value'), number: true },
        ...(gathered
          ? [
              { name: t('series.least'), number: true },
              { name: t('series.greatest'), number: true },
              { name: t('series.readings'), number: true },
            ]
          : []),
        { name: t('series.marks') },
        { name: t('series.versions') },
      ]}
      foot={
        newestFirst.length > shown ? (
          <Button kind="quiet" onClick={() => setShown(shown + 5 * step)}>
            {t('table.more', { count: newestFirst.length - shown })}
          </Button>
        ) : null
      }
    >
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
    </DataTable>
  )
}
