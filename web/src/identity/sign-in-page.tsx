import { PasswordInput, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { ApiError, read, send } from '../api/client.ts'
import { Button } from '../shell/controls.tsx'
import { Logo } from '../shell/logo.tsx'
import { MantineScope } from '../shell/mantine-scope.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { backTo } from './back-to.ts'
import { rememberSignedIn } from './me.ts'
import { SetUpForm } from './set-up-form.tsx'
import styles from './sign-in-page.module.css'

/** User name and password, then back to where the reader came from; on an empty node first the set-up. */
export default function SignInPage() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const setUp = useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => read<{ needed: boolean }>('/api/setup', {}, signal),
  })
  const needed = setUp.data?.needed === true
  return (
    <MantineScope>
      <div className={styles.place}>
        <div className={styles.sheet}>
          <Logo size={44} />
          <PageHead
            title={t(needed ? 'setUp.title' : 'signIn.title')}
            lead={t(needed ? 'setUp.lead' : 'signIn.lead')}
          />
          {needed ? (
            <SetUpForm onDone={() => void queries.invalidateQueries({ queryKey: ['setup'] })} />
          ) : (
            <SignInForm />
          )}
        </div>
      </div>
    </MantineScope>
  )
}

function SignInForm() {
  const { t } = useTranslation()
  const [, go] = useLocation()
  const queries = useQueryClient()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      await send('POST', '/api/login', { username: username.trim(), password })
      rememberSignedIn(true)
      await queries.invalidateQueries()
      go(backTo(new URLSearchParams(window.location.search).get('next')))
    } catch (caught) {
      const status = caught instanceof ApiError ? caught.status : -1
      if (status === 401) setError(t('signIn.wrong'))
      else if (status === 0) setError(t('failure.unreachable'))
      else setError(caught instanceof Error ? caught.message : t('failure.other'))
      setBusy(false)
    }
  }

  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <TextInput
        label={t('signIn.username')}
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        withAsterisk={false}
        size="md"
      />
      <PasswordInput
        label={t('signIn.password')}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="current-password"
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
        required
        withAsterisk={false}
        size="md"
      />
      <div role="alert" className={styles.error}>
        {error}
      </div>
      <Button type="submit" kind="strong" busy={busy}>
        {t('signIn.submit')}
      </Button>
    </form>
  )
}
