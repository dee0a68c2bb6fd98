import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { send } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import { Icon } from '../shell/icon.tsx'
import styles from './account.module.css'
import { rememberSignedIn, useMe } from './me.ts'

/** Who is signed in, or the way in. */
export function Account() {
  const { t } = useTranslation()
  const me = useMe()
  const queries = useQueryClient()
  const leave = async () => {
    await send('POST', '/api/logout', {}).catch(() => undefined)
    rememberSignedIn(false)
    await queries.invalidateQueries()
  }
  if (!me.data) {
    return (
      <Link href="/sign-in" className={styles.link}>
        <Icon name="user" />
        <span>{t('account.signIn')}</span>
      </Link>
    )
  }
  const place = me.data.memberships[0]
  return (
    <div className={styles.account}>
      <Link
        href="/account"
        className={styles.own}
        aria-label={t('account.own', { name: me.data.displayName })}
        title={t('account.own', { name: me.data.displayName })}
      >
        <Icon name="user" />
        <span className={styles.who}>
          <strong>{me.data.displayName}</strong>
          {place ? <span>{`${nameIn(place.roleName, language())} · ${place.unitName}`}</span> : null}
        </span>
      </Link>
      <button type="button" className={styles.leave} onClick={() => void leave()}>
        {t('account.signOut')}
      </button>
    </div>
  )
}
