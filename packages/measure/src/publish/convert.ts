import { readCsvFile, writeCsvFile } from './csv.ts'
import type { DataFile, Form, Reading } from './data-file.ts'
import { readJsonFile, writeJsonFile } from './json.ts'
import { readSdmxCsv, writeSdmxCsv } from './sdmx-csv.ts'

/**
 * The form a text is in, by how it begins: a brace or bracket is JSON, a first column STRUCTURE is SDMX-CSV, all else the
 * long table. Columns of SDMX-CSV elsewhere mean SDMX-CSV with a faulty header, unless `unit` and `item` stand beside them:
 * the long table keeps the columns of the file it was made from.
 */
export function formOf(text: string): Form {
  const start = text.replace(/^\ufeff/, '').trimStart()
  if (start.startsWith('{') || start.startsWith('[')) return 'json'
  const [header = ''] = start.split(/\r?\n/, 1)
  if (/^"?STRUCTURE(\[|"|,|;|\t|:|$)/i.test(header)) return 'sdmx-csv'
  const has = (column: string) => new RegExp(`(^|,)\\s*"?${column}\\b`).test(header)
  if (has('unit') && has('item')) return 'csv'
  return has('OBS_VALUE') || has('STRUCTURE_ID') ? 'sdmx-csv' : 'csv'
}

/** Reads any of the three forms. `file` is null when a problem is an error; nothing is half-read. */
export function readDataFile(text: string, name?: string): Reading & { form: Form } {
  const form = formOf(text)
  const read = form === 'json' ? readJsonFile : form === 'sdmx-csv' ? readSdmxCsv : readCsvFile
  return { form, ...read(text, name) }
}

/** Writes a file in any of the three forms; all carry the same, so that any way back gives the same rows. */
export function writeDataFile(file: DataFile, form: Form, options: { bom?: boolean } = {}): string {
  return form === 'json'
    ? writeJsonFile(file)
    : form === 'sdmx-csv'
      ? writeSdmxCsv(file)
      : writeCsvFile(file, options)
}
