import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import type { Problem } from '@nhip/canonical/problem'
import { SCHEMAS } from '@nhip/policy/bundle/contract'
import { DmnEngine } from '@nhip/policy/dmn/evaluate'
import { type Io, UsageError } from '../verb.ts'
import { openModel } from './dmn-file.ts'
import { hasErrors, openBundle, problemLines } from './read-bundle.ts'

/** `nhip policy check BUNDLE|FILE.dmn`: everything the loader finds wrong; `--schema NAME` prints a file's JSON Schema. */
export async function check(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      schema: { type: 'string' },
      reform: { type: 'string', multiple: true },
      'fail-on': { type: 'string' },
      population: { type: 'string' },
      'budget-ms': { type: 'string' },
    },
  })
  if (values.schema !== undefined) return printSchema(values.schema, io)
  if (values.population !== undefined) {
    throw new UsageError({
      vi: 'Kiểm tra trên dân số chưa có trong bản này.',
      en: 'Checks over a population are not in this version.',
    })
  }
  const [target] = positionals
  const problems = target?.endsWith('.dmn')
    ? await checkModel(target)
    : (await openBundle(target, values.reform)).problems
  const count = (severity: Problem['severity']) => problems.filter((p) => p.severity === severity).length
  const summary = { error: count('error'), warning: count('warning'), info: count('info') }
  const ok = !hasErrors(problems) && !(values['fail-on'] === 'warning' && summary.warning > 0)
  if (io.json)
    io.stdout.write(
      `${JSON.stringify({ ok, summary, findings: problems, tables: [], ...(ok ? {} : { problems }) })}\n`,
    )
  else {
    io.stdout.write(problemLines(problems, io))
    io.stdout.write(
      io.lang === 'vi'
        ? `${summary.error} lỗi, ${summary.warning} cảnh báo\n`
        : `${summary.error} errors, ${summary.warning} warnings\n`,
    )
  }
  if (summary.error > 0) return 2
  return ok ? 0 : 1
}

async function checkModel(path: string): Promise<Problem[]> {
  const { model, problems } = await openModel(path)
  if (!model) return problems
  return [
    ...problems,
    ...new DmnEngine(model).compileAll().problems.map((p) => ({ ...p, file: p.file ?? basename(path) })),
  ]
}

function printSchema(name: string, io: Io): number {
  const schema = SCHEMAS[name]
  if (schema === undefined) {
    const names = Object.keys(SCHEMAS).join(', ')
    throw new UsageError({ vi: `Lược đồ là một trong: ${names}.`, en: `A schema is one of: ${names}.` })
  }
  const head = { $schema: 'https://json-schema.org/draft/2020-12/schema' }
  io.stdout.write(`${JSON.stringify({ ...head, ...schema }, null, 2)}\n`)
  return 0
}
