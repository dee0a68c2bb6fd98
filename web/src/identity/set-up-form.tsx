import { PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { send } from '../api/client.ts'
import { Button } from '../shell/controls.tsx'
import { Failure } from '../shell/states.tsx'
import styles from './sign-in-page.module.css'

/** The first administrator of an empty node, made with the one-time code that the program printed. */
export function SetUpForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const [form, setForm] = useState({ code: '', username: '', displayName: '', password: '' })
  const make = useMutation({ mutationFn: () => send('POST', '/api/setup', form), onSuccess: onDone })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  const field = (name: 'code' | 'username' | 'displayName', autoComplete: string) => (
    <TextInput
      label={t(`setUp.${name}`)}
      value={form[name]}
      onChange={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
      autoComplete={autoComplete}
      required
      withAsterisk={false}
      size="md"
    />
  )
  return (
    <form className={styles.form} onSubmit={submit}>
      {field('code', 'one-time-code')}
      {field('username', 'username')}
      {field('displayName', 'name')}
      <PasswordInput
        label={t('signIn.password')}
        value={form.password}
        onChange={(event) => setForm({ ...form, password: event.currentTarget.value })}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
        required
        withAsterisk={false}
        size="md"
      />
      {make.error ? <Failure error={make.error} /> : null}
      <Button type="submit" kind="strong" busy={make.isPending}>
        {t('setUp.submit')}
      </Button>
    </form>
  )
}
