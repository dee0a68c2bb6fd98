import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Problem } from '@nhip/canonical/problem'
import type { Dataset } from '../catalogue/catalogue.ts'
import { type IntakeRooms, judgeFor, type Verdict } from './admit.ts'
import type { Candidate } from './candidate.ts'
import type { ImportItem, Mapping } from './contract.ts'
import { type Finding, rowMapper } from './file/map-rows.ts'
import { reopenTable } from './file/open-table.ts'
import { dataRows } from './file/profile.ts'

/** Candidates that are judged at once: few enough to keep nobody else waiting for long. */
const portion = 1250
/** Errors and findings that are kept of one import; the others are counted. */
export const mostKept = 20_000

export interface ImportReport {
  accepted: number
  unchanged: number
  rejected: number
  flagged: number
  blank: number
  findings: number
}

/** What one reading of a whole file comes to: the counts in full, errors and findings up to {@link mostKept} of each. */
export interface ReadThrough {
  /** `accepted` counts the valid rows, whether or not the store has them already. */
  report: ImportReport
  errors: Problem[]
  findings: Finding[]
}

/** A file on its way in, with everything that has been decided about it. */
export interface ReadableImport {
  id: string
  path: string
  dataset: Dataset
  mapping: Mapping
  detected: ImportItem['detected']
  autoCreate: boolean
}

/**
 * Reads a file from end to end and judges every row.
 *
 * @param each is given what every portion of rows comes to, and waited for
 * @param progress told the number of rows read
 */
export async function readThrough(
  rooms: IntakeRooms,
  file: ReadableImport,
  options: {
    scratch: string
    receivedAt: number
    signal?: AbortSignal | undefined
    each?(verdict: Verdict): void | Promise<void>
    progress?(rows: number): Promise<void>
  },
): Promise<ReadThrough> {
  const { mapping, detected, dataset } = file
  const { receivedAt } = options
  const mapRow = rowMapper(
    mapping,
    detected.columns.map(({ name }) => name),
    receivedAt,
  )
  const judge = judgeFor(rooms, {
    dataset,
    source: `import:${file.id}`,
    door: 'file',
    receivedAt,
    autoCreate: file.autoCreate || dataset.autoCreate,
  })
  const report: ImportReport = { accepted: 0, unchanged: 0, rejected: 0, flagged: 0, blank: 0, findings: 0 }
  const errors: Problem[] = []
  const findings: Finding[] = []
  let waiting: Candidate[] = []
  let read = 0

  const refuse = (found: readonly Problem[]) => {
    report.rejected += found.length
    keep(errors, found)
  }
  const flush = async () => {
    options.signal?.throwIfAborted()
    const verdict = judge(waiting)
    waiting = []
    refuse(verdict.errors)
    report.flagged += verdict.flagged
    report.accepted += verdict.rows.length
    await options.each?.(verdict)
    await options.progress?.(read)
    await nextTurn()
  }

  const table = await reopenTable(file.path, options.scratch, mapping.sheet)
  for await (const rows of dataRows(table.path, layoutOf(mapping, detected)))
    for (const row of rows) {
      read += 1
      const mapped = mapRow(row)
      for (const candidate of mapped.candidates) waiting.push(candidate)
      refuse(mapped.errors)
      report.findings += mapped.findings.length
      keep(findings, mapped.findings)
      report.blank += mapped.blank
      if (waiting.length >= portion) await flush()
    }
  await flush()
  return { report, errors, findings }
}

/** How a file is cut into rows and cells: as the mapping says, else as it was found to be. */
export function layoutOf(mapping: Mapping, detected: ImportItem['detected']) {
  return {
    encoding: mapping.encoding ?? detected.encoding,
    delimiter: mapping.delimiter ?? detected.delimiter,
    header: mapping.header ?? detected.header,
    skipRows: mapping.skipRows ?? 0,
  }
}

function keep<T>(kept: T[], found: readonly T[]): void {
  if (found.length > 0 && kept.length < mostKept) kept.push(...found.slice(0, mostKept - kept.length))
}
