import { contentHash } from '@nhip/canonical/content-hash'
import type { Problem } from '@nhip/canonical/problem'
import { canonicalTree } from './simulate/exact-json.ts'
import type { ReformSource, Threshold } from './simulate/request.ts'
import type { SimulationResult } from './simulate/result.ts'
import type { Analysis } from './simulate/simulate.ts'

/** The version of the engine that certificates name: a result of another version is recomputed, not trusted. */
export const ENGINE = 'nhip-policy/0.1.0'

/** Where a population comes from, so that the same one can be had again. */
export type PopulationSource =
  | { readonly kind: 'files'; readonly id: string; readonly files: Readonly<Record<string, string>> }
  | {
      readonly kind: 'synthetic'
      readonly id: string
      readonly spec_sha256: string
      readonly seed: number
      readonly share: number
    }

/** Everything on which the numbers of a simulation depend. */
export interface SimulationInputs {
  /** SHA-256 of each file of the bundle. */
  readonly bundle: Readonly<Record<string, string>>
  readonly base: readonly ReformHash[]
  readonly reform: readonly ReformHash[] | null
  readonly population: readonly PopulationSource[]
  readonly options: {
    readonly period: string
    readonly as_known: string | null
    readonly threshold: Threshold
    readonly margin: { readonly variable: string; readonly delta: number } | null
    readonly analyses: readonly Analysis[]
  }
}

export interface ReformHash {
  readonly id: string
  /** Of the text of a file; null for a reform of the bundle, whose files are hashed already. */
  readonly sha256: string | null
}

/** A simulation that anybody can repeat: inputs and result by their hashes, in canonical JSON (RFC 8785). */
export interface Certificate {
  readonly nhip: 'certificate/1'
  readonly engine: string
  readonly inputs: SimulationInputs
  readonly inputs_sha256: string
  /** Of the result of each population, in their order. */
  readonly result_sha256: readonly string[]
  readonly times: { readonly started: string; readonly ms: number }
  /** Of all of the above. */
  readonly sha256: string
}

/** SHA-256 of the bundle's files by path. */
export function bundleHashes(files: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, text]) => [path, contentHash(text)]),
  )
}

export function reformHashes(reforms: readonly ReformSource[]): ReformHash[] {
  return reforms.map((source) =>
    'id' in source ? { id: source.id, sha256: null } : { id: source.file, sha256: contentHash(source.text) },
  )
}

/** The hash of a result: of all its numbers, to the last digit. */
export function resultHash(result: SimulationResult): string {
  return contentHash(canonicalTree(result))
}

/** Certifies results. The clock is the caller's. */
export function certify(
  results: readonly SimulationResult[],
  inputs: SimulationInputs,
  times: Certificate['times'],
): Certificate {
  const body = {
    nhip: 'certificate/1' as const,
    engine: ENGINE,
    inputs,
    inputs_sha256: contentHash(inputs),
    result_sha256: results.map(resultHash),
    times,
  }
  return { ...body, sha256: contentHash(body) }
}

/** Reads a certificate and refuses one of which a byte that matters has changed. */
export function readCertificate(data: unknown): { certificate: Certificate | null; problems: Problem[] } {
  const refuse = (code: string, vi: string, en: string): { certificate: null; problems: Problem[] } => ({
    certificate: null,
    problems: [{ severity: 'error', code, message: { vi, en } }],
  })
  const certificate = data as Certificate | null
  if (certificate?.nhip !== 'certificate/1' || typeof certificate.sha256 !== 'string')
    return refuse(
      'certificate.format',
      'không phải là một chứng nhận mô phỏng',
      'this is no certificate of a simulation',
    )
  const { sha256, ...body } = certificate
  if (contentHash(body) !== sha256 || contentHash(certificate.inputs) !== certificate.inputs_sha256) {
    return refuse(
      'certificate.changed',
      'chứng nhận đã bị sửa: dấu băm của nó không khớp nội dung',
      'the certificate has been changed: its hash does not fit its content',
    )
  }
  return { certificate, problems: [] }
}

/** Every input that is not the one of the certificate; empty when the simulation can be repeated. */
export function inputDifferences(certificate: Certificate, now: SimulationInputs): Problem[] {
  const problems: Problem[] = []
  if (certificate.engine !== ENGINE) {
    problems.push({
      severity: 'warning',
      code: 'certificate.engine',
      value: certificate.engine,
      message: {
        vi: `chứng nhận của phiên bản ${certificate.engine}, đang chạy ${ENGINE}`,
        en: `the certificate is of ${certificate.engine}, this is ${ENGINE}`,
      },
    })
  }
  const differ = (path: string, value: string): void => {
    problems.push({
      severity: 'error',
      code: 'certificate.input',
      path,
      value,
      message: {
        vi: `đầu vào "${path}" khác với chứng nhận`,
        en: `the input "${path}" is not the one of the certificate`,
      },
    })
  }
  const compare = (then: unknown, here: unknown, path: string): void => {
    if (typeof then === 'object' && then !== null && typeof here === 'object' && here !== null) {
      const keys = new Set([...Object.keys(then), ...Object.keys(here)])
      for (const key of keys)
        compare(
          (then as Record<string, unknown>)[key],
          (here as Record<string, unknown>)[key],
          `${path}/${key}`,
        )
    } else if (then !== here) differ(path, String(here))
  }
  compare(certificate.inputs, now, '')
  return problems
}

/** Whether recomputed results are those of the certificate, bit for bit. */
export function resultDifferences(certificate: Certificate, results: readonly SimulationResult[]): Problem[] {
  const hashes = results.map(resultHash)
  if (
    hashes.length === certificate.result_sha256.length &&
    hashes.every((hash, i) => hash === certificate.result_sha256[i])
  )
    return []
  return [
    {
      severity: 'error',
      code: 'certificate.result',
      value: hashes.join(', '),
      message: {
        vi: 'kết quả tính lại khác với chứng nhận',
        en: 'the recomputed result is not the one of the certificate',
      },
    },
  ]
}
