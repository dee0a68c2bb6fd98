import type { CivilDate } from '@nhip/calendar/civil-date'
import type { Message } from '@nhip/canonical/problem'
import type { Num } from '@nhip/feel/number'
import type { FeelValue } from '@nhip/feel/values'
import type { Definitions, Place } from '../dmn/model.ts'

/**
 * A bundle as its files say it, before anything is compiled: what reforms patch. Maps keep the order of the files.
 */
export interface BundleModel {
  readonly id: string
  readonly title: Message
  readonly version: string
  readonly currency: { readonly code: string; readonly scale: number } | null
  readonly sources: ReadonlyMap<string, Source>
  /** The one entity that groups are made of. */
  readonly person: Entity
  readonly groups: readonly Entity[]
  readonly enums: ReadonlyMap<string, readonly string[]>
  readonly variables: ReadonlyMap<string, Variable>
  readonly parameters: ReadonlyMap<string, Parameter>
  /** Titles of folders of parameters by their dotted path. */
  readonly folders: ReadonlyMap<string, Message>
  readonly decisions: ReadonlyMap<string, DecisionFile>
  /** Variables and `parameters.…` that are written but could not be read: nobody who uses them is to blame. */
  readonly unread: ReadonlySet<string>
  readonly outcomes: Outcomes
  readonly invariants: readonly Invariant[]
}

export interface Source {
  readonly id: string
  readonly title: Message
  readonly number: string | null
  readonly enacted: CivilDate | null
  readonly published: CivilDate | null
  readonly repealed: CivilDate | null
  readonly url: string | null
}

export interface Role {
  readonly key: string
  readonly plural: string
  readonly title: Message
  /** At least so many in each group; 0 when the role may be empty. */
  readonly min: number
  readonly max: number
}

export interface Entity {
  readonly key: string
  readonly plural: string
  readonly title: Message
  /** Roles of a group; empty for the person. */
  readonly roles: readonly Role[]
}

export type PeriodSize = 'day' | 'week' | 'month' | 'quarter' | 'year' | 'eternity'
export type Certainty = 'verbatim' | 'verbatim-ocr' | 'verbatim-earlier' | 'secondary' | 'unsourced'
export type ScaleKind = 'marginal-rate' | 'marginal-amount' | 'single-amount' | 'average-rate'

export interface Reference {
  readonly source: string
  readonly article: string
  readonly quote?: string
}

/** A FEEL text with the place of its first character. */
export interface FormulaText {
  readonly text: string
  readonly place: Place
}

export interface Formula {
  /** The formula of a period is the one with the latest `from` at or before its first day. */
  readonly from: CivilDate | null
  /** The last day on which a period may begin. */
  readonly to: CivilDate | null
  readonly feel: FormulaText | null
  readonly decision: DecisionCall | null
  readonly reference: Reference | null
  readonly basis: 'identity' | null
  readonly certainty: Certainty | null
  readonly place: Place
}

export interface DecisionCall {
  readonly file: string
  readonly decision: string
  readonly inputs: ReadonlyMap<string, FormulaText>
  readonly place: Place
}

export interface Variable {
  readonly name: string
  readonly entity: string
  /** `number`, `boolean`, `string`, `date`, `list` or the name of an enumeration. */
  readonly type: string
  readonly uom: string | null
  readonly scale: number | null
  readonly min: Num | null
  readonly max: Num | null
  readonly nullable: boolean
  readonly period: PeriodSize
  /** Undefined when the file gives none: then the type's own (0, false, "", the first of an enumeration). */
  readonly default: FeelValue | undefined
  readonly title: Message
  readonly formulas: readonly Formula[]
  readonly approximate: boolean
  /** A reform has made it its default, whatever is given. */
  readonly neutralised: boolean
  readonly place: Place
}

export interface DatedValue {
  readonly from: CivilDate
  /** When the value became law: a question "as known on E" sees it from then. Null: always. */
  readonly enacted: CivilDate | null
  /** Null ends the parameter. */
  readonly value: FeelValue | { readonly feel: FormulaText }
  readonly certainty: Certainty | null
  readonly reference: Reference | null
  readonly place: Place
}

export interface Bracket {
  readonly threshold: readonly DatedValue[]
  /** The rate, amount or average rate, by the scale's kind. */
  readonly amount: readonly DatedValue[]
}

export interface Parameter {
  readonly path: string
  readonly title: Message
  readonly uom: string | null
  readonly period: PeriodSize | null
  readonly kind: 'value' | ScaleKind
  readonly values: readonly DatedValue[]
  readonly brackets: readonly Bracket[]
  readonly place: Place
}

export interface DecisionFile {
  readonly path: string
  readonly definitions: Definitions
}

export interface Outcomes {
  readonly income: string | null
  readonly budget: readonly { readonly variable: string; readonly sign: string }[]
  readonly povertyLines: readonly { readonly id: string; readonly feel: FormulaText }[]
  readonly relevant: readonly string[]
}

export interface Invariant {
  readonly id: string
  readonly increasing: readonly [string, string] | null
  readonly feel: FormulaText | null
  readonly severity: 'error' | 'warning' | 'info'
}

/** Something written in FEEL instead of a value. */
export function isComputed(value: DatedValue['value']): value is { readonly feel: FormulaText } {
  return typeof value === 'object' && value !== null && 'feel' in value
}

/** A line of a scale as reforms and trials name it: `tax.scale.brackets[2].rate`, counted from 1. */
export const IN_SCALE = /^(.*)\.brackets\[(\d+)\]\.(threshold|rate|amount|average_rate)$/
