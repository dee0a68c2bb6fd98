import type { UserItem } from '@nhip/node/identity/contract'
import { useTranslation } from 'react-i18next'
import { type Page, read } from '../api/client.ts'
import { useMe } from '../identity/me.ts'
import { SearchSelect } from '../shell/search-select.tsx'
import styles from './admin-page.module.css'

/** Whose tokens: a choice for those who may see accounts, nothing for everybody else. */
export function OfUser(props: { value: string | null; onChange: (username: string) => void }) {
  const { t } = useTranslation()
  const me = useMe()
  if (!me.data?.permissions.includes('users.read')) return null
  return (
    <div className={styles.filters}>
      <SearchSelect
        label={t('admin.tokens.of')}
        placeholder={t('admin.users.search')}
        nothing={t('admin.users.none')}
        value={props.value}
        chosen={props.value ?? ''}
        list={['user']}
        find={async (q, signal) => {
          const page = await read<Page<UserItem>>('/api/users', { q, limit: 50 }, signal)
          return page.items.map(({ username, displayName }) => ({
            value: username,
            label: `${username} · ${displayName}`,
          }))
        }}
        onChange={props.onChange}
      />
    </div>
  )
}
