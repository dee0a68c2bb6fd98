import type { ApprovalItem } from '@nhip/node/identity/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Page, read, send } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { formatInstant } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import { Badge } from '../shell/badges.tsx'
import { Button, Choice, TextField } from '../shell/controls.tsx'
import { Facts } from '../shell/facts.tsx'
import { FetchedPage } from '../shell/fetched-page.tsx'
import { Panel } from '../shell/panel.tsx'
import { Refusal } from '../shell/refusal.tsx'
import { Empty } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import styles from './admin-page.module.css'
import { ChangesTable } from './changes-table.tsx'

const states = ['pending', 'applying', 'applied', 'rejected', 'withdrawn', 'expired', 'failed'] as const

const tones = {
  pending: 'note',
  applying: 'note',
  applied: 'good',
  rejected: 'bad',
  withdrawn: 'plain',
  expired: 'plain',
  failed: 'bad',
} as const

/** Changes that take two people: those the reader asked for, and those that wait for the reader's decision. */
export function ApprovalsSection() {
  const { t } = useTranslation()
  const [view, change] = useUrlView()
  const state = view.get('state') ?? 'pending'
  const asked = { state: state === 'all' ? null : state, cursor: view.get('cursor'), limit: 20 }
  const approvals = useQuery({
    queryKey: ['approvals', asked],
    queryFn: ({ signal }) => read<Page<ApprovalItem>>('/api/approvals', asked, signal),
  })
  return (
    <Panel
      title={t('admin.section.approvals')}
      note={
        <Choice
          hideLabel
          label={t('admin.approvals.state')}
          value={state}
          onChange={(to) => change({ state: to === 'pending' ? null : to, cursor: null })}
          options={[
            ...states.map((one) => ({ value: one, label: t(`admin.approvals.states.${one}`) })),
            { value: 'all', label: t('admin.approvals.allStates') },
          ]}
        />
      }
    >
      <p className={styles.lead}>{t('admin.approvals.lead')}</p>
      <FetchedPage query={approvals} none={<Empty title={t('admin.approvals.none')} />}>
        {(items) => (
          <ul className={styles.cards}>
            {items.map((approval) => (
              <Approval key={approval.id} approval={approval} />
            ))}
          </ul>
        )}
      </FetchedPage>
    </Panel>
  )
}

function Approval({ approval }: { approval: ApprovalItem }) {
  const { t } = useTranslation()
  const lang = language()
  const name = nameIn(approval.actionName, lang)
  return (
    <li className={styles.card}>
      <h3>
        {name}: <code>{approval.target}</code>{' '}
        <Badge tone={tones[approval.state]}>{t(`admin.approvals.states.${approval.state}`)}</Badge>
      </h3>
      <Facts
        of={[
          { name: t('admin.approvals.by'), value: approval.requestedBy },
          { name: t('admin.approvals.at'), value: formatInstant(approval.requestedAt, lang) },
          { name: t('admin.approvals.expires'), value: formatInstant(approval.expiresAt, lang) },
          { name: t('admin.reason'), value: approval.reason },
          { name: t('admin.approvals.decidedBy'), value: approval.decidedBy },
          {
            name: t('admin.approvals.decidedAt'),
            value: approval.decidedAt ? formatInstant(approval.decidedAt, lang) : null,
          },
          { name: t('admin.approvals.decisionReason'), value: approval.decisionReason },
          { name: t('admin.approvals.problem'), value: approval.problem?.[lang].detail, wide: true },
        ]}
      />
      <ChangesTable
        label={t('admin.approvals.change', { name })}
        before={approval.before}
        after={approval.change}
      />
      {approval.state === 'pending' ? <Decide approval={approval} /> : null}
    </li>
  )
}

function Decide({ approval }: { approval: ApprovalItem }) {
  const { t } = useTranslation()
  const me = useMe()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const decide = useMutation({
    mutationFn: (what: 'approve' | 'reject' | 'withdraw') =>
      send(
        'POST',
        `/api/approvals/${approval.id}/${what}`,
        what === 'withdraw' ? undefined : reason.trim() === '' ? {} : { reason: reason.trim() },
      ),
    onSettled: () => queries.invalidateQueries(),
  })
  const own = approval.requestedBy === me.data?.username
  return (
    <div className={styles.form}>
      {approval.mayDecide ? (
        <>
          <div className={styles.fields}>
            <TextField
              label={t('admin.approvals.yourReason')}
              value={reason}
              onChange={setReason}
              maxLength={500}
              hint={t('admin.approvals.yourReasonHint')}
            />
          </div>
          <p className={styles.actions}>
            <Button kind="strong" busy={decide.isPending} onClick={() => decide.mutate('approve')}>
              {t('admin.approvals.approve')}
            </Button>
            <Button
              busy={decide.isPending}
              disabled={reason.trim() === ''}
              onClick={() => decide.mutate('reject')}
            >
              {t('admin.approvals.reject')}
            </Button>
          </p>
        </>
      ) : own ? (
        <p className={styles.actions}>
          <span className={styles.note}>{t('admin.approvals.notByOneself')}</span>
          <Button busy={decide.isPending} onClick={() => decide.mutate('withdraw')}>
            {t('admin.approvals.withdraw')}
          </Button>
        </p>
      ) : (
        <p className={styles.faint}>{t('admin.approvals.notYours')}</p>
      )}
      <Refusal error={decide.error} />
    </div>
  )
}
