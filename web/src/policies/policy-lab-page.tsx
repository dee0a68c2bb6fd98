import type { PolicyItem, PopulationItem } from '@nhip/node/policies/contract'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { read } from '../api/client.ts'
import { nameIn } from '../catalogue/words.ts'
import { civilDay, formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { SyntheticBadge } from '../shell/badges.tsx'
import { Choice } from '../shell/controls.tsx'
import { PageHead } from '../shell/page-head.tsx'
import { Panel } from '../shell/panel.tsx'
import { Empty, Failure, Loading } from '../shell/states.tsx'
import { useUrlView } from '../shell/url-view.ts'
import { ChangesPanel } from './changes-panel.tsx'
import { EditorPanel } from './editor-panel.tsx'
import { useEdits } from './edits.ts'
import styles from './lab.module.css'
import { LabError } from './lab-client.ts'
import type { Laws } from './lab-messages.ts'
import { namesOf } from './names.ts'
import { isPeriod, PeriodField } from './period-field.tsx'
import { ProblemLines } from './problem-lines.tsx'
import { SampleResults } from './sample-results.tsx'
import { ServerPanel } from './server-panel.tsx'
import { useSettled } from './settled.ts'
import { ThresholdFields, thresholdFrom } from './threshold-fields.tsx'
import { useLab } from './use-lab.ts'
import { useSimulation } from './use-simulation.ts'
import { WholeResults } from './whole-results.tsx'

/** What is typed is worked out when one pauses. */
const PAUSE_MS = 250

/** The policy lab: change a law, see what is wrong with it, whom it helps and what it costs, before it is signed. */
export default function PolicyLabPage() {
  const { t } = useTranslation()
  const lang = language()
  const [view, change] = useUrlView()
  const policies = useQuery({
    queryKey: ['policies'],
    queryFn: ({ signal }) => read<{ items: PolicyItem[] }>('/api/policies', {}, signal),
  })
  const populations = useQuery({
    queryKey: ['populations'],
    queryFn: ({ signal }) => read<{ items: PopulationItem[] }>('/api/populations', {}, signal),
  })
  const simulation = useSimulation(view.get('simulation'))
  const wanted = view.get('policy') ?? simulation.data?.policy
  const policy = policies.data?.items.find(({ id }) => id === wanted) ?? policies.data?.items[0]
  const population = populations.data?.items[0]
  const [edited, setEdited] = useEdits(policy?.id)
  const asked = view.get('period')
  const period = asked !== null && isPeriod(asked) ? asked : civilDay(Date.now()).slice(0, 7)
  const baseReform = policy?.reforms.some(({ id }) => id === view.get('base')) ? view.get('base') : null
  const laws = useMemo(
    (): Laws => ({ edited, baseReforms: baseReform === null ? [] : [baseReform], period }),
    [edited, baseReform, period],
  )
  const { amount, percent } = thresholdFrom(view)
  const threshold = useMemo(() => ({ amount, percent }), [amount, percent])
  const settled = useSettled(laws, PAUSE_MS)
  const settledThreshold = useSettled(threshold, PAUSE_MS)
  const lab = useLab(policy?.id, settled, settledThreshold, population)
  const checked = lab.checked.data
  const outline = checked?.outline
  const run = lab.run.data
  const stale = lab.run.isPlaceholderData || laws !== settled || threshold !== settledThreshold || !lab.ready
  const whole = simulation.data?.state === 'done' ? simulation.data : null
  const names = useMemo(() => (outline ? namesOf(outline, lang, t) : undefined), [outline, lang, t])
  const failed =
    policies.error ?? populations.error ?? lab.files.error ?? lab.opened.error ?? lab.checked.error

  if (failed) return <Failure error={failed} retry={() => window.location.reload()} />
  if (policies.data && !policy) return <Empty title={t('lab.noPolicies')} />
  const compares = Object.keys(edited).length > 0 || baseReform !== null
  return (
    <>
      <PageHead title={t('lab.title')} lead={t('lab.lead')} />
      <div className={styles.page}>
        <div className={styles.choice}>
          <Choice
            className={styles.grow}
            label={t('lab.policy')}
            value={policy?.id ?? ''}
            options={(policies.data?.items ?? []).map(({ id, title }) => ({
              value: id,
              label: nameIn(title, lang),
            }))}
            onChange={(to) =>
              change(
                { policy: to, base: null, parameter: null, table: null, simulation: null },
                { step: true },
              )
            }
          />
          <PeriodField value={period} onChange={(to) => change({ period: to })} />
          <Choice
            className={styles.grow}
            label={t('lab.base')}
            value={baseReform ?? ''}
            options={[
              { value: '', label: t('lab.asKept', { version: policy?.version ?? '' }) },
              ...(policy?.reforms ?? []).map(({ id, title }) => ({ value: id, label: nameIn(title, lang) })),
            ]}
            onChange={(to) => change({ base: to || null })}
          />
          <ThresholdFields
            value={threshold}
            onChange={(to) => change({ amount: String(to.amount), percent: String(to.percent) })}
          />
        </div>
        <div className={styles.columns}>
          <div className={styles.column}>
            {checked && lab.texts ? (
              <EditorPanel
                checked={checked}
                texts={lab.texts}
                edited={edited}
                period={period}
                view={view}
                change={change}
                onEdit={setEdited}
              />
            ) : (
              <Panel title={t('lab.editor')}>
                <Loading lines={8} height="1.6rem" />
              </Panel>
            )}
            <ChangesPanel changes={checked?.changes ?? null} />
          </div>
          <div className={styles.column} aria-busy={stale}>
            <div className={styles.runLine} role="status">
              {checked && !checked.usable ? (
                t('lab.notUsable')
              ) : lab.packed.error ? (
                t('lab.noSample')
              ) : run && lab.sample.data ? (
                <>
                  <SyntheticBadge />{' '}
                  {t('lab.ran', {
                    households: formatNumber(lab.sample.data.households, lang),
                    persons: formatNumber(lab.sample.data.persons, lang),
                    ms: formatNumber(run.ms, lang, 0),
                  })}{' '}
                  {run.compiled ? '' : t('lab.closures')}
                </>
              ) : (
                t('lab.running')
              )}
            </div>
            {lab.run.error instanceof LabError && !stale ? (
              <ProblemLines
                problems={
                  lab.run.error.problems.length > 0
                    ? lab.run.error.problems
                    : [
                        {
                          severity: 'error',
                          code: 'run',
                          message: { vi: lab.run.error.message, en: lab.run.error.message },
                        },
                      ]
                }
              />
            ) : null}
            {policy && population ? (
              <ServerPanel
                policy={policy.id}
                population={population.id}
                laws={laws}
                threshold={threshold}
                usable={checked?.usable === true && laws === settled}
                simulation={simulation}
                onStarted={(id) => change({ simulation: id })}
              />
            ) : null}
            {whole && outline && names ? (
              <WholeResults key={whole.id} simulation={whole} lab={lab} names={names} outline={outline} />
            ) : run && outline && names ? (
              <div className={`${styles.column} ${stale ? styles.stale : ''}`}>
                {compares ? null : <p className={styles.note}>{t('lab.nothingChanged')}</p>}
                <SampleResults
                  result={run.result}
                  lab={lab}
                  laws={settled}
                  threshold={settledThreshold}
                  names={names}
                  outline={outline}
                />
              </div>
            ) : (
              <Panel title={t('lab.results')}>
                <Loading lines={8} height="1.6rem" />
              </Panel>
            )}
          </div>
        </div>
      </div>
    </>
  )
}
