import type { Message, Problem } from '@nhip/canonical/problem'
import type { Change } from '@nhip/policy/diff/changes'
import type { PackedPopulation } from '@nhip/policy/population/packed'
import type { Threshold } from '@nhip/policy/simulate/request'
import type { Analysis } from '@nhip/policy/simulate/simulate'
import type { Finding } from '@nhip/policy/verify/finding'
import type { ShownResult } from './plain.ts'

/** What the page asks of its worker, and what it gets. All of it is plain data. */

/** Files of a bundle by path. */
export type Files = Readonly<Record<string, string>>

/** Two laws: the bundle as it is kept, with reforms of its own laid on, and the bundle with what was changed here. */
export interface Laws {
  readonly edited: Files
  readonly baseReforms: readonly string[]
  readonly period: string
}

/** A finding as JSON has it. */
export type ShownFinding = Omit<Finding, 'witness'> & {
  readonly witness: Readonly<Record<string, unknown>> | null
}

export interface ParameterOutline {
  readonly path: string
  readonly file: string
  readonly title: Message
  readonly uom: string | null
  readonly kind: string
  /** Its value on the first day of the period, in digits; null for scales and where there is none. */
  readonly now: string | null
  readonly unverified: boolean
}

export interface Outline {
  readonly parameters: readonly ParameterOutline[]
  /** Titles of folders of parameters. */
  readonly folders: Readonly<Record<string, Message>>
  readonly variables: Readonly<Record<string, { title: Message; uom: string | null }>>
  readonly sources: readonly { id: string; title: Message; number: string | null }[]
  readonly decisions: readonly string[]
}

export interface Checked {
  readonly problems: readonly Problem[]
  readonly findings: readonly ShownFinding[]
  /** Null when the frame of the bundle could not be read. */
  readonly outline: Outline | null
  /** Null when one of the two laws cannot be read. */
  readonly changes: readonly Change[] | null
  readonly usable: boolean
}

/** Which household is looked at, and which of its members' wages is varied. */
export interface HouseholdAsk {
  readonly household: number
  /** Null for the member who earns most. */
  readonly person: string | null
  /** The household as a finding states it, which need not be in the sample; null for one of the sample. */
  readonly situation: unknown
}

export interface SampleRun {
  readonly result: ShownResult
  readonly ms: number
  readonly compiled: boolean
}

/** A value that a household's member has, in words of the law. */
export interface HouseholdMember {
  readonly id: string
  readonly role: Message
  readonly values: readonly { readonly variable: string; readonly value: unknown }[]
}

export interface CurvePoint {
  readonly at: number
  readonly base: number
  readonly reform: number
}

export interface ShownExplanation {
  readonly label: string
  readonly name: string
  readonly value: unknown
  readonly uom: string | null
  readonly period: string
  readonly of: string | null
  readonly how: 'input' | 'default' | 'formula' | 'decision' | 'parameter' | 'aggregate'
  readonly expression: string | null
  readonly rule: { readonly table: string; readonly number: number } | null
  readonly parameter: {
    readonly path: string
    readonly from: string
    readonly certainty: string | null
  } | null
  readonly reference: { readonly source: string; readonly article: string; readonly quote?: string } | null
  readonly unverified?: boolean
  readonly children: readonly ShownExplanation[]
}

export interface HouseholdView {
  readonly household: number
  readonly members: readonly HouseholdMember[]
  readonly own: HouseholdMember['values']
  readonly income: { readonly variable: string; readonly base: number; readonly reform: number }
  /** Income of the household when one member's input changes and all else stays; null without an earner. */
  readonly curve: {
    readonly person: string
    readonly variable: string
    readonly now: number
    readonly points: readonly CurvePoint[]
  } | null
  readonly explanation: { readonly base: ShownExplanation; readonly reform: ShownExplanation }
}

/** Requests by their name, with their answers. */
export interface LabCalls {
  open: { ask: { files: Files; mayCompile: boolean }; answer: null }
  check: { ask: Laws; answer: Checked }
  sample: { ask: { packed: PackedPopulation }; answer: { households: number; persons: number } }
  run: {
    ask: Laws & { analyses: readonly Analysis[]; threshold: Threshold }
    answer: SampleRun
  }
  household: {
    ask: Laws & HouseholdAsk & { language: 'vi' | 'en' }
    answer: HouseholdView
  }
}

export type CallName = keyof LabCalls
export type LabRequest = {
  [Name in CallName]: { id: number; name: Name; ask: LabCalls[Name]['ask'] }
}[CallName]
export type LabReply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly problems: readonly Problem[]; readonly message: string }
