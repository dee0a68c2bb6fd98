import { useTranslation } from 'react-i18next'
import { Button, TextField } from '../shell/controls.tsx'
import styles from './new-password.module.css'

/** A password somebody else will use: in sight, because it has to be handed over, and made up on request. */
export function NewPassword(props: {
  value: string
  problem?: string | undefined
  onChange: (password: string) => void
}) {
  const { t } = useTranslation()
  return (
    <div className={styles.password}>
      <TextField
        label={t('admin.users.password')}
        value={props.value}
        onChange={props.onChange}
        autoComplete="off"
        spellCheck={false}
        maxLength={1000}
        problem={props.problem}
        hint={t('admin.users.passwordHint')}
      />
      <Button onClick={() => props.onChange(madeUp())}>{t('admin.users.makePassword')}</Button>
    </div>
  )
}

// Without the letters and digits that are mistaken for one another when read aloud or from paper.
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Four groups of four: 79 bits, easy to read out. */
function madeUp(): string {
  const most = 256 - (256 % letters.length)
  let text = ''
  while (text.length < 16) {
    for (const byte of crypto.getRandomValues(new Uint8Array(32)))
      if (byte < most && text.length < 16) text += letters[byte % letters.length]
  }
  return text.replace(/(.{4})(?=.)/g, '$1-')
}
