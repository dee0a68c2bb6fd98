import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Crosswalk, readCrosswalk } from '@nhip/measure/framework/crosswalk'
import type { Framework } from '@nhip/measure/framework/framework'
import type { Panel } from '@nhip/measure/panel'
import { MeasureError, type MeasureProblem } from '@nhip/measure/problem'
import { type Change, change as decompose, type Edition, NoChange } from '@nhip/measure/rank/change'
import { type Io, UsageError } from '../verb.ts'
import { dataOptions, openData, openFramework, printProblems, Unusable, withUsable } from './open.ts'
import { problemJson } from './problem-json.ts'
import { whole } from './rank.ts'

/** `nhip measure change F1 D1 F2 D2 --unit U`: why a unit's score and rank moved between two editions. */
export async function change(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...dataOptions,
      unit: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      crosswalk: { type: 'string' },
      'from-on-new-map': { type: 'string' },
      'to-on-old-map': { type: 'string' },
      orders: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
    },
  })
  const unit = values.unit
  if (unit === undefined || unit === '')
    throw new UsageError({ vi: 'Thiếu --unit: mã đơn vị.', en: '--unit, the code of a unit, is missing.' })
  const pairs = whole('orders', values.orders, 2, 100_000)
  const seed = whole('seed', values.seed, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  return withUsable(io, () => {
    const warnings: MeasureProblem[] = []
    const open = (at: number, period: string | undefined, mapped: string | undefined): Edition => {
      const { framework, problems } = openFramework(positionals[at])
      const { data, problems: read } = openData(framework, positionals[at + 1], values)
      warnings.push(...problems, ...read)
      const panel = panelOf(data.panels, period, positionals[at + 1]!)
      if (mapped === undefined) return { framework, panel }
      const other = openData(framework, mapped, values)
      warnings.push(...other.problems)
      return { framework, panel, onOtherMap: panelOf(other.data.panels, period, mapped) }
    }
    const from = open(0, values.from, values['from-on-new-map'])
    const to = open(2, values.to, values['to-on-old-map'])
    const same = counterparts(from.framework, to.framework, positionals[2]!, values.crosswalk, warnings)
    const found = attempt(() => decompose(from, to, unit, same, { pairs, seed }), unit)
    if (io.json) io.stdout.write(`${JSON.stringify(answer(found, unit, warnings))}\n`)
    else {
      io.stdout.write(page(found, unit, io))
      printProblems(warnings, io)
    }
    return 0
  })
}

function attempt(act: () => Change, unit: string): Change {
  try {
    return act()
  } catch (error) {
    if (error instanceof MeasureError) throw new Unusable([error.problem])
    if (!(error instanceof NoChange)) throw error
    throw new Unusable([
      {
        severity: 'error',
        code: 'unit-without-score',
        value: unit,
        message: {
          vi: `"${unit}" không có điểm hoặc hạng trong một trong hai kỳ, nên không so sánh được`,
          en: `"${unit}" has no score or rank in one of the two editions, so there is nothing to compare`,
        },
      },
    ])
  }
}

/** The panel of a period; without one, the newest. */
export function panelOf(panels: readonly Panel[], period: string | undefined, file: string): Panel {
  const found = period === undefined ? panels.at(-1) : panels.find((panel) => panel.period === period)
  if (found) return found
  throw new UsageError({
    vi: `"${file}" không có kỳ "${period ?? ''}".`,
    en: `"${file}" has no period "${period ?? ''}".`,
  })
}

/** Pairs that are the same item: by crosswalk, else by code, which is told when the versions differ. */
function counterparts(
  from: Framework,
  to: Framework,
  file: string,
  crosswalk: string | undefined,
  warnings: MeasureProblem[],
): Map<string, string> {
  const byCode = new Map(from.nodes.map(({ code }) => [code, code]))
  if (from.sha256 === to.sha256) return byCode
  const ends = [from, to].map(({ code, version }) => `${code}@${version}`)
  const known = crosswalk ?? beside(file, ends)
  if (known !== null) {
    const { crosswalk: read, problems } = readCrosswalk(readFileSync(known, 'utf8'), known)
    if (!read) throw new Unusable(problems)
    if (read.from === ends[0] && read.to === ends[1]) return pairsOf(read)
    throw new Unusable([
      {
        severity: 'error',
        code: 'crosswalk-unknown',
        file: known,
        value: `${read.from}--${read.to}`,
        message: {
          vi: `Bảng chuyển đổi nối ${read.from} với ${read.to}, không phải ${ends[0]} với ${ends[1]}`,
          en: `The crosswalk links ${read.from} to ${read.to}, not ${ends[0]} to ${ends[1]}`,
        },
      },
    ])
  }
  warnings.push({
    severity: 'warning',
    code: 'crosswalk-assumed',
    value: ends.join('--'),
    message: {
      vi: `Không có bảng chuyển đổi từ ${ends[0]} sang ${ends[1]}: coi các mục cùng mã là một`,
      en: `There is no crosswalk from ${ends[0]} to ${ends[1]}: items of the same code are taken to be the same`,
    },
  })
  return byCode
}

