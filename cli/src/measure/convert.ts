import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { readDataFile, writeDataFile } from '@nhip/measure/publish/convert'
import type { Form } from '@nhip/measure/publish/data-file'
import { type Io, UsageError } from '../verb.ts'
import { readText, Unusable, withUsable } from './open.ts'

const forms = ['csv', 'json', 'sdmx-csv']

/** `nhip measure convert IN OUT --format csv|json|sdmx-csv`: the same rows in another form. */
export async function convert(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { format: { type: 'string' }, bom: { type: 'boolean', default: false } },
  })
  const [from, to] = positionals
  if (to === undefined)
    throw new UsageError({ vi: 'Cần tệp vào và tệp ra.', en: 'An input and an output file are needed.' })
  if (values.format === undefined || !forms.includes(values.format))
    throw new UsageError({
      vi: `--format phải là ${forms.join(', ')}.`,
      en: `--format must be ${forms.join(', ')}.`,
    })
  const format = values.format as Form
  return withUsable(io, () => {
    const { file, form, problems } = readDataFile(readText(from, 'IN'), basename(from as string))
    if (!file) throw new Unusable(problems)
    const text = writeDataFile(file, format, { bom: values.bom })
    try {
      writeFileSync(to, text)
    } catch {
      throw new UsageError({ vi: `Không ghi được tệp "${to}".`, en: `The file "${to}" cannot be written.` })
    }
    if (io.json) io.stdout.write(`${JSON.stringify({ from: form, to: format, rows: file.rows.length })}\n`)
    else
      io.stdout.write(
        io.lang === 'vi'
          ? `Đã chuyển ${file.rows.length} dòng từ ${form} sang ${format}: ${to}\n`
          : `${file.rows.length} rows converted from ${form} to ${format}: ${to}\n`,
      )
    return 0
  })
}
