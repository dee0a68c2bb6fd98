import type { SimulationDetail, SimulationRequest } from '@nhip/node/policies/contract'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../i18n/format.ts'
import { language } from '../i18n/language.ts'
import { BudgetPanel } from './budget-panel.tsx'
import { DatesPanel } from './dates-panel.tsx'
import { FlawsPanel } from './flaws-panel.tsx'
import { HouseholdPanel, useAskedHousehold } from './household-panel.tsx'
import styles from './lab.module.css'
import type { Laws, Outline } from './lab-messages.ts'
import { MoversPanel } from './movers-panel.tsx'
import type { Names } from './names.ts'
import type { WholeResult } from './plain.ts'
import { ProvincePanel } from './province-panel.tsx'
import { RatesPanel } from './rates-panel.tsx'
import { ReportPanel } from './report-panel.tsx'
import { SensitivityPanel } from './sensitivity-panel.tsx'
import { SpreadPanel } from './spread-panel.tsx'
import type { LabState } from './use-lab.ts'

/** What the node worked out, with everything that was asked for. */
export function WholeResults(props: {
  simulation: SimulationDetail
  lab: LabState
  names: Names
  outline: Outline
}) {
  const { t } = useTranslation()
  const lang = language()
  const { simulation, lab, names, outline } = props
  const { request } = simulation
  const result = simulation.result as WholeResult
  const analyses = request.analyses ?? []
  const looked = useAskedHousehold()
  const laws = useMemo(() => lawsOf(request), [request])
  const see = laws && lab.sample.data ? looked.see : undefined
  const flaws = (['invariants', 'dead', 'equal'] as const).some((one) => analyses.includes(one))
  return (
    <>
      <p className={styles.note}>
        {t('lab.wholeShown', { households: formatNumber(result.rows.households, lang) })}
      </p>
      <BudgetPanel result={result} names={names} />
      <MoversPanel result={result} />
      {result.spread ? <SpreadPanel spread={result.spread} names={names} /> : null}
      {result.emtr ? <RatesPanel rates={result.emtr} names={names} onSee={see} /> : null}
      {flaws ? <FlawsPanel result={result} analyses={analyses} names={names} onSee={see} /> : null}
      {laws && looked.asked ? (
        <HouseholdPanel lab={lab} laws={laws} names={names} outline={outline} paths={[]} looked={looked} />
      ) : null}
      {analyses.includes('sensitivity') ? <SensitivityPanel result={result} names={names} /> : null}
      {analyses.includes('dates') ? <DatesPanel result={result} names={names} /> : null}
      <ProvincePanel result={result} />
      <ReportPanel
        result={result}
        names={names}
        certificate={{ sha256: simulation.certificateSha256 ?? '', simulation: simulation.id }}
      />
    </>
  )
}

/** The two laws of a simulation as the browser runs them; null when reforms were laid on that it cannot lay on. */
function lawsOf({
  files = [],
  base = [],
  reforms = [],
  reformFiles = [],
  period,
}: SimulationRequest): Laws | null {
  if (reforms.length > 0 || reformFiles.length > 0) return null
  return {
    edited: Object.fromEntries(files.map(({ path, text }) => [path, text])),
    baseReforms: base,
    period,
  }
}
