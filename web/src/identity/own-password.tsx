import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { send } from '../api/client.ts'
import { Button, TextField } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import { Refusal } from '../shell/refusal.tsx'
import styles from './account-page.module.css'

const empty = { current: '', password: '', again: '' }

/** A new password of one's own: it takes the current one, and ends every other login. */
export function OwnPassword({ username }: { username: string }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [words, setWords] = useState(empty)
  const change = useMutation({
    mutationFn: () =>
      send('PUT', `/api/users/${encodeURIComponent(username)}/password`, {
        current: words.current,
        password: words.password,
      }),
    onSuccess: () => {
      setWords(empty)
      return queries.invalidateQueries({ queryKey: ['logins'] })
    },
  })
  const field = (name: keyof typeof empty) => ({
    type: 'password',
    label: t(`myAccount.password.${name}`),
    value: words[name],
    maxLength: 1000,
    required: true,
    autoComplete: name === 'current' ? 'current-password' : 'new-password',
    onChange: (to: string) => {
      setWords({ ...words, [name]: to })
      change.reset()
    },
  })
  const differs = words.again !== '' && words.again !== words.password
  return (
    <Panel title={t('myAccount.password.title')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate()
        }}
      >
        {/* Password managers take the account from here. */}
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        <div className={styles.fields}>
          <TextField {...field('current')} />
          <TextField {...field('password')} hint={t('myAccount.password.hint')} />
          <TextField {...field('again')} problem={differs ? t('myAccount.password.differs') : undefined} />
        </div>
        <p className={styles.actions}>
          <Button
            type="submit"
            kind="strong"
            busy={change.isPending}
            disabled={words.again === '' || differs}
          >
            {t('myAccount.password.change')}
          </Button>
          <span role="status" className={styles.done}>
            {change.isSuccess ? t('myAccount.password.done') : ''}
          </span>
        </p>
        <Refusal error={change.error} />
      </form>
    </Panel>
  )
}
