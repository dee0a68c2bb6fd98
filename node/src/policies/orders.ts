import type { Message, Problem } from '@nhip/canonical/problem'
import type { Certificate, ReformHash } from '@nhip/policy/certificate'
import type { LawSource } from '@nhip/policy/simulate/request'
import type { Analysis } from '@nhip/policy/simulate/simulate'

/** A synthetic population by what it is made from. */
export interface PopulationName {
  readonly id: string
  readonly seed: number
  readonly share: number
}

/** What the laboratory's thread is asked to do: plain data. */
export type Order =
  /** Are these laws without errors? */
  | { readonly kind: 'check'; readonly laws: readonly LawSource[]; readonly asKnown: string | null }
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

export interface Simulated {
  /** `simulation/1` with spread, timing and certificate, all digits. */
  readonly report: string
  readonly certificate: Certificate
}

/** What the thread tells: how far it is (0 to 1), then once how it ended. */
export type Tidings =
  | { readonly fraction: number; readonly stage: Message }
  | { readonly problems: readonly Problem[] }
  | { readonly made: Made }
  | { readonly simulated: Simulated }
