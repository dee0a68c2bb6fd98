import type { NewObservation, Observations, Standing } from '../observations/observations.ts'

const pageRows = 5000

/** What an undo did with the rows of an import. */
export interface Undone {
  /** Facts that are gone. */
  withdrawn: number
  /** Facts that the import had replaced and whose former value holds again. */
  restored: number
  /** Rows left alone, because they did not hold any more: somebody corrected them since. */
  kept: number
}

/**
 * Takes back exactly the rows that an import wrote and that still hold. A fact that the import had replaced gets its
 * former value back, said when the import said its own and under its former source; any other is withdrawn (status X).
 * May be repeated after a crash: a row that has been taken back does not hold any more.
 */
export async function takeBack(
  observations: Observations,
  importId: string,
  progress: (done: number) => Promise<void> = async () => {},
): Promise<Undone> {
  const undone: Undone = { withdrawn: 0, restored: 0, kept: 0 }
  let afterSeq: number | undefined
  let done = 0
  for (;;) {
    const page = await observations.standing(`import:${importId}`, { limit: pageRows, afterSeq })
    if (page.length === 0) return undone
    afterSeq = page.at(-1)!.row.seq
    const rows: NewObservation[] = []
    for (const { row, holds, before } of page) {
      if (!holds) {
        undone.kept += 1
        continue
      }
      const restore = before !== null && before.status !== 'X'
      rows.push(restore ? saidAgain(before, row) : withdrawal(row, importId))
      undone[restore ? 'restored' : 'withdrawn'] += 1
    }
    if (rows.length > 0) await observations.append(rows)
    done += page.length
    await progress(done)
  }
}

function withdrawal(row: Standing['row'], importId: string): NewObservation {
  const { dataset, entity, property, breakdown, from, to, uom, publishedAt } = row
  return {
    dataset,
    entity,
    property,
    breakdown,
    from,
    to,
    value: null,
    uom,
    status: 'X',
    quality: 0,
    source: `undo:${importId}`,
    ...(publishedAt === undefined ? {} : { publishedAt }),
  }
}

/** The former version as a new one that holds over the row of the import. */
function saidAgain(before: Standing['row'], { publishedAt }: Standing['row']): NewObservation {
  const { seq: _seq, recordedAt: _recordedAt, publishedAt: _publishedAt, ...content } = before
  return publishedAt === undefined ? content : { ...content, publishedAt }
}
