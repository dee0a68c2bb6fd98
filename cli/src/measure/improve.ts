import { parseArgs } from 'node:util'
import { prepareAll } from '@nhip/measure/compute/pipeline'
import { readCsv } from '@nhip/measure/data/csv'
import { MeasureError, type MeasureProblem } from '@nhip/measure/problem'
import { improve as findGains, type Improvement } from '@nhip/measure/rank/improve'
import { type Io, UsageError } from '../verb.ts'
import { panelOf } from './change.ts'
import {
  dataOptions,
  openData,
  openFramework,
  printProblems,
  readText,
  Unusable,
  withUsable,
} from './open.ts'
import { problemJson } from './problem-json.ts'
import { whole } from './rank.ts'

/** `nhip measure improve F D --unit U`: where the unit would gain most, and a plan computed step by step. */
export async function improve(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...dataOptions,
      period: { type: 'string' },
      unit: { type: 'string' },
      effort: { type: 'string' },
      budget: { type: 'string' },
      steps: { type: 'string', default: '5' },
      pending: { type: 'string' },
    },
  })
  const unit = values.unit
  if (unit === undefined || unit === '')
    throw new UsageError({ vi: 'Thiếu --unit: mã đơn vị.', en: '--unit, the code of a unit, is missing.' })
  const steps = whole('steps', values.steps, 0, 1000)
  const budget = values.budget === undefined ? undefined : Number(values.budget)
  if (budget !== undefined && !(budget >= 0))
    throw new UsageError({
      vi: `--budget "${values.budget}": cần một số không âm.`,
      en: `--budget "${values.budget}": want a number, 0 or more.`,
    })
  return withUsable(io, () => {
    const { framework, problems } = openFramework(positionals[0])
    const { data, problems: read } = openData(framework, positionals[1], values)
    const effort = values.effort === undefined ? undefined : readEffort(values.effort)
    const panel = panelOf(data.panels, values.period, positionals[1]!)
    const pending = new Set((values.pending ?? '').split(',').filter((code) => code !== ''))
    const found = attempt(() => {
      const pipeline = prepareAll(framework, data.panels).find((p) => p.panel === panel)!
      return findGains(pipeline, unit, {
        ...(effort ? { effort } : {}),
        ...(budget === undefined ? {} : { budget }),
        steps,
        pending,
        others: data.panels,
      })
    })
    if (!found)
      throw new Unusable([
        {
          severity: 'error',
          code: 'unit-without-score',
          value: unit,
          message: {
            vi: `"${unit}" không có điểm hoặc hạng trong kỳ này`,
            en: `"${unit}" has no score or rank in this period`,
          },
        },
      ])
    const warnings: MeasureProblem[] = [...problems, ...read]
    if (io.json) io.stdout.write(`${JSON.stringify({ ...found, warnings: warnings.map(problemJson) })}\n`)
    else {
      io.stdout.write(page(found, io))
      printProblems(warnings, io)
    }
    return 0
  })
}

function attempt<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof MeasureError) throw new Unusable([error.problem])
    throw error
  }
}

/** E.csv: header `item,effort`; an effort is a positive number. */
function readEffort(path: string): Map<string, number> {
  const [head, ...rows] = readCsv(readText(path, 'E.csv'))
  const names = head?.cells.map((cell) => cell.text.trim()) ?? []
  const [item, effort] = ['item', 'effort'].map((name) => names.indexOf(name)) as [number, number]
  const refuse = (line: number, value: string, vi: string, en: string): never => {
    throw new Unusable([
      { severity: 'error', code: 'effort-file', file: path, line, value, message: { vi, en } },
    ])
  }
  if (item < 0 || effort < 0)
    refuse(
      1,
      names.join(','),
      'Dòng đầu phải có cột item và effort',
      'The first line must have the columns item and effort',
    )
  const found = new Map<string, number>()
  for (const row of rows) {
    const code = row.cells[item]?.text.trim() ?? ''
    const text = row.cells[effort]?.text.trim() ?? ''
    const value = Number(text)
    if (code === '' || text === '' || !(value > 0) || !Number.isFinite(value))
      refuse(
        row.line,
        text,
        `Công sức của "${code}" phải là một số dương`,
        `The effort of "${code}" must be a positive number`,
      )
    found.set(code, value)
  }
  return found
}

function page(found: Improvement, io: Io): string {
  const vi = io.lang === 'vi'
  const number = (x: number, digits = 4) => {
    const text = x
      .toFixed(digits)
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')
    return vi ? text.replace('.', ',') : text
  }
  const places = (n: number) => (n === 0 ? '' : vi ? `, lên ${number(n)} bậc` : `, up ${number(n)}`)
  const lines = [
    vi
      ? `${found.unit}: điểm ${number(found.score)}, hạng ${number(found.rank)}/${found.of}. Tăng được nhiều nhất ở:`
      : `${found.unit}: score ${number(found.score)}, rank ${number(found.rank)} of ${found.of}. Most to gain in:`,
  ]
  for (const { item, value, next, max, effort } of found.items.slice(0, 15)) {
    const now = value === null ? (vi ? 'chưa có' : 'missing') : number(value)
    const parts = [
      next && next.to !== max?.to
        ? `${vi ? 'bậc kế' : 'next step'} ${number(next.to)}: +${number(next.score)}${places(next.rank)}`
        : '',
      max ? `${vi ? 'tối đa' : 'top'} ${number(max.to)}: +${number(max.score)}${places(max.rank)}` : '',
      effort === null ? '' : `${vi ? 'công sức' : 'effort'} ${number(effort)}`,
    ].filter((part) => part !== '')
    lines.push(`  ${item} (${now}): ${parts.join('; ')}`)
  }
  if (found.items.length === 0) lines.push(vi ? '  không còn mục nào tăng được' : '  nothing is left to gain')
  if (found.plan.steps.length > 0) {
    lines.push(vi ? 'Kế hoạch, tính lại sau mỗi bước:' : 'A plan, computed anew after each step:')
    found.plan.steps.forEach((step, i) => {
      lines.push(
        `  ${i + 1}. ${step.item} → ${number(step.to)}: ${vi ? 'điểm' : 'score'} ${number(step.score)}, ${vi ? 'hạng' : 'rank'} ${number(step.rank)}`,
      )
    })
  }
  const { peers } = found
  lines.push(
    peers
      ? vi
        ? `Các đơn vị khác cũng thay đổi: so với ${peers.from}, một nửa trong ${peers.units} đơn vị đổi từ ${number(peers.lo)} đến ${number(peers.hi)} điểm (giữa ${number(peers.median)}); ${number(peers.as_much_as_plan * 100, 0)} % tăng bằng hoặc hơn kế hoạch này.`
        : `The others move too: since ${peers.from} half of ${peers.units} units changed by ${number(peers.lo)} to ${number(peers.hi)} (median ${number(peers.median)}); ${number(peers.as_much_as_plan * 100, 0)} % rose by as much as this plan.`
      : vi
        ? 'Kết quả giả định các đơn vị khác đứng yên; thực tế họ cũng thay đổi.'
        : 'All this supposes that the others stand still; they will not.',
  )
  return `${lines.join('\n')}\n`
}
