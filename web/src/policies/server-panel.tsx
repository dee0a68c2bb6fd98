import type { SimulationDetail, SimulationItem, SimulationRequest } from '@nhip/node/policies/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { read, send } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Button, Choice, ProgressBar } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import { Failure } from '../shell/states.tsx'
import styles from './lab.module.css'
import type { Laws } from './lab-messages.ts'

const shares = ['0.01', '0.1', '1'] as const

/** One simulation on the node, asked again until it has ended. */
export function useSimulation(id: string | null) {
  return useQuery({
    queryKey: ['simulation', id],
    enabled: id !== null,
    queryFn: ({ signal }) => read<SimulationDetail>(`/api/simulations/${id}`, {}, signal),
    refetchInterval: (query) =>
      query.state.data === undefined || ['queued', 'running'].includes(query.state.data.state) ? 1000 : false,
  })
}

/** The whole population, on the node: asked for, watched, cancelled. */
export function ServerPanel(props: {
  policy: string
  population: string
  laws: Laws
  usable: boolean
  simulation: ReturnType<typeof useSimulation>
  onStarted: (id: string | null) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const me = useMe()
  const [share, setShare] = useState<string>('0.01')
  const { laws, simulation } = props
  const start = useMutation({
    mutationFn: () => {
      const files = Object.entries(laws.edited).map(([path, text]) => ({ path, text }))
      const request: SimulationRequest = {
        policy: props.policy,
        period: laws.period,
        population: { id: props.population, seeds: [1], share: Number(share) },
        analyses: ['paths'],
        ...(laws.baseReforms.length > 0 ? { base: [...laws.baseReforms] } : {}),
        ...(files.length > 0 ? { files } : {}),
      }
      return send<SimulationItem>('POST', '/api/simulations', request)
    },
    onSuccess: ({ id }) => props.onStarted(id),
  })
  const cancel = useMutation({
    mutationFn: (id: string) => send('POST', `/api/simulations/${id}/cancel`),
    onSuccess: () => simulation.refetch(),
  })
  const one = simulation.data
  const going = one !== undefined && ['queued', 'running'].includes(one.state)
  const mayRun = me.data?.permissions.includes('policies.simulate') ?? false
  const percent =
    one?.progress?.total && one.progress.total > 0 ? (100 * one.progress.done) / one.progress.total : null
  return (
    <Panel title={t('lab.server')} note={<SyntheticBadge />}>
      {mayRun ? (
        <div className={styles.row}>
          <Choice
            label={t('lab.popShare')}
            value={share}
            options={shares.map((value) => ({ value, label: t(`lab.shareOf.${value.replace('.', '-')}`) }))}
            onChange={setShare}
          />
          <Button
            kind="strong"
            busy={start.isPending}
            disabled={going || !props.usable}
            onClick={() => start.mutate()}
          >
            {t('lab.runServer')}
          </Button>
          {going && one ? (
            <Button busy={cancel.isPending} onClick={() => cancel.mutate(one.id)}>
              {t('lab.cancel')}
            </Button>
          ) : null}
          {one && !going ? (
            <Button onClick={() => props.onStarted(null)}>{t('lab.backToSample')}</Button>
          ) : null}
        </div>
      ) : (
        <p>
          {t('lab.serverSignIn')}{' '}
          {me.data === null ? (
            <Link href={`/sign-in?next=${encodeURIComponent(`/policy-lab${window.location.search}`)}`}>
              {t('account.signIn')}
            </Link>
          ) : null}
        </p>
      )}
      {start.error ? <Failure error={start.error} /> : null}
      {simulation.error ? <Failure error={simulation.error} /> : null}
      {one ? (
        <div className={styles.progress} role="status">
          <p className={styles.note}>
            {t(`lab.state.${one.state}`)}
            {one.progress?.message ? ` · ${nameIn(one.progress.message, lang)}` : ''}
          </p>
          {going ? <ProgressBar label={t('lab.server')} percent={percent} /> : null}
          {one.problems.map((problem) => (
            <p key={`${problem.code} ${problem.message.en}`} className={styles.note}>
              {nameIn(problem.message, lang)}
            </p>
          ))}
        </div>
      ) : null}
    </Panel>
  )
}
