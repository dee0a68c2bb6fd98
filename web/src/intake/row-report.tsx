import type { ImportItem } from '@nhip/node/intake/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nameIn } from '../catalogue/words.ts'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Button } from '../shell/controls.tsx'
import tableStyles from '../shell/data-table.module.css'
import { Panel } from '../shell/panel.tsx'
import styles from './row-report.module.css'

type Report = NonNullable<ImportItem['report']>
const step = 50
const counts = ['accepted', 'unchanged', 'flagged', 'blank', 'rejected'] as const

/** What became, or would become, of the rows: counts, then each refused cell with its place, value and reason. */
export function RowReport({ id, report, refused }: { id: string; report: Report; refused: boolean }) {
  const { t } = useTranslation()
  const lang = language()
  const [shown, setShown] = useState(step)
  return (
    <Panel
      title={t(refused ? 'import.refusedReport' : report.checked ? 'import.checkedReport' : 'import.report')}
      note={refused ? t('import.refusedNote') : report.checked ? t('import.checkedNote') : undefined}
    >
      <dl className={styles.counts}>
        {counts.map((name) => (
          <div key={name} data-name={name} data-some={report[name] > 0 || undefined}>
            <dt>{t(`import.count.${name}`)}</dt>
            <dd>{formatNumber(report[name], lang)}</dd>
          </div>
        ))}
      </dl>
      {report.errors.length > 0 ? (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <section className={tableStyles.scroll} tabIndex={0} aria-label={t('import.problems')}>
            <table>
              <caption>{t('import.problems')}</caption>
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
                {report.errors.slice(0, shown).map((problem, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: one cell may have two problems
                  <tr key={i}>
                    <td className={tableStyles.number}>{problem.line ?? ''}</td>
                    <td>{problem.path ?? problem.column ?? ''}</td>
                    <td>
                      <code>{problem.value ?? ''}</code>
                    </td>
                    <td className={styles.what}>
                      {nameIn(problem.message, lang)}
                      {problem.hint ? (
                        <span className={styles.hint}> {nameIn(problem.hint, lang)}</span>
                      ) : null}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          <p className={styles.foot}>
            {report.errors.length > shown ? (
              <Button kind="quiet" onClick={() => setShown(shown + 4 * step)}>
                {t('table.more', { count: report.errors.length - shown })}
              </Button>
            ) : null}
            <a href={`/api/imports/${encodeURIComponent(id)}/errors.csv`} download>
              {t('import.errorsFile')}
            </a>
          </p>
        </>
      ) : null}
    </Panel>
  )
}
