import type { Reading } from '@nhip/node/intake/contract'
import { useTranslation } from 'react-i18next'
import { formatNumber, formatPeriod } from '../i18n/format.ts'
import { type Language, language } from '../i18n/language.ts'
import styles from '../shell/data-table.module.css'
import { Empty } from '../shell/states.tsx'

/** The first rows as the mapping reads them. */
export function PreviewTable({ rows }: { rows: readonly Reading[] }) {
  const { t } = useTranslation()
  const lang = language()
  if (rows.length === 0) return <Empty title={t('import.noPreview')}>{t('import.noPreviewHint')}</Empty>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={t('import.preview')}>
      <table>
        <caption>{t('import.preview')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('series.entity')}</th>
            <th scope="col">{t('figure.property')}</th>
            <th scope="col">{t('series.time')}</th>
            <th scope="col" className={styles.number}>
              {t('figure.value')}
            </th>
            <th scope="col">{t('import.role.uom')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, 20).map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file are known by their place
            <tr key={i}>
              <td>{row.entity}</td>
              <td>{row.breakdown ? `${row.property} (${row.breakdown})` : row.property}</td>
              <td>{timeIn(row, lang)}</td>
              <td className={styles.number}>
                {row.value !== undefined
                  ? formatNumber(row.value, lang)
                  : row.num !== undefined
                    ? `${formatNumber(row.num, lang)} / ${formatNumber(row.den, lang)}`
                    : (row.text ?? '')}
              </td>
              <td>{row.uom ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function timeIn(row: Reading, lang: Language): string {
  const from = row.at ?? row.from
  if (!from) return ''
  return row.to ? `${formatPeriod(from, lang)} – ${formatPeriod(row.to, lang)}` : formatPeriod(from, lang)
}
