import type { UserItem } from '@nhip/node/identity/contract'
import { useTranslation } from 'react-i18next'
import { Badge } from '../shell/badges.tsx'

/** Whether an account may be used, and whether it is one of the demo's. */
export function AccountState({ user }: { user: UserItem }) {
  const { t } = useTranslation()
  return (
    <>
      {user.disabledAt === null ? (
        <Badge tone="good">{t('admin.users.active')}</Badge>
      ) : (
        <Badge tone="bad">{t('admin.users.disabled')}</Badge>
      )}
      {user.demo ? <Badge tone="note">{t('admin.users.demo')}</Badge> : null}
    </>
  )
}
