import type { ObservationItem } from '@nhip/node/observations/contract'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { readAll } from '../api/client.ts'
import { formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Badge, QualityBadges, StatusBadge } from '../shell/badges.tsx'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import { Fetched } from '../shell/fetched.tsx'
import { OpenedPanel } from '../shell/opened-panel.tsx'
import styles from './revisions.module.css'

interface Fact {
  dataset: string
  entity: string
  property: string
  breakdown: string
  t: string
}

/** Every version of one fact: what was said, when it was said, when this node took it in. Nothing is ever overwritten. */
export function Revisions(props: {
  fact: Fact
  title: string
  number: (value: number | null) => string
  onClose: () => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const { fact } = props
  const versions = useQuery({
    queryKey: ['versions', fact],
    queryFn: async () => {
      const { t: from, ...series } = fact
      const to = new Date(Date.parse(from) + 1).toISOString()
      const all = await readAll<ObservationItem>(
        '/api/observations',
        { ...series, from, to, versions: 'all' },
        500,
      )
      return all.filter((item) => Date.parse(item.t) === Date.parse(from)).sort((a, b) => b.seq - a.seq)
    },
  })
  return (
    <OpenedPanel title={props.title} onClose={props.onClose}>
      <Fetched query={versions} lines={3}>
        {(all) => (
          <DataTable
            label={props.title}
            columns={[
              { name: t('figure.value'), number: true },
              { name: t('series.published') },
              { name: t('series.recorded') },
              { name: t('series.source') },
              { name: t('series.marks') },
            ]}
          >
            {all.map((version) => (
              <tr key={version.seq}>
                <td className={tableStyles.number}>{version.text ?? props.number(version.value)}</td>
                <td>{version.published ? formatInstant(version.published, lang) : t('series.notSaid')}</td>
                <td>{formatInstant(version.recorded, lang)}</td>
                <td className={styles.source}>{version.source}</td>
                <td>
                  <span className={tableStyles.badges}>
                    {version.current ? <Badge tone="good">{t('series.current')}</Badge> : null}
                    <StatusBadge status={version.status} />
                    <QualityBadges quality={version.quality} />
                  </span>
                </td>
              </tr>
            ))}
          </DataTable>
        )}
      </Fetched>
      <p className={styles.note}>{t('series.versionsNote')}</p>
    </OpenedPanel>
  )
}
