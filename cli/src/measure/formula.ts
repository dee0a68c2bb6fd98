import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { type PeriodKind, periodOf } from '@nhip/calendar/period'
import { lastDay } from '@nhip/measure/data/last-day'
import type { DataRow } from '@nhip/measure/data/measure-data'
import { readData } from '@nhip/measure/data/read-data'
import { cubeOf } from '@nhip/measure/formula/cube'
import type { ItemDefinition } from '@nhip/measure/formula/definition'
import { type ExplainedNode, explainFormula } from '@nhip/measure/formula/explain'
import { compileFormula } from '@nhip/measure/formula/formula'
import { loadDefinitions } from '@nhip/measure/formula/load-definitions'
import { scopeOf } from '@nhip/measure/formula/scope'
import { toSql } from '@nhip/measure/formula/to-sql'
import { type Io, UsageError } from '../verb.ts'
import { dataOptions, readText, Unusable, withUsable } from './open.ts'

/**
 * `nhip measure formula 'EXPR' DATA.csv --unit U [--period P] [--definitions FILE.yaml] [--sql]`: what a formula comes to
 * for one unit and why; with `--sql` the query that says the same to DuckDB. The definitions file may hold `items` (a
 * list of definitions) and `units` (`code, parent, level, opens, closes`).
 */
export async function formula(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...dataOptions,
      period: { type: 'string' },
      unit: { type: 'string' },
      definitions: { type: 'string' },
      sql: { type: 'boolean' },
    },
  })
  const text = positionals[0]
  const unit = values.unit?.normalize('NFC')
  if (text === undefined) throw new UsageError({ vi: 'Thiếu công thức.', en: 'The formula is missing.' })
  if (unit === undefined) throw new UsageError({ vi: 'Thiếu --unit ĐƠN-VỊ.', en: '--unit UNIT is missing.' })
  return withUsable(io, () => {
    const path = positionals[1]
    const { data, problems } = readData(readText(path, 'DATA.csv'), {
      file: basename(path ?? ''),
      ...(values.wide === undefined ? {} : { wide: values.wide }),
      ...(values.time === undefined ? {} : { time: values.time }),
    })
    if (!data) throw new Unusable(problems)
    const defined = definitionsOf(values.definitions)
    const rows = oneKind(asPublished(data.rows, values['as-published']), values.period)
    const cube = cubeOf(rows, { units: defined.units })
    const items = new Map<string, ItemDefinition>()
    for (const { item } of rows)
      items.set(item, data.attributes.has(item) ? { code: item, type: 'text' } : { code: item })
    for (const item of defined.items) items.set(item.code, item)
    const scope = scopeOf(items.values(), cube.kind)
    const compiled = compileFormula(text.normalize('NFC'), scope)
    if (compiled.formula === null) throw new Unusable(compiled.problems)
    if (!cube.units.some(({ code }) => code === unit)) {
      throw new UsageError({
        vi: `Dữ liệu không có đơn vị "${unit}".`,
        en: `The data have no unit "${unit}".`,
      })
    }
    const period = values.period ?? cube.periods.at(-1)!
    if (!cube.periods.includes(period)) {
      throw new UsageError({
        vi: `Dữ liệu không có kỳ "${period}".`,
        en: `The data have no period "${period}".`,
      })
    }
    const sql = values.sql
      ? toSql([compiled.formula.expr], {
          cells: 'cells',
          units: 'units',
          periods: 'periods',
          kind: cube.kind,
        })
      : null
    const explained = explainFormula(compiled.formula, scope, cube, { unit, period })
    const { tree, sentence, notes } = explained
    if (io.json) {
      const { value, uom } = tree
      io.stdout.write(
        `${JSON.stringify({ formula: text, unit, period: period === '' ? null : period, value, uom, sentence, tree, notes, ...(sql === null ? {} : { sql }) })}\n`,
      )
    } else if (sql !== null) io.stdout.write(`${sql}\n`)
    else {
      io.stdout.write(`${sentence[io.lang]}\n\n${lines(tree, io.lang, '').join('\n')}\n`)
      for (const note of notes) io.stdout.write(`${note[io.lang]}\n`)
    }
    return 0
  })
}

function definitionsOf(path: string | undefined): ReturnType<typeof loadDefinitions> {
  const defined = loadDefinitions(
    path === undefined ? '' : readText(path, 'DEFINITIONS.yaml'),
    basename(path ?? ''),
  )
  if (defined.problems.length > 0) throw new Unusable(defined.problems)
  return defined
}

/** Rows in the order of their publication, so that the newest vintage counts. */
function asPublished(rows: readonly DataRow[], until: string | undefined): DataRow[] {
  const limit = until === undefined ? null : lastDay(until)
  return rows
    .map((row) => ({ row, day: row.published === null ? '' : (lastDay(row.published) ?? '') }))
    .filter(({ day }) => limit === null || day <= limit)
    .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
    .map(({ row }) => row)
}

/** Rows of one kind of period: that of the period asked for, else that of the most rows. */
function oneKind(rows: readonly DataRow[], asked: string | undefined): DataRow[] {
  const counts = new Map<PeriodKind, number>()
  for (const { period } of rows) {
    if (period === null) continue
    const { kind } = periodOf(period)
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  const most = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
  const kind = asked === undefined ? most : periodOf(asked).kind
  return rows.filter(({ period }) => period === null || periodOf(period).kind === kind)
}

function lines(node: ExplainedNode, lang: 'vi' | 'en', indent: string): string[] {
  const title = node.name ? node.name[lang] : node.text
  const from =
    node.observations.length === 0
      ? ''
      : lang === 'vi'
        ? ` (dòng ${node.observations.join(', ')})`
        : ` (line ${node.observations.join(', ')})`
  const own = `${indent}${title}: ${node.shown[lang]}${from}`
  return [own, ...node.children.flatMap((child) => lines(child, lang, `${indent}  `))]
}
