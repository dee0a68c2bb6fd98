import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { isDate } from '@nhip/calendar/civil-date'
import type { Problem } from '@nhip/canonical/problem'
import { toText } from '@nhip/feel/values'
import { openPopulation } from '@nhip/node/policies/population-folder'
import { SCHEMAS } from '@nhip/policy/bundle/contract'
import { DmnEngine } from '@nhip/policy/dmn/evaluate'
import { checkBundle } from '@nhip/policy/verify/check-bundle'
import { type CheckOptions, checkModel } from '@nhip/policy/verify/check-model'
import { type Finding, findingJson, type TableSummary } from '@nhip/policy/verify/finding'
import { countPeople, type PeopleOptions } from '@nhip/policy/verify/people'
import { type Io, UsageError } from '../verb.ts'
import { openModel } from './dmn-file.ts'
import { asUsage, hasErrors, openBundle, problemLines } from './read-bundle.ts'
import { periodOf } from './simulate.ts'

/** What a target was found to be: problems of reading it, and what the checks say of it. */
interface Examined {
  readonly problems: readonly Problem[]
  readonly findings: readonly Finding[]
  readonly tables: readonly TableSummary[]
}

/**
 * `nhip policy check BUNDLE|FILE.dmn`: everything the loader and the static checks find wrong, with `--population` on how many
 * people; `--schema NAME` prints a file's JSON Schema. Exit 2 when the target does not load, 1 when a finding is an error.
 */
export async function check(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      schema: { type: 'string' },
      reform: { type: 'string', multiple: true },
      'fail-on': { type: 'string' },
      population: { type: 'string' },
      period: { type: 'string' },
      'as-known': { type: 'string' },
      'budget-ms': { type: 'string' },
    },
  })
  if (values.schema !== undefined) return printSchema(values.schema, io)
  const options = { clock: () => performance.now(), ...budgetOf(values['budget-ms']) }
  const [target] = positionals
  const people = await peopleOf(values, target)
  const { problems, findings, tables } = target?.endsWith('.dmn')
    ? await examineModel(target, options)
    : await examineBundle(target, values.reform, options, people)
  const all = [...problems.map(asFinding), ...findings]
  const count = (severity: Problem['severity']) => all.filter((p) => p.severity === severity).length
  const summary = { error: count('error'), warning: count('warning'), info: count('info') }
  const ok = summary.error === 0 && !(values['fail-on'] === 'warning' && summary.warning > 0)
  if (io.json) {
    const parts = [
      `"ok":${ok}`,
      `"summary":${JSON.stringify(summary)}`,
      `"findings":[${all.map(findingJson).join(',')}]`,
      `"tables":${JSON.stringify(tables)}`,
      ...(hasErrors(problems) ? [`"problems":${JSON.stringify(problems)}`] : []),
    ]
    io.stdout.write(`{${parts.join(',')}}\n`)
  } else {
    for (const one of all) io.stdout.write(problemLines([one], io) + circumstances(one, io))
    io.stdout.write(
      io.lang === 'vi'
        ? `${summary.error} lỗi, ${summary.warning} cảnh báo\n`
        : `${summary.error} errors, ${summary.warning} warnings\n`,
    )
  }
  if (hasErrors(problems)) return 2
  return ok ? 0 : 1
}

function budgetOf(text: string | undefined): Pick<CheckOptions, 'budgetMs'> {
  if (text === undefined) return {}
  const budgetMs = Number(text)
  if (!(budgetMs > 0)) {
    throw new UsageError({
      vi: `--budget-ms cần số mili giây dương, không phải "${text}".`,
      en: `--budget-ms wants a positive number of milliseconds, not "${text}".`,
    })
  }
  return { budgetMs }
}

async function examineBundle(
  target: string | undefined,
  reforms: readonly string[] | undefined,
  options: CheckOptions,
  people: Examined['problems'] | PeopleOptions | undefined,
): Promise<Examined> {
  const { bundle, problems } = await openBundle(target, reforms)
  if (!bundle || hasErrors(problems)) return { problems, findings: [], tables: [] }
  const checked = checkBundle(bundle, options)
  if (people === undefined) return { problems, ...checked }
  if (!('population' in people)) return { problems: [...problems, ...people], findings: [], tables: [] }
  const counted = countPeople(bundle, checked.findings, people)
  return { problems: [...problems, ...counted.problems], findings: counted.findings, tables: checked.tables }
}

/** The population of the command line, or what is wrong with it; undefined where none is named. */
async function peopleOf(
  values: { population?: string; period?: string; 'as-known'?: string },
  target: string | undefined,
): Promise<readonly Problem[] | PeopleOptions | undefined> {
  if (values.population === undefined) return undefined
  if (target?.endsWith('.dmn')) {
    throw new UsageError({
      vi: 'Dân số chỉ đếm được cho một gói: tệp .dmn không nói cột nào của dân số là dữ liệu vào nào.',
      en: 'People are counted for a bundle: a .dmn file does not say which column of a population is which input.',
    })
  }
  const period = values.period === undefined ? undefined : periodOf(values.period)
  const asKnown = values['as-known']
  if (asKnown !== undefined && !isDate(asKnown)) {
    throw new UsageError({
      vi: `--as-known cần một ngày như 2026-07-01, không phải "${asKnown}".`,
      en: `--as-known wants a date such as 2026-07-01, not "${asKnown}".`,
    })
  }
  const { population, problems } = await openPopulation(values.population).catch(asUsage)
  if (population === undefined || hasErrors(problems)) return problems
  return { population, ...(period ? { period } : {}), ...(asKnown ? { asKnown } : {}) }
}

async function examineModel(path: string, options: CheckOptions): Promise<Examined> {
  const { model, problems } = await openModel(path)
  if (!model) return { problems, findings: [], tables: [] }
  const compiled = new DmnEngine(model)
    .compileAll()
    .problems.map((p) => ({ ...p, file: p.file ?? basename(path) }))
  const cycles = problems.filter(({ code }) => code === 'dmn.cycle')
  const { findings, tables } = checkModel(model, options)
  return {
    problems: [...problems.filter((problem) => !cycles.includes(problem)), ...compiled],
    // A circle is found on reading, and is a fault of the graph all the same.
    findings: [...cycles.map((problem) => ({ ...asFinding(problem), code: 'graph.cycle' })), ...findings],
    tables,
  }
}

/** A problem of reading in the shape of a finding. */
function asFinding(problem: Problem): Finding {
  return { ...problem, decision: null, rules: [], region: null, witness: null, proved: true, people: null }
}

/** For which values a finding holds, and a case to try. */
function circumstances({ region, witness, proved, people }: Finding, { lang }: Io): string {
  const lines: string[] = []
  const [when, example, unsure, persons] =
    lang === 'vi'
      ? ['khi', 'ví dụ', 'chưa chứng minh', 'người trong dân số']
      : ['where', 'for example', 'not proved', 'people of the population']
  const tests = Object.entries(region ?? {}).map(([name, test]) => `${name} ${test}`)
  if (tests.length > 0) lines.push(`${when}: ${tests.join(' · ')}`)
  const values = Object.entries(witness ?? {}).map(([name, value]) => `${name} = ${toText(value)}`)
  if (values.length > 0) lines.push(`${example}: ${values.join(', ')}`)
  if (people !== null) lines.push(`${people.toLocaleString(lang === 'vi' ? 'vi-VN' : 'en-GB')} ${persons}`)
  if (!proved) lines.push(`(${unsure})`)
  return lines.map((line) => `    ${line}\n`).join('')
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