function pairsOf(crosswalk: Crosswalk): Map<string, string> {
  return new Map(
    crosswalk.rows.flatMap(({ from, to, kind }) =>
      kind === 'same' && from !== null && to !== null ? [[from, to] as const] : [],
    ),
  )
}

/** The crosswalk that lies beside the framework file under its usual name, if there is one. */
function beside(file: string, ends: readonly string[]): string | null {
  const name = ends.map((end) => end.replace('@', '-')).join('--')
  const path = join(dirname(file), 'crosswalk', `${name}.yaml`)
  try {
    readFileSync(path)
    return path
  } catch {
    return null
  }
}

function answer(found: Change, unit: string, warnings: readonly MeasureProblem[]): Record<string, unknown> {
  const { from, to, parts, rank, data, notComparable } = found
  return {
    from,
    to,
    parts,
    rank: { from: rank.from, to: rank.to, parts: rank.parts },
    unit,
    data,
    not_comparable: notComparable,
    warnings: warnings.map(problemJson),
  }
}

const PARTS: Record<keyof Change['parts'], { vi: string; en: string }> = {
  data: { vi: 'Số liệu', en: 'Data' },
  method: { vi: 'Phương pháp', en: 'Method' },
  membership: { vi: 'Đơn vị được so sánh', en: 'Units compared' },
  boundary: { vi: 'Địa giới', en: 'Boundaries' },
  not_comparable: { vi: 'Mục không so sánh được', en: 'Items not comparable' },
}

function page(found: Change, unit: string, io: Io): string {
  const vi = io.lang === 'vi'
  const number = (x: number) => {
    const text = Math.abs(x) < 5e-5 ? '0' : x.toFixed(4).replace(/\.?0+$/, '')
    return vi ? text.replace('.', ',').replace('-', '−') : text
  }
  const signed = (x: number) => `${x >= 5e-5 ? '+' : ''}${number(x)}`
  const lines = [
    vi
      ? `${unit}: điểm ${number(found.from)} → ${number(found.to)} (${signed(found.to - found.from)}), hạng ${number(found.rank.from)} → ${number(found.rank.to)}`
      : `${unit}: score ${number(found.from)} → ${number(found.to)} (${signed(found.to - found.from)}), rank ${number(found.rank.from)} → ${number(found.rank.to)}`,
    `${''.padEnd(26)}${(vi ? 'điểm' : 'score').padStart(12)}${(vi ? 'hạng' : 'rank').padStart(10)}`,
  ]
  for (const part of Object.keys(PARTS) as (keyof Change['parts'])[]) {
    lines.push(
      `${PARTS[part][io.lang].padEnd(26)}${signed(found.parts[part]).padStart(12)}${signed(found.rank.parts[part]).padStart(10)}`,
    )
  }
  const shares = [...found.data.items]
    .sort((a, b) => Math.abs(b.score) - Math.abs(a.score))
    .filter((s) => Math.abs(s.score) >= 5e-5)
  if (shares.length > 0) lines.push(vi ? 'Trong phần số liệu:' : 'Within the data:')
  for (const share of shares.slice(0, 10)) {
    const error = share.standard_error > 0 ? ` ± ${number(share.standard_error)}` : ''
    lines.push(`  ${share.item.padEnd(24)}${signed(share.score).padStart(12)}${error}`)
  }
  if (shares.length > 10)
    lines.push(vi ? `  … và ${shares.length - 10} mục nữa` : `  … and ${shares.length - 10} more`)
  return `${lines.join('\n')}\n`
}
