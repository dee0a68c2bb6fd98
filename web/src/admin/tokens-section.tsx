import type { TokenItem } from '@nhip/node/identity/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Page, read, send } from '../api/client.ts'
import { formatDate, formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import { Badge } from '../shell/badges.tsx'
import { Confirm } from '../shell/confirm.tsx'
import { Button } from '../shell/controls.tsx'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import { Fetched } from '../shell/fetched.tsx'
import { Panel } from '../shell/panel.tsx'
import { Refusal } from '../shell/refusal.tsx'
import { Empty } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import { NewToken } from './new-token.tsx'
import { OfUser } from './of-user.tsx'

/** Tokens for programs: one's own, or those of an account one answers for. */
export function TokensSection() {
  const [view, change] = useUrlView()
  const me = useMe()
  const user = view.get('user') ?? me.data?.username ?? null
  return (
    <TokensOf user={user}>
      <OfUser value={user} onChange={(to) => change({ user: to === me.data?.username ? null : to })} />
    </TokensOf>
  )
}

/** The tokens of one account, and a new one. The children stand above the list. */
export function TokensOf({ user, children }: { user: string | null; children?: ReactNode }) {
  const { t } = useTranslation()
  const [view, change] = useUrlView()
  const tokens = useQuery({
    queryKey: ['tokens', user],
    enabled: user !== null,
    queryFn: async ({ signal }) => (await read<Page<TokenItem>>('/api/tokens', { user }, signal)).items,
  })
  const adding = view.has('new')
  return (
    <>
      {adding && user !== null ? (
        <NewToken key={user} user={user} onClose={() => change({ new: null })} />
      ) : null}
      <Panel
        title={t('admin.section.tokens')}
        note={
          adding ? undefined : (
            <Button kind="strong" onClick={() => change({ new: '1' }, { step: true })}>
              {t('admin.tokens.add')}
            </Button>
          )
        }
      >
        {children}
        <Fetched query={tokens}>
          {(all) => (all.length === 0 ? <Empty title={t('admin.tokens.none')} /> : <Tokens tokens={all} />)}
        </Fetched>
      </Panel>
    </>
  )
}

function Tokens({ tokens }: { tokens: readonly TokenItem[] }) {
  const { t } = useTranslation()
  const lang = language()
  const columns = [
    { name: t('admin.tokens.name') },
    { name: t('admin.tokens.begins') },
    { name: t('admin.tokens.scopes') },
    { name: t('admin.tokens.limits') },
    { name: t('admin.tokens.expires') },
    { name: t('admin.tokens.lastUsed') },
    { name: t('admin.users.state') },
    { name: t('admin.actions') },
  ]
  return (
    <DataTable label={t('admin.section.tokens')} columns={columns}>
      {tokens.map((token) => (
        <tr key={token.id}>
          <th scope="row" className={tableStyles.wrap}>
            {token.name}
          </th>
          <td>
            <code>{token.prefix}…</code>
          </td>
          <td>{token.scopes.map((scope) => t(`admin.tokens.scope.${scope}`)).join(', ')}</td>
          <td className={tableStyles.wrap}>
            {[token.unitName ?? token.unit, ...(token.datasets ?? [])].filter(Boolean).join(', ') ||
              t('admin.tokens.noLimits')}
          </td>
          <td className={tableStyles.nowrap}>
            {token.expiresAt ? formatDate(token.expiresAt, lang) : t('admin.tokens.never')}
          </td>
          <td className={tableStyles.nowrap}>{formatInstant(token.lastUsedAt, lang)}</td>
          <td>
            <TokenState token={token} />
          </td>
          <td>{token.revokedAt === null ? <Revoke id={token.id} name={token.name} /> : null}</td>
        </tr>
      ))}
    </DataTable>
  )
}

function TokenState({ token }: { token: TokenItem }) {
  const { t } = useTranslation()
  if (token.revokedAt !== null) return <Badge tone="bad">{t('admin.tokens.revoked')}</Badge>
  if (token.expiresAt !== null && Date.parse(token.expiresAt) <= Date.now())
    return <Badge tone="warn">{t('admin.tokens.expired')}</Badge>
  return <Badge tone="good">{t('admin.tokens.valid')}</Badge>
}

function Revoke({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const revoke = useMutation({
    mutationFn: () => send('DELETE', `/api/tokens/${id}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  })
  return (
    <>
      <Confirm
        kind="quiet"
        label={t('admin.tokens.revoke')}
        question={t('admin.tokens.revokeAsk', { name })}
        yes={t('admin.tokens.revokeYes')}
        busy={revoke.isPending}
        onYes={() => revoke.mutate()}
      />
      <Refusal error={revoke.error} />
    </>
  )
}
