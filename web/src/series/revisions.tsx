import type { PropertyItem } from '@nhip/node/catalogue/contract'
import type { LineageAnswer, ObservationItem } from '@nhip/node/observations/contract'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { read, readAll } from '../api/client.ts'
import { formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import { Badge, QualityBadges, StatusBadge } from '../shell/badges.tsx'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import { Fetched } from '../shell/fetched.tsx'
import { OpenedPanel } from '../shell/opened-panel.tsx'
import { Decide } from './decide.tsx'
import { OriginOf } from './origin-of.tsx'
import styles from './revisions.module.css'

interface Fact {
  dataset: string
  entity: string
  property: string
  breakdown: string
  t: string
}

/**
 * Every version of one fact: what was said, by whom, when this node took it in, and why. Nothing is ever overwritten. Who
 * may write the dataset decides here what holds.
 */
export function Revisions(props: {
  fact: Fact
  property: PropertyItem | undefined
  title: string
  number: (value: number | null) => string
  /** Ways to the value before and after. */
  steps: ReactNode
  onClose: () => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const { fact } = props
  const me = useMe()
  const versions = useQuery({
    queryKey: ['versions', fact],
    queryFn: () => versionsOf(fact),
  })
  const newest = versions.data?.[0]?.seq
  const lineage = useQuery({
    queryKey: ['versions', 'lineage', newest],
    // Lineage names people: the node tells it to those who are signed in.
    enabled: newest !== undefined && Boolean(me.data),
    queryFn: ({ signal }) => read<LineageAnswer>(`/api/observations/${newest}/lineage`, {}, signal),
  })
  const current = versions.data?.find((version) => version.current)
  const may = me.data?.permissions.includes('observations.write') ?? false
  return (
    <OpenedPanel title={props.title} onClose={props.onClose}>
      {props.steps}
      <Fetched query={versions} lines={3}>
        {(all) => (
          <DataTable
            label={props.title}
            columns={[
              { name: t('figure.value'), number: true },
              { name: t('series.marks') },
              { name: t('series.recorded') },
              { name: t('series.published') },
              { name: t('series.origin') },
            ]}
          >
            {all.map((version) => (
              <tr key={version.seq}>
                <td className={tableStyles.number}>{version.text ?? props.number(version.value)}</td>
                <td>
                  <span className={tableStyles.badges}>
                    {version.current ? <Badge tone="good">{t('series.current')}</Badge> : null}
                    <StatusBadge status={version.status} />
                    <QualityBadges quality={version.quality} />
                  </span>
                </td>
                <td className={tableStyles.nowrap}>{formatInstant(version.recorded, lang)}</td>
                <td className={tableStyles.nowrap}>
                  {version.published ? formatInstant(version.published, lang) : t('series.notSaid')}
                </td>
                <td className={tableStyles.wrap}>
                  <OriginOf
                    source={version.source}
                    origin={lineage.data?.versions.find(({ seq }) => seq === version.seq)}
                  />
                </td>
              </tr>
            ))}
          </DataTable>
        )}
      </Fetched>
      <p className={styles.note}>{t('series.versionsNote')}</p>
      {may && current ? <Decide key={fact.t} current={current} property={props.property} /> : null}
      {me.data && !may ? <p className={styles.note}>{t('series.decide.notYours')}</p> : null}
    </OpenedPanel>
  )
}

/** All rows of one fact, the newest first. */
async function versionsOf({ t: from, ...series }: Fact): Promise<ObservationItem[]> {
  const to = new Date(Date.parse(from) + 1).toISOString()
  const all = await readAll<ObservationItem>(
    '/api/observations',
    { ...series, from, to, versions: 'all' },
    500,
  )
  return all.filter((item) => Date.parse(item.t) === Date.parse(from)).sort((a, b) => b.seq - a.seq)
}
