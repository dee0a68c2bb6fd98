import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { UnreadableFile } from './csv-scanner.ts'
import type { Layout } from './profile.ts'
import { type SheetTable, writeSheetTable } from './sheet-table.ts'

/** A file as a delimited text, whatever it came as. */
export interface OpenTable {
  path: string
  /** What is known before looking, for a table that we wrote ourselves. */
  layout: Layout
  /** Where it came from a workbook. */
  book: SheetTable | null
}

/**
 * Opens an uploaded file. A workbook's sheet is written out as text once, into `scratch`.
 *
 * @param sheet name of the sheet that is wanted
 * @throws {UnreadableFile}
 */
export async function openTable(path: string, scratch: string, sheet?: string): Promise<OpenTable> {
  const kind = await kindOf(path)
  if (kind === 'text') return { path, layout: {}, book: null }
  if (kind === 'old') throw oldWorkbook()
  await mkdir(scratch, { recursive: true })
  const table = tablePath(path, scratch, sheet)
  return { path: table, layout: written, book: await writeSheetTable(path, table, sheet) }
}

/** The same for rows alone: a table that was written before is read as it is. */
export async function reopenTable(path: string, scratch: string, sheet?: string): Promise<OpenTable> {
  const table = tablePath(path, scratch, sheet)
  return existsSync(table) ? { path: table, layout: written, book: null } : openTable(path, scratch, sheet)
}

const written: Layout = { encoding: 'utf-8', delimiter: ',' }

function tablePath(path: string, scratch: string, sheet: string | undefined): string {
  const name = createHash('sha256')
    .update(`${basename(path)}\0${sheet ?? ''}`)
    .digest('hex')
  return join(scratch, `${name}.csv`)
}

/** By the first bytes: a ZIP archive, the compound file of Excel 97–2003 (and of every encrypted workbook), else text. */
async function kindOf(path: string): Promise<'text' | 'book' | 'old'> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
    const start = buffer.subarray(0, bytesRead).toString('hex')
    if (start.startsWith('504b0304') || start.startsWith('504b0506')) return 'book'
    return start === 'd0cf11e0a1b11ae1' ? 'old' : 'text'
  } finally {
    await file.close()
  }
}

function oldWorkbook(): UnreadableFile {
  return new UnreadableFile({
    severity: 'error',
    code: 'workbook-old',
    message: {
      vi: 'Tệp Excel kiểu cũ (.xls) hoặc có mật khẩu: hãy mở ra, bỏ mật khẩu và lưu lại dạng .xlsx hay .csv.',
      en: 'An old Excel file (.xls) or one with a password: open it, take the password off and save it as .xlsx or .csv.',
    },
  })
}
