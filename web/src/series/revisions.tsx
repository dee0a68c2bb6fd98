import type { ObservationItem } from '@nhip/node/observations/contract'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { readAll } from '../api/client.ts'
import { formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Badge, QualityBadges, StatusBadge } from '../shell/badges.tsx'
import { Button } from '../shell/controls.tsx'
import tableStyles from '../shell/data-table.module.css'
import { Panel } from '../shell/panel.tsx'
import { Failure, Loading } from '../shell/states.tsx'
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
    <Panel
      title={props.title}
      note={
        <Button kind="quiet" onClick={props.onClose}>
          {t('series.closeVersions')}
        </Button>
      }
    >
      {versions.isPending ? (
        <Loading lines={3} />
      ) : versions.error ? (
        <Failure error={versions.error} retry={() => void versions.refetch()} />
      ) : (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <section className={tableStyles.scroll} tabIndex={0} aria-label={props.title}>
            <table>
              <caption>{props.title}</caption>
              <thead>
                <tr>
                  <th scope="col" className={tableStyles.number}>
                    {t('figure.value')}
                  </th>
                  <th scope="col">{t('series.published')}</th>
                  <th scope="col">{t('series.recorded')}</th>
                  <th scope="col">{t('series.source')}</th>
                  <th scope="col">{t('series.marks')}</th>
                </tr>
              </thead>
              <tbody>
                {versions.data.map((version) => (
                  <tr key={version.seq}>
                    <td className={tableStyles.number}>{version.text ?? props.number(version.value)}</td>
                    <td>
                      {version.published ? formatInstant(version.published, lang) : t('series.notSaid')}
                    </td>
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
              </tbody>
            </table>
          </section>
          <p className={styles.note}>{t('series.versionsNote')}</p>
        </>
      )}
    </Panel>
  )
}
