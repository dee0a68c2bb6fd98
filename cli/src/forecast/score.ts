import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { evaluate, type Path, type Score } from '@nhip/forecast/evaluate'
import { issueAll } from '@nhip/forecast/forecast'
import { MODELS } from '@nhip/forecast/plan'
import { readScoreFile, type ScoreSeries } from '@nhip/forecast/score-file'
import { version } from '@nhip/node/version'
import type { Io } from '../verb.ts'
import { prepareAll } from './jobs.ts'
import { problem, refuse, scoreProblem } from './problems.ts'

/** `nhip forecast score FILE`: forecasts every series from its training part and measures the forecasts against the held-out part. */
export async function score(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      model: { type: 'string', default: 'auto' },
      jobs: { type: 'string', default: '1' },
      forecasts: { type: 'string' },
      from: { type: 'string' },
      'max-owa': { type: 'string' },
    },
  })
  const file = positionals[0]
  if (!file)
    return refuse(
      [
        problem('file-missing', {
          vi: 'thiếu tệp: nhip forecast score TỆP',
          en: 'a file is missing: nhip forecast score FILE',
        }),
      ],
      io,
    )
  const model = values.model
  if (model !== 'auto' && !MODELS[model])
    return refuse(
      [
        problem(
          'model-unknown',
          { vi: `không có mô hình "${model}"`, en: `there is no model "${model}"` },
          { value: model },
        ),
      ],
      io,
    )
  const jobs = Number(values.jobs)
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64)
    return refuse(
      [
        problem('jobs-invalid', {
          vi: `số luồng "${values.jobs}" phải từ 1 đến 64`,
          en: `jobs "${values.jobs}" must be 1 to 64`,
        }),
      ],
      io,
    )
  const limit = values['max-owa'] === undefined ? null : Number(values['max-owa'])
  if (limit !== null && !(limit > 0))
    return refuse(
      [
        problem('max-owa-invalid', {
          vi: `"${values['max-owa']}" không phải là ngưỡng OWA`,
          en: `"${values['max-owa']}" is not an OWA limit`,
        }),
      ],
      io,
    )
  const began = performance.now()
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (e) {
    return refuse(
      [
        problem(
          'file-unreadable',
          {
            vi: `không đọc được tệp: ${(e as Error).message}`,
            en: `cannot read the file: ${(e as Error).message}`,
          },
          { file },
        ),
      ],
      io,
    )
  }
  const { series, faults } = readScoreFile(text)
  if (faults.length)
    return refuse(
      faults.map((f) => scoreProblem(file, f)),
      io,
    )

  let paths: Map<string, Path>
  let seconds = new Map<string, number>()
  if (values.from) {
    const read = readForecasts(values.from, series)
    if ('problems' in read) return refuse(read.problems, io)
    paths = read.paths
  } else {
    const made = await forecastAll(series, model, jobs)
    paths = made.paths
    seconds = made.seconds
  }
  if (values.forecasts) writeFileSync(values.forecasts, forecastsCsv(series, paths))
  const { groups, all } = evaluate(series, paths, seconds)
  const wallSeconds = (performance.now() - began) / 1000
  const peakRssMb = process.resourceUsage().maxRSS / 1024
  if (io.json)
    io.stdout.write(
      `${JSON.stringify({ version, file: basename(file), model, jobs, wallSeconds, peakRssMb, groups, all }, finiteOrNull)}\n`,
    )
  else io.stdout.write(table([...groups, all]))
  if (limit !== null && !(all.owa <= limit)) {
    io.stderr.write(
      io.lang === 'vi'
        ? `OWA ${all.owa.toFixed(4)} vượt ngưỡng ${limit}\n`
        : `OWA ${all.owa.toFixed(4)} is above ${limit}\n`,
    )
    return 1
  }
  return 0
}

const finiteOrNull = (_: string, v: unknown): unknown =>
  typeof v === 'number' && !Number.isFinite(v) ? null : v

/**
 * Forecasts by group, one horizon at a time. Only the training part is handed on: what follows cannot see `test`. Computing time is that of the
 * whole process, so that workers count.
 */
async function forecastAll(
  series: readonly ScoreSeries[],
  model: string,
  jobs: number,
): Promise<{ paths: Map<string, Path>; seconds: Map<string, number> }> {
  const paths = new Map<string, Path>()
  const seconds = new Map<string, number>()
  const groups = new Map<string, ScoreSeries[]>()
  for (const s of series) {
    const key = `${s.group}\u0000${s.frequency}\u0000${s.horizon}`
    const list = groups.get(key)
    if (list) list.push(s)
    else groups.set(key, [s])
  }
  for (const list of groups.values()) {
    const before = process.cpuUsage()
    const options = { horizon: list[0]!.horizon, model }
    const prepared = await prepareAll(
      list.map((s) => ({
        key: s.id,
        pool: s.group,
        frequency: { step: '', season: seasonOf(s.frequency) },
        y: s.train,
      })),
      options,
      jobs,
    )
    const { issued } = issueAll(prepared, options)
    for (const i of issued) {
      const band = i.bands.find((b) => b.level === 95)
      if (i.show === 'none' || !band || i.hygiene.some((h) => h.code === 'failed')) continue
      paths.set(i.key, { point: i.point, lower95: band.lower, upper95: band.upper })
    }
    const used = process.cpuUsage(before)
    const group = list[0]!.group
    seconds.set(group, (seconds.get(group) ?? 0) + (used.user + used.system) / 1e6)
  }
  for (const [group, total] of seconds)
    seconds.set(group, total / series.filter((s) => s.group === group).length)
  return { paths, seconds }
}

