import { parseArgs } from 'node:util'
import { isDate } from '@nhip/calendar/civil-date'
import { isPeriod } from '@nhip/calendar/period'
import type { Problem } from '@nhip/canonical/problem'
import { toText } from '@nhip/feel/values'
import type { Bundle } from '@nhip/policy/bundle/bundle'
import { readYaml } from '@nhip/policy/bundle/yaml-file'
import { DmnEngine } from '@nhip/policy/dmn/evaluate'
import { type Answer, answer, answersJson, valueJson } from '@nhip/policy/interpret/answer'
import type { Case } from '@nhip/policy/interpret/case'
import { readSituation } from '@nhip/policy/interpret/situation'
import { type Io, UsageError } from '../verb.ts'
import { contextOf, openModel } from './dmn-file.ts'
import { hasErrors, openBundle, problemLines, readText, refuse } from './read-bundle.ts'

export const CASE_OPTIONS = {
  period: { type: 'string' },
  input: { type: 'string' },
  output: { type: 'string' },
  'as-known': { type: 'string' },
  reform: { type: 'string', multiple: true },
} as const

export interface CaseFlags {
  period?: string | undefined
  input?: string | undefined
  'as-known'?: string | undefined
  reform?: string[] | undefined
}

/** `nhip policy eval BUNDLE|FILE.dmn`: works out one situation, or the decisions of a model. */
export async function evaluate(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...CASE_OPTIONS,
      decision: { type: 'string' },
      service: { type: 'string' },
      bkm: { type: 'string' },
    },
  })
  const [target] = positionals
  if (target?.endsWith('.dmn'))
    return evaluateModel(target, values.decision ?? values.service ?? values.bkm, values.input, io)
  const opened = await openCase(target, values, io)
  if ('problems' in opened) return refuse(opened.problems, io)
  const { run } = opened
  const outputs = values.output?.split(',').map((name) => name.trim()) ?? []
  const problems: Problem[] = []
  const answers = answer(run, outputs, (problem) => problems.push(problem))
  if (problems.length > 0) return refuse(problems, io)
  const warnings = [...run.warnings, ...answers.flatMap(unverified)]
  if (io.json) {
    const tree = answersJson(answers)
    const rest = `"warnings":${JSON.stringify(warnings)}}`
    io.stdout.write(`{"ok":true,${tree === '{}' ? '' : `${tree.slice(1, -1)},`}${rest}\n`)
    return 0
  }
  for (const { id, variable, period, value, unverified: paths } of answers) {
    const mark =
      paths.length === 0 ? '' : `  (${io.lang === 'vi' ? 'chưa kiểm chứng' : 'not verified'}: ${few(paths)})`
    io.stdout.write(`${id}  ${variable}  ${period}  ${toText(value)}${mark}\n`)
  }
  io.stderr.write(problemLines(once(run.warnings), io))
  return 0
}

/** The first of a list, for people; the whole list is in the JSON. */
function few(paths: readonly string[]): string {
  return paths.length <= 3 ? paths.join(', ') : `${paths.slice(0, 3).join(', ')}, +${paths.length - 3}`
}

function unverified({ entity, id, variable, period, unverified: paths }: Answer): Problem[] {
  if (paths.length === 0) return []
  return [
    {
      severity: 'warning',
      code: 'value.unverified',
      path: `/${entity.plural}/${id}/${variable}/${period}`,
      value: paths.join(', '),
      message: {
        vi: `chưa kiểm chứng: dựa trên ${paths.join(', ')}`,
        en: `not verified: rests on ${paths.join(', ')}`,
      },
    },
  ]
}

/** The same warning at the same place is said once to a person, however many values it concerns. */
export function once(warnings: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return warnings.filter(({ code, file, line, column, value }) => {
    const key = `${code} ${file} ${line} ${column} ${value}`
    return seen.has(key) ? false : seen.add(key)
  })
}

