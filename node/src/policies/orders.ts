import type { Message, Problem } from '@nhip/canonical/problem'
import type { Source } from '@nhip/policy/bundle/model'
import type { Certificate, ReformHash } from '@nhip/policy/certificate'
import type { Change } from '@nhip/policy/diff/changes'
import type { SimulationCost } from '@nhip/policy/simulate/cost'
import type { LawSource, Threshold } from '@nhip/policy/simulate/request'
import type { Analysis } from '@nhip/policy/simulate/simulate'

/** A synthetic population by what it is made from. */
export interface PopulationName {
  readonly id: string
  readonly seed: number
  readonly share: number
}

/** What the laboratory's thread is asked to do: plain data. */
export type Order =
  /** Are these laws without errors, and what will they cost? */
  | {
      readonly kind: 'check'
      readonly base: LawSource
      readonly reform: LawSource | null
      readonly asKnown: string | null
      readonly period: string
      readonly analyses: readonly Analysis[]
    }
  /** Make a population and keep it. */
  | {
      readonly kind: 'synth'
      readonly spec: string
      readonly folder: string
      readonly population: PopulationName
    }
  /** Make a small one and keep it as JSON. */
  | {
      readonly kind: 'sample'
      readonly spec: string
      readonly file: string
      readonly seed: number
      readonly share: number
    }
  /** Print the report of a finished simulation. */
  | {
      readonly kind: 'report'
      /** The file that was certified. */
      readonly result: string
      readonly format: 'xlsx' | 'pdf'
      readonly lang: 'vi' | 'en'
      /** Names of provinces by code. */
      readonly provinces: Readonly<Record<string, string>>
    }
  | SimulateOrder

export interface SimulateOrder {
  readonly kind: 'simulate'
  readonly base: LawSource
  readonly reform: LawSource | null
  /** Files of the reform side that are not those of the bundle. */
  readonly changed: readonly ReformHash[]
  readonly asKnown: string | null
  readonly period: string
  readonly analyses: readonly Analysis[]
  readonly threshold: Threshold
  readonly margin: { readonly variable: string; readonly delta: number } | null
  readonly spec: string
  readonly folder: string
  readonly id: string
  readonly seeds: readonly number[]
  readonly share: number
  /** Threads that compute. */
  readonly jobs: number
  /** When the run began, for the certificate. */
  readonly started: string
}

export interface Made {
  readonly persons: number
  readonly households: number
}

/** Beside the result in a report: no number rests on it. */
export interface LawRead {
  /** What variables are called. */
  readonly titles: Readonly<Record<string, Message>>
  readonly reforms: Readonly<Record<string, Message>>
  readonly sources: readonly Source[]
  readonly changes: readonly Change[]
}

export interface Simulated {
  /** `simulation/1` with spread, timing, certificate and the law's texts, all digits. */
  readonly report: string
  readonly certificate: Certificate
}

/** What the thread tells: how far it is (0 to 1), then once how it ended. */
export type Tidings =
  | { readonly fraction: number; readonly stage: Message }
  | { readonly problems: readonly Problem[]; readonly cost?: SimulationCost }
  | { readonly made: Made }
  | { readonly printed: Uint8Array }
  | { readonly simulated: Simulated }
