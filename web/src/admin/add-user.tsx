import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, send } from '../api/client.ts'
import { Button, Choice, TextField } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import styles from './admin-page.module.css'
import { AskApproval } from './ask-approval.tsx'
import { Memberships } from './memberships.tsx'
import { NewPassword } from './new-password.tsx'
import type { Membership } from './users.ts'

/** A new account with its rights. What the node refuses is said at the field it is about. */
export function AddUser(props: { onDone: (username: string) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const place = useRef<HTMLDivElement>(null)
  const [form, setForm] = useState({ displayName: '', username: '', password: '', lang: 'vi' })
  const [memberships, setMemberships] = useState<Membership[]>([{ unit: '', unitName: '', role: 'officer' }])
  const rights = memberships.filter(({ unit }) => unit !== '').map(({ unit, role }) => ({ unit, role }))
  const make = (withRights: boolean) =>
    send('POST', '/api/users', { ...form, memberships: withRights ? rights : [] })
  const add = useMutation({
    mutationFn: () => make(true),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['users'] })
      props.onDone(form.username.toLowerCase())
    },
  })
  useEffect(() => place.current?.querySelector('input')?.focus(), [])
  const code = add.error instanceof ApiError ? add.error.problem?.code : undefined
  const set = (part: Partial<typeof form>) => {
    setForm({ ...form, ...part })
    add.reset()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  const atField = code === 'username-taken' || code === 'password-too-short'
  const detail = add.error instanceof ApiError ? add.error.problem?.detail : undefined
  return (
    <Panel
      title={t('admin.users.addTitle')}
      note={
        <Button kind="quiet" onClick={props.onClose}>
          {t('shell.close')}
        </Button>
      }
    >
      <form onSubmit={submit} className={styles.form}>
        <div ref={place} className={styles.fields}>
          <TextField
            label={t('admin.users.name')}
            value={form.displayName}
            onChange={(displayName) => set({ displayName })}
            maxLength={200}
            required
          />
          <TextField
            label={t('admin.users.username')}
            value={form.username}
            onChange={(username) => set({ username })}
            pattern="[a-zA-Z0-9._\-]{2,60}"
            title={t('admin.users.usernameHint')}
            hint={t('admin.users.usernameHint')}
            problem={code === 'username-taken' ? detail : undefined}
            autoCapitalize="none"
            spellCheck={false}
            required
          />
          <Choice
            label={t('shell.language')}
            value={form.lang}
            onChange={(lang) => set({ lang })}
            options={[
              { value: 'vi', label: 'Tiếng Việt' },
              { value: 'en', label: 'English' },
            ]}
          />
        </div>
        <NewPassword
          value={form.password}
          onChange={(password) => set({ password })}
          problem={code === 'password-too-short' ? detail : undefined}
        />
        <Memberships
          value={memberships}
          onChange={(to) => {
            setMemberships(to)
            add.reset()
          }}
        />
        {atField ? null : (
          <AskApproval
            error={add.error}
            before={() => make(false)}
            wanted={{
              action: 'user.grant',
              target: form.username.toLowerCase(),
              change: { memberships: rights },
            }}
          />
        )}
        <p className={styles.actions}>
          <Button type="submit" kind="strong" busy={add.isPending} disabled={form.password === ''}>
            {t('admin.users.make')}
          </Button>
        </p>
      </form>
    </Panel>
  )
}
