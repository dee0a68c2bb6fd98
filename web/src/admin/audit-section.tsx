import type { AuditItem } from '@nhip/node/identity/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { type Page, read } from '../api/client.ts'
import { formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { actionWords } from '../ledger/action-words.ts'
import { Badge } from '../shell/badges.tsx'
import { Button, DayField, TextField } from '../shell/controls.tsx'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import { FetchedPage } from '../shell/fetched-page.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty } from '../shell/states.tsx'
import { changed, useUrlView } from '../shell/url-view.ts'
import styles from './admin-page.module.css'
import { AuditView } from './audit-view.tsx'

const words = ['actor', 'action', 'target', 'text'] as const

/** Who did what, when, to what: searched, and one row opened with what it changed. */
export function AuditSection() {
  const { t } = useTranslation()
  const lang = language()
  const [view, change] = useUrlView()
  const from = view.get('from')
  const to = view.get('to')
  const asked = {
    ...Object.fromEntries([...words, 'cursor'].map((name) => [name, view.get(name)])),
    from: from ? `${from}T00:00:00+07:00` : null,
    to: to ? `${to}T23:59:59.999+07:00` : null,
    limit: 50,
  }
  const rows = useQuery({
    queryKey: ['audit', asked],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read<Page<AuditItem>>('/api/audit', asked, signal),
  })
  const opened = rows.data?.items.find(({ id }) => id === view.get('row'))
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const parts = Object.fromEntries(words.map((name) => [name, String(form.get(name) ?? '').trim()]))
    change({ ...parts, cursor: null, row: null }, { step: true })
  }
  const columns = [
    { name: t('admin.audit.time') },
    { name: t('admin.audit.who') },
    { name: t('admin.audit.action') },
    { name: t('admin.audit.target') },
    { name: t('admin.audit.result') },
    { name: t('admin.audit.change') },
  ]
  return (
    <>
      {opened ? <AuditView key={opened.id} row={opened} onClose={() => change({ row: null })} /> : null}
      <Panel title={t('admin.section.audit')} note={t('admin.audit.note')}>
        <form className={styles.filters} onSubmit={submit} key={words.map((name) => view.get(name)).join()}>
          {words.map((name) => (
            <TextField
              key={name}
              name={name}
              label={t(`admin.audit.by.${name}`)}
              placeholder={t(`admin.audit.hint.${name}`)}
              defaultValue={view.get(name) ?? ''}
              maxLength={200}
            />
          ))}
          <DayField
            label={t('admin.from')}
            value={from ?? ''}
            onChange={(day) => change({ from: day, cursor: null })}
          />
          <DayField
            label={t('admin.to')}
            value={to ?? ''}
            onChange={(day) => change({ to: day, cursor: null })}
          />
          <Button type="submit" kind="strong">
            {t('admin.search')}
          </Button>
        </form>
        <FetchedPage query={rows} none={<Empty title={t('admin.audit.none')} />}>
          {(items) => (
            <DataTable label={t('admin.section.audit')} columns={columns}>
              {items.map((row) => (
                <tr key={row.id}>
                  <td className={tableStyles.nowrap}>{formatInstant(row.at, lang)}</td>
                  <td className={tableStyles.wrap}>
                    <span title={row.actor}>{row.actorName ?? row.actor}</span>
                  </td>
                  <td className={tableStyles.wrap}>
                    <span title={row.action}>{actionWords(t, row.action)}</span>
                  </td>
                  <td className={tableStyles.wrap}>
                    {row.target.type} <code>{row.target.id}</code>
                  </td>
                  <td>
                    <Badge tone={row.result === 'ok' ? 'good' : 'warn'}>
                      {row.result === 'ok' ? t('admin.audit.ok') : row.result}
                    </Badge>
                  </td>
                  <td>
                    <Link
                      href={`/admin/audit?${changed(view, { row: row.id })}`}
                      aria-label={t('admin.audit.open', {
                        action: actionWords(t, row.action),
                        time: formatInstant(row.at, lang),
                      })}
                    >
                      {t('admin.audit.see')}
                    </Link>
                  </td>
                </tr>
              ))}
            </DataTable>
          )}
        </FetchedPage>
      </Panel>
    </>
  )
}
