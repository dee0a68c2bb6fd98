import type { LedgerEntryItem, LedgerState } from '@nhip/node/exchange/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { address, type Page, read } from '../api/client.ts'
import { formatInstant, formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import { Badge } from '../shell/badges.tsx'
import { Button, DayField, TextField } from '../shell/controls.tsx'
import tableStyles from '../shell/data-table.module.css'
import { DataTable } from '../shell/data-table.tsx'
import { Facts } from '../shell/facts.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { Pages } from '../shell/pages.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty, Failure, Loading } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import { actionWords } from './action-words.ts'
import { EntryPanel } from './entry-panel.tsx'
import styles from './ledger-page.module.css'

const words = ['who', 'object', 'action', 'purpose'] as const

/** The ledger: who did what to which record, and how a stranger can check it. */
export default function LedgerPage() {
  const { t } = useTranslation()
  const me = useMe()
  const [view] = useUrlView()
  const mayRead = me.data?.permissions.includes('audit.read') ?? false
  const opened = view.get('entry')
  return (
    <div className={styles.page}>
      <PageHead title={t('nav.ledger')} lead={t('ledger.lead')} />
      <State />
      {me.isPending ? (
        <Loading lines={6} />
      ) : mayRead ? (
        <>
          {opened === null ? null : <EntryPanel key={opened} index={Number(opened)} />}
          <Entries />
        </>
      ) : (
        <Empty title={t('ledger.auditorsOnly')}>
          {me.data === null ? <Link href="/sign-in?next=/ledger">{t('account.signIn')}</Link> : null}
        </Empty>
      )}
    </div>
  )
}

function State() {
  const { t } = useTranslation()
  const lang = language()
  const state = useQuery({
    queryKey: ['ledger'],
    queryFn: ({ signal }) => read<LedgerState>('/api/ledger', {}, signal),
    refetchInterval: 15_000,
  })
  if (state.isPending) return <Loading lines={2} />
  if (state.error) return <Failure error={state.error} retry={() => void state.refetch()} />
  const { size, waiting, mode, stamps, witnesses, heartbeat, origin, vkey } = state.data
  const stamped =
    stamps.authorities === 0
      ? t('ledger.noAuthority')
      : stamps.latestTime === null
        ? t('ledger.notStampedYet')
        : t('ledger.stampedUpTo', {
            size: formatNumber(stamps.latestSize, lang),
            time: formatInstant(stamps.latestTime, lang),
          })
  return (
    <Panel
      title={t('ledger.state')}
      note={<Badge tone={mode === 'open' ? 'good' : 'bad'}>{t(`ledger.mode.${mode}`)}</Badge>}
    >
      <Facts
        of={[
          { name: t('ledger.size'), value: formatNumber(size, lang) },
          { name: t('ledger.waiting'), value: formatNumber(waiting, lang) },
          {
            name: t('ledger.stamps'),
            value: (
              <>
                {stamped} {stampLate(stamps) ? <Badge tone="warn">{t('ledger.stampLate')}</Badge> : null}
                {stamps.clockDifferenceS === null ? null : (
                  <Badge tone="warn">
                    {t('ledger.clocksApart', { seconds: Math.abs(stamps.clockDifferenceS) })}
                  </Badge>
                )}
              </>
            ),
          },
          { name: t('ledger.heartbeat'), value: heartbeat ? formatInstant(heartbeat, lang) : '—' },
          { name: t('ledger.witnesses'), value: <Witnesses witnesses={witnesses} />, wide: true },
          { name: t('ledger.key'), value: <code>{vkey}</code>, wide: true },
        ]}
      />
      <details className={styles.explain}>
        <summary>{t('ledger.whatItProves')}</summary>
        <p>{t('ledger.proves1')}</p>
        <p>{t('ledger.proves2')}</p>
        <p>{t('ledger.proves3', { origin })}</p>
        <p>
          <a href="/ledger/checkpoint">{t('ledger.head')}</a>
        </p>
      </details>
    </Panel>
  )
}

/** A quarter of an hour without the stamp that is waited for. */
function stampLate({ pendingSince }: LedgerState['stamps']): boolean {
  return pendingSince !== null && Date.now() - Date.parse(pendingSince) > 15 * 60_000
}

const witnessTone = {
  waiting: 'plain',
  cosigned: 'good',
  unreachable: 'warn',
  refused: 'warn',
  fork: 'bad',
} as const

