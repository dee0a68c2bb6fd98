import { parseArgs } from 'node:util'
import { isDate } from '@nhip/calendar/civil-date'
import { isPeriod } from '@nhip/calendar/period'
import { lower } from '@nhip/policy/ir/lower'
import { type Dialect, emitSql } from '@nhip/policy/sql/emit'
import { type Io, UsageError } from '../verb.ts'
import { hasErrors, openBundle, refuse } from './read-bundle.ts'

const DIALECTS: readonly string[] = ['duckdb', 'postgres']

/**
 * `nhip policy sql BUNDLE --dialect duckdb|postgres --period P [--output a,b] [--reform ID|FILE] [--as-known DATE]`: the law as SQL
 * over tables `persons` and `households`, one statement each. Without `--output`, what the bundle's outcomes speak of.
 */
export async function sql(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      dialect: { type: 'string' },
      period: { type: 'string' },
      output: { type: 'string' },
      'as-known': { type: 'string' },
      reform: { type: 'string', multiple: true },
    },
  })
  const { dialect, period } = values
  if (dialect === undefined || !DIALECTS.includes(dialect))
    throw new UsageError({
      vi: 'Cần --dialect duckdb hoặc postgres.',
      en: 'Want --dialect duckdb or postgres.',
    })
  if (period === undefined || !isPeriod(period))
    throw new UsageError({ vi: 'Cần --period, như 2026-07.', en: 'Want --period, such as 2026-07.' })
  const asKnown = values['as-known'] ?? null
  if (asKnown !== null && !isDate(asKnown))
    throw new UsageError({ vi: `"${asKnown}" không phải một ngày.`, en: `"${asKnown}" is not a date.` })
  const { bundle, problems } = await openBundle(positionals[0], values.reform)
  if (!bundle || hasErrors(problems)) return refuse(problems, io)
  const { outcomes, variables } = bundle.model
  const wanted = values.output?.split(',').map((name) => name.trim()) ?? [
    ...(outcomes.income === null ? [] : [outcomes.income]),
    ...outcomes.budget.map(({ variable }) => variable),
  ]
  const unknown = wanted.find((name) => !variables.has(name))
  if (unknown !== undefined || wanted.length === 0)
    throw new UsageError({
      vi: unknown === undefined ? 'Cần --output.' : `Không có biến "${unknown}".`,
      en: unknown === undefined ? 'Want --output.' : `There is no variable "${unknown}".`,
    })
  const lowered = lower(bundle.at({ asKnown }), [...new Set(wanted)], { period })
  if (lowered.ir === null) return refuse(lowered.problems, io)
  const emitted = emitSql(lowered.ir, dialect as Dialect)
  if (hasErrors(emitted.problems)) return refuse([...emitted.problems], io)
  const { persons, households } = emitted
  if (io.json) io.stdout.write(`${JSON.stringify({ ok: true, dialect, persons, households })}\n`)
  else io.stdout.write(`${[persons, households].filter((text) => text !== null).join(';\n\n')};\n`)
  return 0
}
