import type { Me } from '@nhip/node/identity/contract'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { TokensOf } from '../admin/tokens-section.tsx'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import { Facts } from '../shell/facts.tsx'
import { MantineScope } from '../shell/mantine-scope.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty, Loading } from '../shell/states.tsx'
import styles from './account-page.module.css'
import { useMe } from './me.ts'
import { OwnLogins } from './own-logins.tsx'
import { OwnPassword } from './own-password.tsx'

/** One's own account: rights, password, logins, tokens. */
export default function AccountPage() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <MantineScope>
      <PageHead title={t('myAccount.title')} lead={t('myAccount.lead')} />
      {me.isPending ? (
        <Loading lines={6} />
      ) : me.data ? (
        <div className={styles.page}>
          <About me={me.data} />
          <OwnPassword username={me.data.username} />
          <OwnLogins />
          {me.data.permissions.includes('tokens.write') ? <TokensOf user={me.data.username} /> : null}
        </div>
      ) : (
        <Empty title={t('myAccount.needSignIn')}>
          <Link href="/sign-in?next=/account">{t('account.signIn')}</Link>
        </Empty>
      )}
    </MantineScope>
  )
}

function About({ me }: { me: Me }) {
  const { t } = useTranslation()
  const lang = language()
  return (
    <Panel title={me.displayName}>
      <Facts
        of={[
          { name: t('signIn.username'), value: <code>{me.username}</code> },
          {
            name: t('myAccount.rights'),
            value: me.memberships
              .map(({ roleName, unitName }) => `${nameIn(roleName, lang)} · ${unitName}`)
              .join('; '),
            wide: true,
          },
        ]}
      />
      <p className={styles.note}>{t('myAccount.rightsNote')}</p>
    </Panel>
  )
}
