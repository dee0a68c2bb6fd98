import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dataRoles } from '@nhip/measure/framework/data-roles'
import { asPublished } from '@nhip/measure/publish/as-published'
import { type EditionKind, freezeEdition, sortedInputs } from '@nhip/measure/publish/edition'
import { type Io, UsageError } from '../verb.ts'
import { scoresOf } from './compute.ts'
import { dataOptions, openData, openFramework, printProblems, withUsable } from './open.ts'
import { inputColumns, resultColumns, writeParquet } from './parquet.ts'

const kinds = ['provisional', 'final', 'correction', 'imported']

/** `nhip measure edition F DATA --as-published D --out DIR`: inputs and results as Parquet and a canonical edition.json with its hash. */
export async function edition(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...dataOptions,
      period: { type: 'string' },
      out: { type: 'string' },
      number: { type: 'string', default: '1' },
      kind: { type: 'string', default: 'provisional' },
      'map-date': { type: 'string' },
      supersedes: { type: 'string' },
      reason: { type: 'string' },
    },
  })
  const { out } = values
  if (out === undefined) throw new UsageError({ vi: 'Thiếu --out THƯ-MỤC.', en: '--out DIR is missing.' })
  if (!kinds.includes(values.kind))
    throw new UsageError({
      vi: `--kind phải là ${kinds.join(', ')}.`,
      en: `--kind must be ${kinds.join(', ')}.`,
    })
  if (!/^[1-9]\d*$/.test(values.number))
    throw new UsageError({
      vi: '--number phải là số nguyên dương.',
      en: '--number must be a positive integer.',
    })
  return withUsable(io, async () => {
    const { framework, problems } = openFramework(positionals[0])
    const { data, problems: read } = openData(framework, positionals[1], values)
    const scores = scoresOf(framework, data.panels, values.period)
    // Columns that the framework does not read have no part in its result, nor in its hash.
    const roles = dataRoles(framework)
    const known = data.rows.filter((row) => roles.has(row.item))
    const rows = asPublished(known, values['as-published'])
    const frozen = freezeEdition(framework, rows, scores, {
      asPublished: values['as-published'] ?? null,
      number: Number(values.number),
      kind: values.kind as EditionKind,
      mapDate: values['map-date'] ?? null,
      supersedes: values.supersedes ?? null,
      reason: values.reason ?? null,
    })
    try {
      mkdirSync(out, { recursive: true })
    } catch {
      throw new UsageError({
        vi: `Không tạo được thư mục "${out}".`,
        en: `The folder "${out}" cannot be made.`,
      })
    }
    await writeParquet(join(out, 'inputs.parquet'), inputColumns(sortedInputs(rows)))
    await writeParquet(join(out, 'results.parquet'), resultColumns(frozen.document))
    // Last, so that a folder with an edition.json is whole.
    writeFileSync(join(out, 'edition.json'), frozen.json)
    const answer = { edition: frozen.document.edition, sha256: frozen.sha256 }
    if (io.json) io.stdout.write(`${JSON.stringify(answer)}\n`)
    else
      io.stdout.write(
        io.lang === 'vi'
          ? `Đã chốt bản ${answer.edition.number} của ${framework.code}@${framework.version} tại ${out}\nSHA-256 ${frozen.sha256}\n`
          : `Edition ${answer.edition.number} of ${framework.code}@${framework.version} frozen in ${out}\nSHA-256 ${frozen.sha256}\n`,
      )
    printProblems([...problems, ...read], io)
    return 0
  })
}
