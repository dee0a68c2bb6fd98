import { parseArgs } from 'node:util'
import { computePipeline, ENGINE, type Scores } from '@nhip/measure/compute/compute'
import { diagnose } from '@nhip/measure/compute/diagnostics'
import { type Pipeline, prepareAll } from '@nhip/measure/compute/pipeline'
import type { Framework } from '@nhip/measure/framework/framework'
import type { Panel } from '@nhip/measure/panel'
import { MeasureError, type MeasureProblem } from '@nhip/measure/problem'
import type { Io } from '../verb.ts'
import { dataOptions, openData, openFramework, printProblems, Unusable, withUsable } from './open.ts'
import { problemJson } from './problem-json.ts'

/** `nhip measure compute FRAMEWORK.yaml DATA.csv`: scores and ranks of every unit, a result a period. */
export async function compute(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...dataOptions, period: { type: 'string' }, diagnostics: { type: 'boolean' } },
  })
  return withUsable(io, () => {
    const { framework, problems } = openFramework(positionals[0])
    const { data, problems: read } = openData(framework, positionals[1], values)
    const warnings: MeasureProblem[] = [...problems, ...read]
    const pipelines = pipelinesOf(framework, data.panels, values.period)
    const results = refusing(() => pipelines.map(computePipeline))
    if (values.period !== undefined && results.length === 0) {
      throw new Unusable([
        {
          severity: 'error',
          code: 'unknown-period',
          value: values.period,
          message: {
            vi: `Dữ liệu không có kỳ "${values.period}"`,
            en: `The data have no period "${values.period}"`,
          },
        },
      ])
    }
    for (const scores of results) warnings.push(...scores.warnings.map((w) => withPeriod(w, scores.period)))
    if (io.json) {
      const answer = {
        framework: frameworkJson(framework),
        engine: ENGINE,
        results: results.map(({ period, units, items }) => ({ period, units, items })),
        warnings: warnings.map(problemJson),
        ...(values.diagnostics
          ? { diagnostics: pipelines.map((p) => ({ period: p.panel.period, ...diagnose(p) })) }
          : {}),
      }
      io.stdout.write(`${JSON.stringify(answer)}\n`)
    } else {
      for (const scores of results) io.stdout.write(table(framework, scores, io))
      printProblems(warnings, io)
    }
    return 0
  })
}

/** @throws {Unusable} with what the framework refuses of the data */
export function scoresOf(framework: Framework, panels: readonly Panel[], period?: string): Scores[] {
  return refusing(() => pipelinesOf(framework, panels, period).map(computePipeline))
}

/** Periods that were not asked for are prepared too: `previous` and `pool: all` look at them. */
function pipelinesOf(framework: Framework, panels: readonly Panel[], period?: string): Pipeline[] {
  return prepareAll(framework, panels).filter((p) => period === undefined || p.panel.period === period)
}

function refusing<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof MeasureError) throw new Unusable([error.problem])
    throw error
  }
}

/** The framework as every answer names it. */
export function frameworkJson(framework: Framework): {
  code: string
  version: string
  status: string
  sha256: string
} {
  const { code, version, status, sha256 } = framework
  return { code, version, status, sha256 }
}

function withPeriod(warning: MeasureProblem, period: string | null): MeasureProblem {
  return period === null ? warning : { ...warning, period }
}

function table(framework: Framework, scores: Scores, io: Io): string {
  const vi = io.lang === 'vi'
  const number = (x: number | null, digits: number | null) =>
    x === null
      ? '–'
      : vi
        ? (digits === null ? String(x) : x.toFixed(digits)).replace('.', ',')
        : digits === null
          ? String(x)
          : x.toFixed(digits)
  const title = framework.title?.[io.lang] ?? framework.code
  const head = `${title} (${framework.code}@${framework.version})${scores.period === null ? '' : `, ${scores.period}`}\n`
  const widest = Math.max(6, ...scores.units.map((s) => s.unit.length))
  const states = vi
    ? { ok: '', incomplete: ' · thiếu số liệu', screened: ' · không chấm vì thiếu số liệu' }
    : { ok: '', incomplete: ' · incomplete', screened: ' · not scored, too few data' }
  const lines = scores.units.map((s) => {
    const rank = s.rank === null ? '–' : `${number(s.rank, null)}/${s.of}`
    return `${rank.padStart(9)}  ${s.unit.padEnd(widest)}  ${number(s.published, framework.output.decimals)}${states[s.state]}\n`
  })
  return head + lines.join('')
}