function Witnesses({ witnesses: { list, guarded } }: { witnesses: LedgerState['witnesses'] }) {
  const { t } = useTranslation()
  const lang = language()
  if (list.length === 0) return t('ledger.noWitness')
  return (
    <ul className={styles.witnesses}>
      {list.map(({ name, state, size, time }) => (
        <li key={name}>
          <Badge tone={witnessTone[state]}>{t(`ledger.witness.${state}`)}</Badge> <code>{name}</code>
          {size === null || time === null
            ? null
            : ` ${t('ledger.stampedUpTo', { size: formatNumber(size, lang), time: formatInstant(time, lang) })}`}
        </li>
      ))}
      {guarded === false ? <li className={styles.note}>{t('ledger.unguarded')}</li> : null}
    </ul>
  )
}

function Entries() {
  const { t } = useTranslation()
  const lang = language()
  const [view, change] = useUrlView()
  const search = Object.fromEntries([...words, 'cursor'].map((name) => [name, view.get(name)]))
  const from = view.get('from')
  const to = view.get('to')
  const span = { from: from ? `${from}T00:00:00+07:00` : null, to: to ? `${to}T23:59:59.999+07:00` : null }
  const entries = useQuery({
    queryKey: ['ledger', 'entries', search, span],
    queryFn: ({ signal }) =>
      read<Page<LedgerEntryItem>>('/api/ledger/entries', { ...search, ...span }, signal),
    placeholderData: keepPreviousData,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const parts = Object.fromEntries(words.map((name) => [name, String(form.get(name) ?? '').trim()]))
    change({ ...parts, cursor: null }, { step: true })
  }
  return (
    <Panel title={t('ledger.entries')}>
      <form className={styles.search} onSubmit={submit} key={words.map((name) => view.get(name)).join()}>
        {words.map((name) => (
          <TextField
            key={name}
            name={name}
            label={t(`ledger.by.${name}`)}
            placeholder={t(`ledger.hint.${name}`)}
            defaultValue={view.get(name) ?? ''}
            maxLength={300}
          />
        ))}
        <DayField
          label={t('ledger.from')}
          value={from ?? ''}
          onChange={(day) => change({ from: day, cursor: null })}
        />
        <DayField
          label={t('ledger.to')}
          value={to ?? ''}
          onChange={(day) => change({ to: day, cursor: null })}
        />
        <Button type="submit" kind="strong">
          {t('ledger.search')}
        </Button>
      </form>
      {entries.isPending ? (
        <Loading lines={8} height="1.6rem" />
      ) : entries.error ? (
        <Failure error={entries.error} retry={() => void entries.refetch()} />
      ) : entries.data.items.length === 0 ? (
        <Empty title={t('ledger.none')} />
      ) : (
        <>
          <DataTable
            label={t('ledger.entries')}
            columns={[
              { name: t('ledger.index'), number: true },
              { name: t('ledger.time') },
              { name: t('ledger.by.action') },
              { name: t('ledger.by.object') },
              { name: t('ledger.by.who') },
              { name: t('ledger.stamps') },
            ]}
          >
            {entries.data.items.map((entry) => (
              <tr key={entry.id}>
                <td className={tableStyles.number}>
                  {entry.index === null ? (
                    t('ledger.waitingOne')
                  ) : (
                    <Link
                      href={address('/ledger', { ...Object.fromEntries(view), entry: entry.index })}
                      aria-label={t('ledger.open', { index: entry.index })}
                    >
                      {formatNumber(entry.index, lang)}
                    </Link>
                  )}
                </td>
                <td className={tableStyles.nowrap}>{formatInstant(entry.time, lang)}</td>
                <td>
                  <span title={entry.action}>{actionWords(t, entry.action)}</span>{' '}
                  {entry.result === 'ok' ? null : <Badge tone="warn">{entry.result}</Badge>}
                </td>
                <td className={styles.id}>
                  {entry.object.type} <code>{entry.object.id}</code>
                </td>
                <td className={styles.id}>
                  {entry.whoName ? <span title={entry.who}>{entry.whoName}</span> : <code>{entry.who}</code>}
                </td>
                <td className={tableStyles.nowrap}>
                  {entry.stampedAt ? formatInstant(entry.stampedAt, lang) : '—'}
                </td>
              </tr>
            ))}
          </DataTable>
          <Pages next={entries.data.nextCursor} />
        </>
      )}
    </Panel>
  )
}
