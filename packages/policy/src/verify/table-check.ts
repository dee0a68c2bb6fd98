import type { FeelValue } from '@nhip/feel/values'
import type { Box } from './box.ts'
import type { Budget } from './budget.ts'
import type { Finding, FindingParts } from './finding.ts'
import { finding } from './finding.ts'
import type { Realised } from './realise.ts'
import { regionText, type TableView } from './view.ts'

/** Findings of one kind in one table: a person reads no more, and the last one says how many there are. */
export const MOST_FINDINGS = 100

/** One case run by the interpreter: which rules hold; undefined where it could not be run. */
export type Hits = readonly number[] | undefined

/** What the checks of one table share. */
export interface TableCheck {
  readonly view: TableView
  /** Of the search that is running. */
  readonly budget: Budget
  /** Of showing what was found: a search that was cut off still shows its findings. */
  readonly tracing: Budget
  readonly findings: Finding[]
  /** Input data for a region, through upstream tables. */
  readonly realise: (region: Box) => Realised
  /** Runs a realised case through the interpreter. */
  readonly hitsOf: (realised: Exclude<Realised, { kind: 'impossible' }>) => Hits
  /** The case as a person may try it. */
  readonly witnessOf: (realised: Exclude<Realised, { kind: 'impossible' }>) => Record<string, FeelValue>
}

/**
 * Reports something that holds in a region, unless upstream tables make the region impossible. A case of the region is run
 * first: where the interpreter does not show the fault, or cannot be asked, the finding is not proved.
 */
export function reportRegion(
  { view, findings, realise, hitsOf, witnessOf }: TableCheck,
  region: Box,
  parts: Omit<FindingParts, 'place' | 'region' | 'witness' | 'decision'> & { place?: FindingParts['place'] },
  shows: (hits: readonly number[]) => boolean,
): boolean {
  const realised = realise(region)
  if (realised.kind === 'impossible') return false
  const sure = (parts.proved ?? true) && realised.kind !== 'unknown'
  const hits = sure ? hitsOf(realised) : undefined
  const proved = sure && hits !== undefined && shows(hits)
  findings.push(
    finding({
      ...parts,
      place: parts.place ?? placeOf(view, parts.rules?.at(-1)),
      severity: unlessProved(parts.severity, proved),
      decision: view.decision,
      region: regionText(view, region),
      witness: witnessOf(realised),
      proved,
    }),
  )
  return true
}

/** What is not certain is no error. */
export function unlessProved(severity: FindingParts['severity'], proved: boolean): FindingParts['severity'] {
  return proved || severity !== 'error' ? severity : 'warning'
}

/** Where a rule stands, or the table. */
export function placeOf({ table }: TableView, rule?: number): FindingParts['place'] {
  const row = rule === undefined ? undefined : table.rules[rule - 1]
  const entry = row?.inputs[0] ?? row?.outputs[0]
  if (entry) return { file: entry.file, line: entry.line, column: entry.column }
  return { file: table.file, line: row?.line ?? table.line, column: table.column }
}
