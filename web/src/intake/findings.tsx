import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Page, read } from '../api/client.ts'
import tableStyles from '../shell/data-table.module.css'
import { Panel } from '../shell/panel.tsx'
import { Failure, Loading } from '../shell/states.tsx'
import styles from './row-report.module.css'

/** What no quality mark can carry: a blank or refused cell, a flag of the source. */
interface FindingItem {
  id?: string
  row?: number | null
  column?: string | null
  rule: string
  value?: string | null
}

/** Findings that an import left; nothing is shown when there are none. */
export function Findings({ importId }: { importId: string }) {
  const { t } = useTranslation()
  const found = useQuery({
    queryKey: ['findings', importId],
    queryFn: ({ signal }) =>
      read<Page<FindingItem>>('/api/findings', { import: importId, limit: 500 }, signal),
  })
  if (found.isPending) return <Loading lines={2} />
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />
  const { items, nextCursor } = found.data
  if (items.length === 0) return null
  return (
    <Panel title={t('import.findings')} note={t('import.findingsNote')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={tableStyles.scroll} tabIndex={0} aria-label={t('import.findings')}>
        <table>
          <caption>{t('import.findings')}</caption>
          <thead>
            <tr>
              <th scope="col" className={tableStyles.number}>
                {t('import.line')}
              </th>
              <th scope="col">{t('import.column')}</th>
              <th scope="col">{t('import.rule')}</th>
              <th scope="col">{t('import.cell')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item, i) => (
              <tr key={item.id ?? i}>
                <td className={tableStyles.number}>{item.row ?? ''}</td>
                <td>{item.column ?? ''}</td>
                <td>{t(`finding.${item.rule}`, { defaultValue: item.rule })}</td>
                <td>{item.value ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {nextCursor ? <p className={styles.foot}>{t('import.moreFindings')}</p> : null}
    </Panel>
  )
}
