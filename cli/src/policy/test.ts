import { parseArgs } from 'node:util'
import type { Problem } from '@nhip/canonical/problem'
import { toText } from '@nhip/feel/values'
import { valueJson } from '@nhip/policy/interpret/answer'
import { coverageOf } from '@nhip/policy/interpret/coverage'
import { runTest, type TestOutcome } from '@nhip/policy/interpret/run-test'
import { type Mutation, mutationOf } from '@nhip/policy/verify/mutants'
import { type Io, UsageError } from '../verb.ts'
import { runOpenFisca } from './openfisca-folder.ts'
import { hasErrors, openBundle, problemLines, refuse } from './read-bundle.ts'

/** `nhip policy test BUNDLE`: runs the bundle's own golden cases, or those of an OpenFisca model. */
export async function test(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      openfisca: { type: 'string' },
      map: { type: 'string' },
      coverage: { type: 'boolean', default: false },
      mutants: { type: 'string' },
      reform: { type: 'string', multiple: true },
    },
  })
  const mutants = countOf(values.mutants)
  const { bundle, problems } = await openBundle(positionals[0], values.reform)
  if (!bundle || hasErrors(problems)) return refuse(problems, io)
  const notes: Problem[] = []
  const outcomes =
    values.openfisca === undefined
      ? bundle.tests.map((one) => runTest(bundle, one))
      : await runOpenFisca(bundle, values.openfisca, values.map, notes)
  const passed = outcomes.filter((outcome) => outcome.ok).length
  const failed = outcomes.length - passed
  const coverage = values.coverage ? coverageOf(bundle, outcomes) : undefined
  const idle = mutants === 0 ? undefined : idleReason(passed, failed)
  if (idle) notes.push(idle)
  const mutation = mutants > 0 && !idle ? mutationOf(bundle, mutants, progressOn(io)) : undefined
  if (io.json) {
    const tests = outcomes.map(outcomeJson).join(',')
    const tail = [
      ...(coverage ? [`"coverage":${JSON.stringify(coverage)}`] : []),
      ...(mutation ? [`"mutation":${JSON.stringify(mutation)}`] : []),
      ...(notes.length > 0 ? [`"notes":${JSON.stringify(notes)}`] : []),
    ]
    io.stdout.write(
      `{${[`"passed":${passed}`, `"failed":${failed}`, `"tests":[${tests}]`, ...tail].join(',')}}\n`,
    )
  } else {
    for (const outcome of outcomes) if (!outcome.ok) describe(outcome, io)
    io.stdout.write(problemLines(notes, io))
    if (coverage) {
      for (const [name, { covered, total, missing }] of Object.entries(coverage)) {
        io.stdout.write(`${name}: ${covered}/${total}\n`)
        for (const what of missing)
          io.stdout.write(`    ${io.lang === 'vi' ? 'chưa thử' : 'not tried'}: ${what}\n`)
      }
    }
    if (mutation) io.stdout.write(mutationText(mutation, io.lang))
    io.stdout.write(`${passed} passed, ${failed} failed\n`)
  }
  return failed === 0 ? 0 : 1
}

function countOf(text: string | undefined): number {
  if (text === undefined) return 0
  const count = Number(text)
  if (!(Number.isInteger(count) && count > 0)) {
    throw new UsageError({
      vi: `--mutants cần một số nguyên dương, không phải "${text}".`,
      en: `--mutants wants a positive whole number, not "${text}".`,
    })
  }
  return count
}

/** Why no mutant is tried: none would say anything. */
function idleReason(passed: number, failed: number): Problem | undefined {
  if (passed > 0 && failed === 0) return undefined
  const [vi, en] =
    failed > 0
      ? [`${failed} ca mẫu không đạt trên gói chưa đổi`, `${failed} cases fail on the bundle as it is`]
      : ['gói không có ca mẫu nào', 'the bundle has no case']
  return {
    severity: 'warning',
    code: 'mutants.not-tried',
    message: { vi: `không thử đột biến nào: ${vi}`, en: `no mutant was tried: ${en}` },
  }
}

function progressOn({ stderr, lang }: Io): (done: number) => void {
  return (done) => {
    if (done % 50 === 0) stderr.write(lang === 'vi' ? `đã thử ${done} đột biến\n` : `${done} mutants tried\n`)
  }
}

function mutationText({ killed, total, survivors }: Mutation, lang: Io['lang']): string {
  const head =
    lang === 'vi'
      ? `đột biến: các ca mẫu phát hiện ${killed}/${total}\n`
      : `mutants: the cases noticed ${killed} of ${total}\n`
  const missed = lang === 'vi' ? 'không ca nào phát hiện' : 'no case noticed'
  const rows = survivors.map(({ path, place, before, after }) => {
    const change = after === '' ? `− ${before}` : `${before} → ${after}`
    return `    ${missed}: ${place.file}:${place.line} ${path}: ${change}\n`
  })
  return head + rows.join('')
}

function describe({ file, name, differences, problems }: TestOutcome, io: Io): void {
  io.stdout.write(`✗ ${file}  ${name}\n`)
  for (const { entity, of, variable, period, expected, actual } of differences) {
    const line =
      io.lang === 'vi'
        ? `cần ${toText(expected)}, tính ra ${toText(actual)}`
        : `want ${toText(expected)}, got ${toText(actual)}`
    io.stdout.write(`    ${entity} ${of}  ${variable}  ${period}: ${line}\n`)
  }
  io.stdout.write(problemLines(problems, io).replace(/^(?=.)/gm, '    '))
}

function outcomeJson({ file, name, ok, differences, problems }: TestOutcome): string {
  const rows = differences.map(({ entity, of, variable, period, expected, actual, tolerance }) => {
    const head = JSON.stringify({ entity, of, variable, period }).slice(0, -1)
    return `${head},"expected":${valueJson(expected)},"actual":${valueJson(actual)},"tolerance":${valueJson(tolerance)}}`
  })
  const tail = problems.length > 0 ? `,"problems":${JSON.stringify(problems)}` : ''
  return `${JSON.stringify({ file, name, ok }).slice(0, -1)},"differences":[${rows.join(',')}]${tail}}`
}
