import type { StoredObservation } from '../observations/observations.ts'
import { type IntakeRooms, judgeFor } from './admit.ts'
import type { Candidate } from './candidate.ts'
import { rowMapper } from './file/map-rows.ts'
import { reopenTable } from './file/open-table.ts'
import { dataRows } from './file/profile.ts'
import { layoutOf, type ReadableImport } from './read-import.ts'

/** Where in a file a stored value stands, and what stood there. */
export interface RowOfFile {
  line: number | null
  column: string | null
  /** What was sent, where it was converted on its way in: `4.12 mg/m3`. */
  sent: string | null
}

/**
 * Finds the row of a file that a stored value came from, by reading the file again as it was read then. Null when nothing in it
 * gives that value any more, because what its names mean has changed.
 */
export async function findRow(
  rooms: IntakeRooms,
  file: ReadableImport,
  scratch: string,
  stored: StoredObservation,
): Promise<RowOfFile | null> {
  const { mapping, detected } = file
  const mapRow = rowMapper(
    mapping,
    detected.columns.map(({ name }) => name),
    stored.recordedAt,
  )
  const judge = judgeFor(rooms, {
    dataset: file.dataset,
    source: stored.source,
    door: 'file',
    receivedAt: stored.recordedAt,
    autoCreate: false,
  })
  const table = await reopenTable(file.path, scratch, mapping.sheet)
  for await (const rows of dataRows(table.path, layoutOf(mapping, detected)))
    for (const row of rows)
      for (const candidate of mapRow(row).candidates)
        if (mayBe(candidate, stored) && judge([candidate]).rows.some((made) => isSame(made, stored)))
          return {
            line: candidate.place.line ?? null,
            column:
              candidate.place.column === undefined
                ? (candidate.place.path ?? null)
                : String(candidate.place.column),
            sent: sentBy(candidate),
          }
  return null
}

/** Judging asks for names of entities: only what is of the right time and property is worth it. */
function mayBe({ property, breakdown, span }: Candidate, stored: StoredObservation): boolean {
  return (
    property === stored.property &&
    breakdown.normalize('NFC') === stored.breakdown &&
    span?.from === stored.from &&
    span.to === stored.to
  )
}

function isSame(
  made: Pick<StoredObservation, 'entity' | 'value' | 'num' | 'den' | 'text'>,
  stored: StoredObservation,
): boolean {
  return (
    made.entity === stored.entity &&
    made.value === stored.value &&
    made.num === stored.num &&
    made.den === stored.den &&
    made.text === stored.text
  )
}

function sentBy({ value, uom, factor = 1 }: Candidate): string | null {
  return value === null || uom === undefined ? null : `${value}${factor === 1 ? '' : ` × ${factor}`} ${uom}`
}
