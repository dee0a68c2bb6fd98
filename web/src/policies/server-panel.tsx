import type { SimulationCost, SimulationItem, SimulationRequest } from '@nhip/node/policies/contract'
import type { Threshold } from '@nhip/policy/simulate/request'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { send } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { useMe } from '../identity/me.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Button, Choice, ProgressBar } from '../shell/controls.tsx'
import { Panel } from '../shell/panel.tsx'
import { Failure } from '../shell/states.tsx'
import { AnalysisChoice, offered, usual } from './analysis-choice.tsx'
import styles from './lab.module.css'
import type { Laws } from './lab-messages.ts'
import { ProblemLines } from './problem-lines.tsx'
import { useSettled } from './settled.ts'
import { isGoing, type useSimulation } from './use-simulation.ts'

const shares = ['0.001', '0.01', '0.1', '1'] as const
/** Draws of the population: five tell how much the draw matters. */
const draws = ['5', '1'] as const
/** The node loads both laws to tell the cost, so it is asked when one pauses. */
const PAUSE_MS = 1_000

/** The whole population, on the node: what to look for and what that costs, then asked for, watched, cancelled. */
export function ServerPanel(props: {
  policy: string
  population: string
  laws: Laws
  threshold: Threshold
  usable: boolean
  simulation: ReturnType<typeof useSimulation>
  onStarted: (id: string | null) => void
}) {
  const { t } = useTranslation()
  const lang = language()
  const me = useMe()
  const [share, setShare] = useState<string>('0.01')
  const [seeds, setSeeds] = useState<string>('5')
  const [analyses, setAnalyses] = useState(usual)
  const { laws, simulation, threshold, usable } = props
  const mayRun = me.data?.permissions.includes('policies.simulate') ?? false
  const request = (of: Laws): SimulationRequest => {
    const files = Object.entries(of.edited).map(([path, text]) => ({ path, text }))
    return {
      policy: props.policy,
      period: of.period,
      population: {
        id: props.population,
        seeds: Array.from({ length: Number(seeds) }, (_, i) => i + 1),
        share: Number(share),
      },
      analyses: [...analyses],
      threshold,
      ...(of.baseReforms.length > 0 ? { base: [...of.baseReforms] } : {}),
      ...(files.length > 0 ? { files } : {}),
    }
  }
  const start = useMutation({
    mutationFn: () => send<SimulationItem>('POST', '/api/simulations', request(laws)),
    onSuccess: ({ id }) => props.onStarted(id),
  })
  const cancel = useMutation({
    mutationFn: (id: string) => send('POST', `/api/simulations/${id}/cancel`),
    onSuccess: () => simulation.refetch(),
  })
  const paused = useSettled(laws, PAUSE_MS)
  const cost = useQuery({
    queryKey: ['simulation-cost', props.policy, props.population, paused, share],
    enabled: mayRun && usable && paused === laws,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: keepPreviousData,
    // Asked once for all, so that each can tell its own before it is ticked.
    queryFn: () =>
      send<SimulationCost>('POST', '/api/simulations/cost', { ...request(paused), analyses: [...offered] }),
  })
  const one = simulation.data
  const going = one !== undefined && isGoing(one)
  const percent =
    one?.progress?.total && one.progress.total > 0 ? (100 * one.progress.done) / one.progress.total : null
  return (
    <Panel title={t('lab.server')} note={<SyntheticBadge />}>
      {mayRun ? (
        <>
          <div className={styles.row}>
            <Choice
              label={t('lab.popShare')}
              value={share}
              options={shares.map((value) => ({ value, label: t(`lab.shareOf.${value.replace('.', '-')}`) }))}
              onChange={setShare}
            />
            <Choice
              label={t('lab.seeds')}
              value={seeds}
              options={draws.map((value) => ({ value, label: t(`lab.seedsOf.${value}`) }))}
              onChange={setSeeds}
            />
          </div>
          <AnalysisChoice chosen={analyses} cost={cost.data} onChange={setAnalyses} />
          <p className={styles.note} role="status">
            {cost.data
              ? t('lab.cost', {
                  total: formatNumber(
                    Number(seeds) * cost.data.passes.plain +
                      analyses.reduce((sum, name) => sum + (cost.data.passes.analyses[name] ?? 0), 0),
                    lang,
                    0,
                  ),
                  persons: formatNumber(cost.data.persons, lang, 0),
                })
              : cost.error
                ? t('lab.costUnknown', { why: cost.error.message })
                : t('lab.costing')}
          </p>
          <div className={styles.row}>
            <Button
              kind="strong"
              busy={start.isPending}
              disabled={going || !usable}
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
        </>
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
      {start.error ? <Failure error={start.error} retry={() => start.mutate()} /> : null}
      {cancel.error ? <Failure error={cancel.error} /> : null}
      {simulation.error ? <Failure error={simulation.error} retry={() => simulation.refetch()} /> : null}
      {one ? (
        <div className={styles.progress} role="status">
          <p className={styles.note}>
            {t(`lab.state.${one.state}`)}
            {one.progress?.message ? ` · ${nameIn(one.progress.message, lang)}` : ''}
          </p>
          {going ? <ProgressBar label={t('lab.server')} percent={percent} /> : null}
          {one.problems.length > 0 ? <ProblemLines problems={one.problems} /> : null}
        </div>
      ) : null}
    </Panel>
  )
}