const seasonOf = (frequency: number): readonly number[] => (frequency === 24 ? [24, 168] : [frequency])

function forecastsCsv(series: readonly ScoreSeries[], paths: ReadonlyMap<string, Path>): string {
  const lines = ['id,step,point,lower95,upper95']
  for (const s of series) {
    const p = paths.get(s.id)
    if (!p) continue
    for (let h = 0; h < s.horizon; h++)
      lines.push(`${quoted(s.id)},${h + 1},${p.point[h]},${p.lower95[h]},${p.upper95[h]}`)
  }
  return `${lines.join('\n')}\n`
}

const quoted = (id: string): string => (/[",\n]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id)

function readForecasts(
  file: string,
  series: readonly ScoreSeries[],
): { paths: Map<string, Path> } | { problems: ReturnType<typeof problem>[] } {
  const problems: ReturnType<typeof problem>[] = []
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (e) {
    return {
      problems: [
        problem(
          'file-unreadable',
          {
            vi: `không đọc được tệp: ${(e as Error).message}`,
            en: `cannot read the file: ${(e as Error).message}`,
          },
          { file },
        ),
      ],
    }
  }
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  if (lines[0] !== 'id,step,point,lower95,upper95')
    problems.push(
      problem(
        'forecasts-header',
        {
          vi: 'dòng đầu phải là id,step,point,lower95,upper95',
          en: 'the first line must be id,step,point,lower95,upper95',
        },
        { file, line: 1, value: lines[0] },
      ),
    )
  const known = new Map(series.map((s) => [s.id, s]))
  const paths = new Map<string, { point: Float64Array; lower95: Float64Array; upper95: Float64Array }>()
  for (let i = 1; i < lines.length && problems.length < 100; i++) {
    if (lines[i]!.trim() === '') continue
    const m = /^(?:"((?:[^"]|"")*)"|([^,]*)),([^,]*),([^,]*),([^,]*),([^,]*)$/.exec(lines[i]!)
    const id = m ? (m[1]?.replaceAll('""', '"') ?? m[2]!) : ''
    const s = known.get(id)
    const step = Number(m?.[3])
    const v = [m?.[4], m?.[5], m?.[6]].map((x) =>
      x === undefined || x.trim() === '' ? Number.NaN : Number(x),
    )
    if (!m || !s || !Number.isInteger(step) || step < 1 || step > s.horizon || !v.every(Number.isFinite)) {
      problems.push(
        problem(
          'forecasts-row',
          {
            vi: 'dòng không đọc được hoặc không khớp với tệp chuỗi',
            en: 'the row cannot be read or does not match the series file',
          },
          { file, line: i + 1, value: lines[i]!.slice(0, 80) },
        ),
      )
      continue
    }
    let p = paths.get(id)
    if (!p) {
      const empty = (): Float64Array => new Float64Array(s.horizon).fill(Number.NaN)
      p = { point: empty(), lower95: empty(), upper95: empty() }
      paths.set(id, p)
    }
    p.point[step - 1] = v[0]!
    p.lower95[step - 1] = v[1]!
    p.upper95[step - 1] = v[2]!
  }
  // A path with a missing step is no forecast of the series.
  for (const [id, p] of paths) if (p.point.some(Number.isNaN)) paths.delete(id)
  return problems.length ? { problems } : { paths }
}

function table(rows: readonly Score[]): string {
  const head = [
    'group',
    'series',
    'sMAPE',
    'MASE',
    'OWA',
    'cover95',
    'MSIS95',
    's/1000',
    'naive2 sMAPE',
    'naive2 MASE',
    'better',
    'scale0',
    'fallbacks',
  ]
  const cells = rows.map((r) => [
    r.group,
    String(r.series),
    r.smape.toFixed(4),
    r.mase.toFixed(4),
    r.owa.toFixed(4),
    `${(100 * r.coverage95).toFixed(2)} %`,
    r.msis95.toFixed(2),
    r.secondsPer1000.toFixed(2),
    r.naive2.smape.toFixed(4),
    r.naive2.mase.toFixed(4),
    `${(100 * r.betterThanNaive2).toFixed(1)} %`,
    String(r.scaleZero),
    String(r.fallbacks),
  ])
  const width = head.map((h, j) => Math.max(h.length, ...cells.map((c) => c[j]!.length)))
  const line = (c: readonly string[]): string =>
    c.map((v, j) => (j === 0 ? v.padEnd(width[j]!) : v.padStart(width[j]!))).join('  ')
  return `${[head, ...cells].map(line).join('\n')}\n`
}
