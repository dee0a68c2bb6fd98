import { parseArgs } from 'node:util'
import { ENGINE } from '@nhip/measure/compute/compute'
import { prepareAll } from '@nhip/measure/compute/pipeline'
import type { Framework } from '@nhip/measure/framework/framework'
import { MeasureError, type MeasureProblem } from '@nhip/measure/problem'
import { analyseRanks, type RankAnalysis, type RankOptions } from '@nhip/measure/rank/analyse-ranks'
import { type Io, UsageError } from '../verb.ts'
import { frameworkJson } from './compute.ts'
import { openDrawPool } from './draw-pool.ts'
import { dataOptions, openData, openFramework, printProblems, Unusable, withUsable } from './open.ts'
import { problemJson } from './problem-json.ts'

/** `nhip measure rank FRAMEWORK.yaml DATA.csv`: ranks with the doubt about them. */
export async function rank(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...dataOptions,
      period: { type: 'string' },
      draws: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      level: { type: 'string', default: '0.9' },
      sobol: { type: 'string' },
      jobs: { type: 'string', default: '1' },
    },
  })
  const options: RankOptions = {
    draws: whole('draws', values.draws, 1, 1_000_000),
    seed: whole('seed', values.seed, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    level: share('level', values.level),
    sobol: values.sobol === undefined ? null : whole('sobol', values.sobol, 2, 1_000_000),
  }
  const jobs = whole('jobs', values.jobs, 1, 64)
  return withUsable(io, async () => {
    const { framework, problems } = openFramework(positionals[0])
    const { data, problems: read } = openData(framework, positionals[1], values)
    const pool = jobs > 1 ? openDrawPool(jobs) : null
    const results: RankAnalysis[] = []
    try {
      for (const pipeline of prepareAll(framework, data.panels)) {
        if (values.period !== undefined && pipeline.panel.period !== values.period) continue
        results.push(await analyseRanks(pipeline, data.panels, options, pool))
      }
    } catch (error) {
      if (error instanceof MeasureError) throw new Unusable([error.problem])
      throw error
    } finally {
      await pool?.close()
    }
    const warnings: MeasureProblem[] = [
      ...problems,
      ...read,
      ...results.flatMap(({ period, warnings }) =>
        warnings.map((warning) => (period === null ? warning : { ...warning, period })),
      ),
    ]
    if (io.json) io.stdout.write(`${JSON.stringify(answer(framework, results, options, warnings))}\n`)
    else {
      for (const result of results) io.stdout.write(page(framework, result, options, io))
      printProblems(warnings, io)
    }
    return 0
  })
}

/** @throws {UsageError} unless the option is a whole number within the bounds */
export function whole(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least && value <= most) return value
  throw new UsageError({
    vi: `--${option} "${text}": cần số nguyên từ ${least} đến ${most}.`,
    en: `--${option} "${text}": want a whole number from ${least} to ${most}.`,
  })
}

function share(option: string, text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && value < 1) return value
  throw new UsageError({
    vi: `--${option} "${text}": cần một số giữa 0 và 1, ví dụ 0.9.`,
    en: `--${option} "${text}": want a number between 0 and 1, such as 0.9.`,
  })
}

function answer(
  framework: Framework,
  results: readonly RankAnalysis[],
  { draws, seed, level }: RankOptions,
  warnings: readonly MeasureProblem[],
): Record<string, unknown> {
  // Of several periods the newest speaks for the factors; each has the same ones.
  const newest = results.at(-1)
  return {
    framework: frameworkJson(framework),
    engine: ENGINE,
    results: results.map(({ period, units }) => ({ period, units })),
    uncertainty: {
      draws,
      seed,
      level,
      factors: newest?.factors ?? [],
      declared: framework.uncertainty !== null,
    },
    sensitivity: newest?.sensitivity ?? null,
    warnings: warnings.map(problemJson),
  }
}

const NAMES: Record<string, { vi: string; en: string }> = {
  weights: { vi: 'trọng số', en: 'weights' },
  normalise: { vi: 'chuẩn hóa', en: 'normalisation' },
  aggregate: { vi: 'cách tổng hợp', en: 'aggregation' },
  impute: { vi: 'bù số thiếu', en: 'imputation' },
  max_points: { vi: 'xử lý ngoại lai', en: 'outlier treatment' },
}

function page(framework: Framework, result: RankAnalysis, { draws, level }: RankOptions, io: Io): string {
  const vi = io.lang === 'vi'
  const number = (x: number, digits: number) => (vi ? x.toFixed(digits).replace('.', ',') : x.toFixed(digits))
  const title = framework.title?.[io.lang] ?? framework.code
  const percent = `${number(level * 100, level * 100 === Math.round(level * 100) ? 0 : 1)} %`
  const factors = result.factors.map((factor) => NAMES[factor]?.[io.lang] ?? factor).join(', ')
  const lines = [
    `${title} (${framework.code}@${framework.version})${result.period === null ? '' : `, ${result.period}`}`,
    vi
      ? `Khoảng hạng ${percent} qua ${draws} lần rút, thay đổi: ${factors}${result.declared ? '' : ' (±25 %, bộ chỉ số không khai báo)'}`
      : `Rank intervals of ${percent} over ${draws} draws that vary: ${factors}${result.declared ? '' : ' (±25 %, not declared by the framework)'}`,
  ]
  if (result.errors)
    lines.push(
      vi
        ? 'Ngoặc vuông: các hạng mà sai số của số liệu còn để ngỏ'
        : 'In brackets: the ranks that the errors of the data leave open',
    )
  const widest = Math.max(6, ...result.units.map((unit) => unit.unit.length))
  let group: string | null | undefined
  let tied: number | null = null
  for (const unit of result.units) {
    if (unit.rank === null || !unit.interval) {
      lines.push(`        –  ${unit.unit.padEnd(widest)}  ${vi ? 'không xếp hạng' : 'not ranked'}`)
      continue
    }
    if (group !== undefined && (tied !== unit.tied_group || group !== unit.group)) lines.push('           ·')
    group = unit.group
    tied = unit.tied_group
    const set = unit.rank_set ? `  [${unit.rank_set.lo}–${unit.rank_set.hi}]` : ''
    const { lo, hi } = unit.interval
    lines.push(
      `${`${unit.rank}/${unit.of}`.padStart(9)}  ${unit.unit.padEnd(widest)}  ${number(unit.published ?? 0, framework.output.decimals ?? 3)}  ${lo}–${hi}${set}`,
    )
  }
  lines.push(
    vi
      ? 'Dấu chấm ngăn các nhóm khác nhau rõ về thống kê; trong một nhóm, thứ tự chưa chắc chắn.'
      : 'A dot parts groups that differ statistically; within one the order is not sure.',
  )
  for (const { factor, first, total } of result.sensitivity ?? [])
    lines.push(
      vi
        ? `Dịch chuyển hạng do ${NAMES[factor]?.vi ?? factor}: riêng ${number(first[0] * 100, 0)} %, kể cả tương tác ${number(total[0] * 100, 0)} %`
        : `Shifts of ranks due to ${NAMES[factor]?.en ?? factor}: alone ${number(first[0] * 100, 0)} %, with interactions ${number(total[0] * 100, 0)} %`,
    )
  return `${lines.join('\n')}\n`
}
