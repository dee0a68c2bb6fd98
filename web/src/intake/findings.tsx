import type { FindingItem } from '@nhip/node/intake/contract'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Page, read } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import tableStyles from '../shell/data-table.module.css'
import { Panel } from '../shell/panel.tsx'
import { Failure, Loading } from '../shell/states.tsx'
import styles from './row-report.module.css'

/** Findings that an import left; nothing is shown when there are none. */
export function Findings({ importId }: { importId: string }) {
  const { t } = useTranslation()
  const lang = language()
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
              <th scope="col">{t('import.cell')}</th>
              <th scope="col">{t('import.what')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item.id}>
                <td className={tableStyles.number}>{item.row ?? ''}</td>
                <td>{item.column ?? ''}</td>
                <td>{item.value ?? ''}</td>
                <td>{nameIn(item.message, lang)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {nextCursor ? <p className={styles.foot}>{t('import.moreFindings')}</p> : null}
    </Panel>
  )
}
