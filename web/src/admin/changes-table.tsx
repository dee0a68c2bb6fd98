import { useTranslation } from 'react-i18next'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import styles from './admin-page.module.css'
import { differences } from './difference.ts'

/** What a change changed, place by place. */
export function ChangesTable(props: { label: string; before: unknown; after: unknown }) {
  const { t } = useTranslation()
  const changes = differences(props.before, props.after)
  if (changes.length === 0) return <p className={styles.faint}>{t('admin.changes.none')}</p>
  return (
    <DataTable
      label={props.label}
      columns={[
        { name: t('admin.changes.place') },
        { name: t('admin.changes.before') },
        { name: t('admin.changes.after') },
      ]}
    >
      {changes.map(({ path, ...sides }) => (
        <tr key={path}>
          <th scope="row" className={tableStyles.wrap}>
            <code>{path || '·'}</code>
          </th>
          <td className={tableStyles.wrap}>
            {'before' in sides ? <del className={styles.before}>{shown(sides.before)}</del> : '–'}
          </td>
          <td className={tableStyles.wrap}>
            {'after' in sides ? <ins className={styles.after}>{shown(sides.after)}</ins> : '–'}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}

/** A value as it stands in the record; lists of plain words without their brackets. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ')
  return JSON.stringify(value)
}
