import type { PolicyItem, PopulationItem } from '@nhip/node/policies/contract'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
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
import { BudgetPanel } from './budget-panel.tsx'
import { ChangesPanel } from './changes-panel.tsx'
import { EditorPanel } from './editor-panel.tsx'
import { useEdits } from './edits.ts'
import { HouseholdPanel } from './household-panel.tsx'
import styles from './lab.module.css'
import { LabError } from './lab-client.ts'
import type { Laws } from './lab-messages.ts'
import { MoversPanel } from './movers-panel.tsx'
import { isPeriod, PeriodField } from './period-field.tsx'
import type { ShownResult } from './plain.ts'
import { ProblemLines } from './problem-lines.tsx'
import { ProvincePanel } from './province-panel.tsx'
import { ReportPanel } from './report-panel.tsx'
import { ServerPanel, useSimulation } from './server-panel.tsx'
import { useLab } from './use-lab.ts'

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
  const policy = policies.data?.items.find(({ id }) => id === view.get('policy')) ?? policies.data?.items[0]
  const population = populations.data?.items[0]
  const [edited, setEdited] = useEdits(policy?.id)
  const asked = view.get('period')
  const period = asked !== null && isPeriod(asked) ? asked : civilDay(Date.now()).slice(0, 7)
  const baseReform = policy?.reforms.some(({ id }) => id === view.get('base')) ? view.get('base') : null
  const laws = useMemo(
    (): Laws => ({ edited, baseReforms: baseReform === null ? [] : [baseReform], period }),
    [edited, baseReform, period],
  )
  const settled = useSettled(laws, 250)
  const lab = useLab(policy?.id, settled, population)
  const checked = lab.checked.data
  const outline = checked?.outline
  const run = lab.run.data
  const stale = lab.run.isPlaceholderData || laws !== settled || !lab.ready
  const simulation = useSimulation(view.get('simulation'))
  const whole = simulation.data?.state === 'done' ? simulation.data : null
  const result = whole ? (whole.result as ShownResult) : run?.result
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
              change({ policy: to, base: null, parameter: null, table: null }, { step: true })
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
                    seconds: formatNumber(run.ms / 1000, lang, 1),
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
                usable={checked?.usable === true && laws === settled}
                simulation={simulation}
                onStarted={(id) => change({ simulation: id })}
              />
            ) : null}
            {result && outline ? (
              <div className={`${styles.column} ${stale && !whole ? styles.stale : ''}`}>
                {whole ? (
                  <p className={styles.note}>
                    {t('lab.wholeShown', { households: formatNumber(result.rows.households, lang) })}
                  </p>
                ) : compares ? null : (
                  <p className={styles.note}>{t('lab.nothingChanged')}</p>
                )}
                <BudgetPanel result={result} outline={outline} />
                <MoversPanel result={result} />
                <ProvincePanel result={result} />
                {run && !whole ? (
                  <HouseholdPanel lab={lab} laws={settled} result={run.result} outline={outline} />
                ) : null}
                <ReportPanel
                  result={result}
                  outline={outline}
                  certificate={whole ? { sha256: whole.certificateSha256 ?? '', simulation: whole.id } : null}
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

/** A value once it has been left alone for some time. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}
