import type { LoginItem } from '@nhip/node/identity/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Page, read, send } from '../api/client.ts'
import { formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { Badge } from '../shell/badges.tsx'
import { Confirm } from '../shell/confirm.tsx'
import { Button } from '../shell/controls.tsx'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import { Fetched } from '../shell/fetched.tsx'
import { Panel } from '../shell/panel.tsx'
import { Refusal } from '../shell/refusal.tsx'
import styles from './account-page.module.css'
import { deviceName } from './device-name.ts'
import { rememberSignedIn } from './me.ts'

/** Where one is signed in, and the end of each. */
export function OwnLogins() {
  const { t } = useTranslation()
  const lang = language()
  const queries = useQueryClient()
  const logins = useQuery({
    queryKey: ['logins'],
    queryFn: async ({ signal }) => (await read<Page<LoginItem>>('/api/me/logins', {}, signal)).items,
  })
  const end = useMutation({
    mutationFn: (id: string) => send('DELETE', `/api/me/logins/${id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['logins'] }),
  })
  const everywhere = useMutation({
    mutationFn: () => send('POST', '/api/logout', { everywhere: true }),
    onSuccess: () => {
      rememberSignedIn(false)
      return queries.invalidateQueries()
    },
  })
  const columns = [
    { name: t('myAccount.logins.device') },
    { name: t('myAccount.logins.address') },
    { name: t('myAccount.logins.since') },
    { name: t('myAccount.logins.seen') },
    { name: t('myAccount.logins.until') },
    { name: t('admin.actions') },
  ]
  return (
    <Panel
      title={t('myAccount.logins.title')}
      note={
        <Confirm
          label={t('myAccount.logins.everywhere')}
          question={t('myAccount.logins.everywhereAsk')}
          yes={t('account.signOut')}
          busy={everywhere.isPending}
          onYes={() => everywhere.mutate()}
        />
      }
    >
      <Fetched query={logins} lines={3}>
        {(items) => (
          <DataTable label={t('myAccount.logins.title')} columns={columns}>
            {items.map((login) => (
              <tr key={login.id}>
                <th scope="row" className={tableStyles.wrap} title={login.agent ?? undefined}>
                  {deviceName(login.agent) ?? t('myAccount.logins.unknown')}{' '}
                  {login.current ? <Badge tone="good">{t('myAccount.logins.here')}</Badge> : null}
                </th>
                <td>
                  <code>{login.address ?? '–'}</code>
                </td>
                <td className={tableStyles.nowrap}>{formatInstant(login.createdAt, lang)}</td>
                <td className={tableStyles.nowrap}>{formatInstant(login.seenAt, lang)}</td>
                <td className={tableStyles.nowrap}>{formatInstant(login.expiresAt, lang)}</td>
                <td>
                  {login.current ? null : (
                    <Button
                      kind="quiet"
                      busy={end.isPending && end.variables === login.id}
                      onClick={() => end.mutate(login.id)}
                    >
                      {t('myAccount.logins.end')}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </DataTable>
        )}
      </Fetched>
      <p className={styles.note}>{t('myAccount.logins.note')}</p>
      <Refusal error={end.error ?? everywhere.error} />
    </Panel>
  )
}
