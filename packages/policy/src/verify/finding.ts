import type { Message, Problem } from '@nhip/canonical/problem'
import { Context, type FeelValue } from '@nhip/feel/values'
import type { Place } from '../dmn/model.ts'
import { valueJson } from '../interpret/answer.ts'

/** What a check has found: a problem with the rules it concerns, the values for which it holds, and a case that shows it. */
export interface Finding extends Problem {
  readonly decision: string | null
  /** Numbers of rules, from 1, in the order of the table. */
  readonly rules: readonly number[]
  /** For which values: a test in FEEL for every input column that matters. */
  readonly region: Readonly<Record<string, string>> | null
  /** One case: values of the input data, or of the columns where these are computed. */
  readonly witness: Readonly<Record<string, FeelValue>> | null
  /** Whether it is certain. Otherwise it may be that nothing is wrong: a cell or a column could not be looked into. */
  readonly proved: boolean
  /** How many people of a population it meets; null without one. */
  readonly people: number | null
}

/** What was looked at in one table, and whether the search was complete. */
export interface TableSummary {
  readonly decision: string
  readonly rules: number
  readonly columns: number
  readonly gaps: 'none' | 'found' | 'not proved'
  readonly overlaps: 'none' | 'found' | 'not proved'
  /** Milliseconds by the host's clock; 0 without one. */
  readonly ms: number
}

export interface FindingParts {
  readonly severity: Problem['severity']
  readonly code: string
  readonly place: Place
  readonly value?: string
  readonly message: Message
  readonly hint?: Message
  readonly decision?: string | null
  readonly rules?: readonly number[]
  readonly region?: Readonly<Record<string, string>> | null
  readonly witness?: Readonly<Record<string, FeelValue>> | null
  readonly proved?: boolean
}

export function finding({ place, ...parts }: FindingParts): Finding {
  const { severity, code, value, message, hint } = parts
  return {
    severity,
    code,
    file: place.file,
    line: place.line,
    column: place.column,
    ...(value === undefined ? {} : { value }),
    message,
    ...(hint === undefined ? {} : { hint }),
    decision: parts.decision ?? null,
    rules: parts.rules ?? [],
    region: parts.region ?? null,
    witness: parts.witness ?? null,
    proved: parts.proved ?? true,
    people: null,
  }
}

/** A finding as JSON text: numbers of a witness with all their digits. */
export function findingJson({ witness, ...rest }: Finding): string {
  const shown = witness === null ? 'null' : valueJson(Context.of({ ...witness }))
  return `${JSON.stringify(rest).slice(0, -1)},"witness":${shown}}`
}
