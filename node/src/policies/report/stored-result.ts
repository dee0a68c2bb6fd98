import type { Certificate } from '@nhip/policy/certificate'
import { DecimalText } from '@nhip/policy/simulate/exact-json'
import type { SimulationResult, SpreadLine } from '@nhip/policy/simulate/result'
import type { LawRead } from '../orders.ts'

/** A type whose numbers are texts of digits. */
type Digits<T> = T extends number | bigint | DecimalText
  ? DecimalText
  : T extends object
    ? { readonly [K in keyof T]: Digits<T[K]> }
    : T

/** What `lab.worker.ts` writes. */
interface Stored extends SimulationResult {
  readonly spread: readonly SpreadLine[] | null
  readonly timing: { readonly ms: number; readonly jobs: number; readonly backend: string }
  /** Missing in results of earlier releases. */
  readonly law?: LawRead
}

export type StoredResult = Digits<Stored> & { readonly certificate: Certificate }

const NUMBER = '\u0000number'

/** Reads the bytes of `/result` without passing a number through a double. */
export function readResult(text: string): StoredResult {
  // Texts are passed over as they are; what is left of JSON in front of a comma or bracket are numbers.
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') ? token : `{"\\u0000number":"${token}"}`,
  )
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'object' && value !== null && NUMBER in value
      ? new DecimalText(value[NUMBER] as string)
      : value,
  ) as StoredResult
}
