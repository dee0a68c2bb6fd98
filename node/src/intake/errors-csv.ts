import { csvCell } from '../http/csv-cell.ts'
import type { Records } from '../records/contract.ts'
import { readErrors } from './store.ts'

/** The refused rows of an import as a CSV for spreadsheet programs, piece by piece. */
export async function* errorsCsv(records: Records, id: string, lang: 'vi' | 'en'): AsyncGenerator<string> {
  yield '\ufeffline,column,value,code,message\r\n'
  let after = -1
  for (;;) {
    const errors = await readErrors(records, id, { limit: 1000, after })
    if (errors.length === 0) return
    after = errors.at(-1)!.n
    yield errors
      .map(({ line, column, path, value, code, message }) =>
        [line, column ?? path, value, code, message[lang]].map(csvCell).join(','),
      )
      .join('\r\n')
      .concat('\r\n')
  }
}
