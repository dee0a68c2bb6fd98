import type { UserItem } from '@nhip/node/identity/contract'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { formatDate, formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import { Button, Choice, TextField } from '../shell/controls.tsx'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import { FetchedPage } from '../shell/fetched-page.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty } from '../shell/states.tsx'
import { changed, useUrlView } from '../shell/url-view.ts'
import { AccountState } from './account-state.tsx'
import { AddUser } from './add-user.tsx'
import styles from './admin-page.module.css'
import { useRoleName, useRoles } from './roles.ts'
import { UserView } from './user-view.tsx'
import { useUsers } from './users.ts'

/** The accounts within the reader's rights, one of them opened, and a new one. */
export function UsersSection() {
  const { t } = useTranslation()
  const [view, change] = useUrlView()
  const me = useMe()
  const mayWrite = me.data?.permissions.includes('users.write') ?? false
  const opened = view.get('user')
  const adding = view.has('new') && mayWrite
  return (
    <>
      {opened ? <UserView key={opened} username={opened} /> : null}
      {adding ? (
        <AddUser
          onDone={(username) => change({ new: null, user: username }, { step: true })}
          onClose={() => change({ new: null })}
        />
      ) : null}
      <Panel
        title={t('admin.section.users')}
        note={
          mayWrite && !adding ? (
            <Button kind="strong" onClick={() => change({ new: '1', user: null }, { step: true })}>
              {t('admin.users.add')}
            </Button>
          ) : mayWrite ? undefined : (
            t('admin.users.readOnly')
          )
        }
      >
        <Accounts />
      </Panel>
    </>
  )
}

function Accounts() {
  const { t } = useTranslation()
  const [view, change] = useUrlView()
  const roles = useRoles()
  const roleName = useRoleName()
  const [words, setWords] = useState(view.get('q') ?? '')
  const q = useDeferredValue(words.trim())
  const users = useUsers({
    q: q || null,
    role: view.get('role'),
    state: view.get('state'),
    cursor: view.get('cursor'),
  })
  const columns = [
    { name: t('admin.users.name') },
    { name: t('admin.users.username') },
    { name: t('admin.users.rights') },
    { name: t('admin.users.state') },
    { name: t('admin.users.lastSeen') },
    { name: t('admin.users.created') },
  ]
  return (
    <>
      <div className={styles.filters}>
        <TextField
          label={t('admin.users.search')}
          type="search"
          value={words}
          maxLength={100}
          onChange={(to) => {
            setWords(to)
            change({ q: to.trim(), cursor: null })
          }}
        />
        <Choice
          label={t('admin.users.role')}
          value={view.get('role') ?? ''}
          onChange={(role) => change({ role, cursor: null })}
          options={[
            { value: '', label: t('admin.users.anyRole') },
            ...(roles.data ?? []).map(({ code }) => ({ value: code, label: roleName(code) })),
          ]}
        />
        <Choice
          label={t('admin.users.state')}
          value={view.get('state') ?? ''}
          onChange={(state) => change({ state, cursor: null })}
          options={[
            { value: '', label: t('admin.users.anyState') },
            { value: 'active', label: t('admin.users.active') },
            { value: 'disabled', label: t('admin.users.disabled') },
          ]}
        />
      </div>
      <FetchedPage query={users} none={<Empty title={t('admin.users.none')} />}>
        {(items) => (
          <DataTable label={t('admin.section.users')} columns={columns}>
            {items.map((user) => (
              <Account key={user.username} user={user} roleName={roleName} />
            ))}
          </DataTable>
        )}
      </FetchedPage>
    </>
  )
}

function Account({ user, roleName }: { user: UserItem; roleName: (code: string) => string }) {
  const { t } = useTranslation()
  const lang = language()
  const [view] = useUrlView()
  return (
    <tr>
      <th scope="row">
        <Link href={`/admin/users?${changed(view, { user: user.username, new: null })}`}>
          {user.displayName}
        </Link>
      </th>
      <td>
        <code>{user.username}</code>
      </td>
      <td className={tableStyles.wrap}>
        {user.memberships.length === 0
          ? t('admin.users.noRights')
          : user.memberships.map(({ role, unitName }) => `${roleName(role)} · ${unitName}`).join('; ')}
      </td>
      <td>
        <span className={tableStyles.badges}>
          <AccountState user={user} />
        </span>
      </td>
      <td className={tableStyles.nowrap}>{formatInstant(user.lastSeenAt, lang)}</td>
      <td className={tableStyles.nowrap}>{formatDate(user.createdAt, lang)}</td>
    </tr>
  )
}