/** Opens a bundle and a situation; problems when one of them cannot be used. */
export async function openCase(
  target: string | undefined,
  flags: CaseFlags,
  io: Io,
): Promise<{ bundle: Bundle; run: Case } | { problems: Problem[] }> {
  const { period, input } = flags
  if (period === undefined || !isPeriod(period)) {
    throw new UsageError({
      vi: `--period cần một kỳ như 2026, 2026-Q3, 2026-07${period ? `, không phải "${period}"` : ''}.`,
      en: `--period wants a period such as 2026, 2026-Q3, 2026-07${period ? `, not "${period}"` : ''}.`,
    })
  }
  if (input === undefined) {
    throw new UsageError({
      vi: 'Cần --input TÌNH-HUỐNG.json (- là đầu vào chuẩn).',
      en: '--input SITUATION.json is wanted (- is the standard input).',
    })
  }
  const asKnown = flags['as-known']
  if (asKnown !== undefined && !isDate(asKnown)) {
    throw new UsageError({
      vi: `--as-known cần một ngày như 2026-07-01, không phải "${asKnown}".`,
      en: `--as-known wants a date such as 2026-07-01, not "${asKnown}".`,
    })
  }
  const { bundle, problems } = await openBundle(target, flags.reform)
  if (!bundle || hasErrors(problems)) return { problems }
  const { yaml, problems: misread } = readYaml(await readText(input, io), input)
  if (!yaml) return { problems: misread }
  const unfit: Problem[] = []
  const situation = readSituation(bundle.model, yaml.data, {
    period,
    numberAt: (pointer) => yaml.number(pointer),
    report: (pointer, code, value, message, hint) =>
      unfit.push(yaml.problem(pointer, code, value, message, hint)),
  })
  if (unfit.length > 0) return { problems: unfit }
  return { bundle, run: bundle.at({ asKnown: asKnown ?? null }).case(situation) }
}

async function evaluateModel(
  path: string,
  name: string | undefined,
  input: string | undefined,
  io: Io,
): Promise<number> {
  const { model, problems } = await openModel(path)
  const engine = model && new DmnEngine(model)
  if (!engine || hasErrors(problems)) return refuse(problems, io)
  const { yaml, problems: misread } = readYaml(
    input === undefined ? '{}' : await readText(input, io),
    input ?? '',
  )
  const context = yaml && contextOf(yaml)
  if (!context) {
    const shape = { vi: 'dữ liệu vào phải là {tên: giá trị}', en: 'the input must be {name: value}' }
    return refuse(
      misread.length > 0 ? misread : [{ severity: 'error', code: 'schema.type', message: shape }],
      io,
    )
  }
  const known = [
    ...engine.names('decision'),
    ...engine.names('decision service'),
    ...engine.names('business knowledge model'),
  ]
  if (name !== undefined && !known.includes(name)) {
    throw new UsageError({
      vi: `Không có "${name}". Có: ${known.join(', ')}`,
      en: `There is no "${name}". There are: ${known.join(', ')}`,
    })
  }
  const results = (name === undefined ? engine.names('decision') : [name]).map((one) => ({
    name: one,
    ...engine.evaluate(one, context),
  }))
  const warnings: Problem[] = results.flatMap((result) =>
    result.warnings.map(({ code, message, place }) => ({
      severity: 'warning' as const,
      code,
      ...place,
      message,
    })),
  )
  if (io.json) {
    const values = results.map((result) => `${JSON.stringify(result.name)}:${valueJson(result.value)}`)
    const hits = Object.fromEntries(
      results.flatMap((result) => result.hits.map((hit) => [hit.decision, hit.rules])),
    )
    io.stdout.write(
      `{"ok":true,"results":{${values.join(',')}},"hits":${JSON.stringify(hits)},"warnings":${JSON.stringify(warnings)}}\n`,
    )
    return 0
  }
  for (const { name: one, value, hits } of results) {
    const rules = hits.filter((hit) => hit.decision === one).flatMap((hit) => hit.rules)
    const mark = rules.length === 0 ? '' : `  (${io.lang === 'vi' ? 'dòng' : 'rule'} ${rules.join(', ')})`
    io.stdout.write(`${one}: ${toText(value)}${mark}\n`)
  }
  io.stderr.write(problemLines(warnings, io))
  return 0
}
