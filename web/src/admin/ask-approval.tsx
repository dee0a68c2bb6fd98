import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, send } from '../api/client.ts'
import { Button, TextField } from '../shell/controls.tsx'
import { Refusal } from '../shell/refusal.tsx'
import styles from './ask-approval.module.css'

/** A change that takes two people, as it would be asked for. */
export interface WantedChange {
  action: 'dataset.open' | 'user.grant' | 'role.widen'
  target: string
  change: unknown
}

/**
 * Why a change was refused; when it takes a second person, the way to ask for one. `before` is what has to be done
 * first, where the node takes the change apart.
 */
export function AskApproval(props: {
  error: unknown
  wanted: WantedChange
  before?: () => Promise<unknown>
}) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const ask = useMutation({
    mutationFn: async () => {
      await props.before?.()
      await send('POST', '/api/approvals', { ...props.wanted, reason: reason.trim() })
    },
    onSettled: () =>
      Promise.all(['approvals', 'users'].map((list) => queries.invalidateQueries({ queryKey: [list] }))),
  })
  const needed = props.error instanceof ApiError && props.error.problem?.code === 'approval-needed'
  if (!needed) return <Refusal error={props.error} />
  if (ask.isSuccess) {
    return (
      <p role="status" className={styles.asked}>
        {t('admin.approvals.asked')}
      </p>
    )
  }
  return (
    <div className={styles.ask}>
      <p role="alert">{t('admin.approvals.needed')}</p>
      <TextField
        label={t('admin.reason')}
        value={reason}
        onChange={setReason}
        maxLength={500}
        hint={t('admin.approvals.reasonHint')}
      />
      <Button kind="strong" busy={ask.isPending} disabled={reason.trim() === ''} onClick={() => ask.mutate()}>
        {t('admin.approvals.ask')}
      </Button>
      <Refusal error={ask.error} />
    </div>
  )
}
