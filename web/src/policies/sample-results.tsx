import type { Threshold } from '@nhip/policy/simulate/request'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Panel } from '../shell/panel.tsx'
import { Loading } from '../shell/states.tsx'
import { BudgetPanel } from './budget-panel.tsx'
import { HouseholdPanel, useAskedHousehold } from './household-panel.tsx'
import styles from './lab.module.css'
import type { Laws, Outline } from './lab-messages.ts'
import { MoversPanel } from './movers-panel.tsx'
import type { Names } from './names.ts'
import type { ShownResult } from './plain.ts'
import { ProvincePanel } from './province-panel.tsx'
import { RatesPanel } from './rates-panel.tsx'
import { ReportPanel } from './report-panel.tsx'
import { useSettled } from './settled.ts'
import { keptAnswer, type LabState } from './use-lab.ts'

/** Marginal rates are looked for when one has stopped typing: the worker does one thing after the other. */
const PAUSE_MS = 600

/** What the browser worked out on its sample. Marginal rates come a moment after the rest, since they take longer. */
export function SampleResults(props: {
  result: ShownResult
  lab: LabState
  laws: Laws
  threshold: Threshold
  names: Names
  outline: Outline
}) {
  const { t } = useTranslation()
  const { result, lab, laws, threshold, names, outline } = props
  const looked = useAskedHousehold()
  const rested = useSettled(result, PAUSE_MS) === result
  const rates = useQuery({
    ...keptAnswer,
    queryKey: ['lab-rates', lab.key, laws],
    enabled: rested && lab.client !== null && lab.ready && !lab.run.isPlaceholderData,
    queryFn: async () => {
      const found = await lab.client?.ask('run', { ...laws, threshold, analyses: ['emtr'] })
      return found?.result.emtr ?? null
    },
  })
  return (
    <>
      <BudgetPanel result={result} names={names} />
      <MoversPanel result={result} />
      {rates.data ? (
        <RatesPanel rates={rates.data} names={names} onSee={looked.see} />
      ) : rates.data === null ? null : (
        <Panel title={t('lab.rates.title')}>
          {rates.error ? <p className={styles.note}>{rates.error.message}</p> : <Loading lines={5} />}
        </Panel>
      )}
      <HouseholdPanel
        lab={lab}
        laws={laws}
        names={names}
        outline={outline}
        paths={result.paths}
        looked={looked}
      />
      <ProvincePanel result={result} />
      <ReportPanel result={result} names={names} certificate={null} />
    </>
  )
}
