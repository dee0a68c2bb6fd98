import type { UserItem } from '@nhip/node/identity/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { send } from '../api/client.ts'
import { formatInstant, formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import { Confirm } from '../shell/confirm.tsx'
import { Button, TextField } from '../shell/controls.tsx'
import { Facts } from '../shell/facts.tsx'
import { Fetched } from '../shell/fetched.tsx'
import { OpenedPanel } from '../shell/opened-panel.tsx'
import { Refusal } from '../shell/refusal.tsx'
import { useUrlView } from '../shell/url-view.ts'
import { AccountState } from './account-state.tsx'
import styles from './admin-page.module.css'
import { AskApproval } from './ask-approval.tsx'
import { Memberships } from './memberships.tsx'
import { NewPassword } from './new-password.tsx'
import { useRoleName } from './roles.ts'
import { type Membership, useUser } from './users.ts'

/** One account: its rights, and what may be done to it. */
export function UserView({ username }: { username: string }) {
  const { t } = useTranslation()
  const [, change] = useUrlView()
  const user = useUser(username)
  return (
    <OpenedPanel title={user.data?.displayName ?? username} onClose={() => change({ user: null })}>
      <Fetched query={user}>
        {(found) => (
          <>
            <About user={found} />
            <Changes key={found.version} user={found} />
          </>
        )}
      </Fetched>
      <p className={styles.faint}>
        <Link href={`/admin/audit?target=${encodeURIComponent('user')}&text=${encodeURIComponent(username)}`}>
          {t('admin.users.inAudit')}
        </Link>
      </p>
    </OpenedPanel>
  )
}

function About({ user }: { user: UserItem }) {
  const { t } = useTranslation()
  const lang = language()
  const roleName = useRoleName()
  return (
    <Facts
      of={[
        { name: t('admin.users.username'), value: <code>{user.username}</code> },
        { name: t('admin.users.state'), value: <AccountState user={user} /> },
        { name: t('admin.users.created'), value: formatInstant(user.createdAt, lang) },
        { name: t('admin.users.lastSeen'), value: formatInstant(user.lastSeenAt, lang) },
        { name: t('admin.users.logins'), value: formatNumber(user.logins, lang) },
        {
          name: t('admin.users.rights'),
          value:
            user.memberships.length === 0
              ? t('admin.users.noRights')
              : user.memberships.map(({ role, unitName }) => `${roleName(role)} · ${unitName}`).join('; '),
          wide: true,
        },
      ]}
    />
  )
}

/** What the reader may do to the account, or why nothing. */
function Changes({ user }: { user: UserItem }) {
  const { t } = useTranslation()
  const me = useMe()
  if (user.username === me.data?.username)
    return (
      <p className={styles.faint}>
        {t('admin.users.ownRights')} <Link href="/account">{t('admin.users.ownAccount')}</Link>
      </p>
    )
  if (!me.data?.permissions.includes('users.write'))
    return <p className={styles.faint}>{t('admin.users.readOnly')}</p>
  if (!user.editable) return <p className={styles.faint}>{t('admin.users.notYours')}</p>
  return (
    <div className={styles.form}>
      <Acts user={user} />
      <Rights user={user} />
    </div>
  )
}

function Acts({ user }: { user: UserItem }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [setting, setSetting] = useState(false)
  const [password, setPassword] = useState('')
  const path = `/api/users/${encodeURIComponent(user.username)}`
  const act = useMutation({
    mutationFn: (what: 'disable' | 'enable' | 'logout') => send('POST', `${path}/${what}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['users'] }),
  })
  const renew = useMutation({
    mutationFn: () => send('PUT', `${path}/password`, { password }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  })
  const disabled = user.disabledAt !== null
  return (
    <>
      <div className={styles.actions}>
        <Button
          aria-expanded={setting}
          onClick={() => {
            setSetting(!setting)
            renew.reset()
          }}
        >
          {t('admin.users.setPassword')}
        </Button>
        <Confirm
          label={t('admin.users.logout')}
          question={t('admin.users.logoutAsk')}
          yes={t('admin.users.logoutYes')}
          busy={act.isPending}
          onYes={() => act.mutate('logout')}
        />
        {disabled ? (
          <Button busy={act.isPending} onClick={() => act.mutate('enable')}>
            {t('admin.users.enable')}
          </Button>
        ) : (
          <Confirm
            label={t('admin.users.disable')}
            question={t('admin.users.disableAsk')}
            yes={t('admin.users.disableYes')}
            busy={act.isPending}
            onYes={() => act.mutate('disable')}
          />
        )}
        <span role="status" className={styles.done}>
          {act.isSuccess ? t(`admin.users.done.${act.variables}`) : ''}
        </span>
      </div>
      <Refusal error={act.error} />
      {setting ? (
        <div className={styles.form}>
          <NewPassword
            value={password}
            onChange={(to) => {
              setPassword(to)
              renew.reset()
            }}
          />
          <p className={styles.actions}>
            <Button
              kind="strong"
              busy={renew.isPending}
              disabled={password === '' || renew.isSuccess}
              onClick={() => renew.mutate()}
            >
              {t('admin.users.savePassword')}
            </Button>
            <span role="status" className={styles.done}>
              {renew.isSuccess ? t('admin.users.done.password') : ''}
            </span>
          </p>
          <Refusal error={renew.error} />
        </div>
      ) : null}
    </>
  )
}

function Rights({ user }: { user: UserItem }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [displayName, setDisplayName] = useState(user.displayName)
  const [memberships, setMemberships] = useState<Membership[]>(user.memberships)
  const rights = memberships.filter(({ unit }) => unit !== '').map(({ unit, role }) => ({ unit, role }))
  const save = useMutation({
    mutationFn: () =>
      send<UserItem>(
        'PATCH',
        `/api/users/${encodeURIComponent(user.username)}`,
        { displayName, memberships: rights },
        user.version,
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  })
  const touched = displayName !== user.displayName || memberships !== user.memberships
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <div className={styles.fields}>
        <TextField
          label={t('admin.users.name')}
          value={displayName}
          onChange={setDisplayName}
          maxLength={200}
          required
        />
      </div>
      <Memberships
        value={memberships}
        onChange={(to) => {
          setMemberships(to)
          save.reset()
        }}
      />
      <AskApproval
        error={save.error}
        wanted={{ action: 'user.grant', target: user.username, change: { memberships: rights } }}
      />
      <p className={styles.actions}>
        <Button type="submit" kind="strong" busy={save.isPending} disabled={!touched}>
          {t('admin.save')}
        </Button>
      </p>
    </form>
  )
}
