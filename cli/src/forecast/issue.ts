import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import type { Problem } from '@nhip/canonical/problem'
import { breachProbability, type Direction, type Mode, samplePaths } from '@nhip/forecast/breach'
import { issueAll } from '@nhip/forecast/forecast'
import { periodAfter } from '@nhip/forecast/grid'
import type { Issued } from '@nhip/forecast/issue-pool'
import { MODELS } from '@nhip/forecast/plan'
import { hygieneSentence, uncalibratedWord, worthSentence } from '@nhip/forecast/sentence'
import { type Frequency, type Hygiene, type Nature, type Series, seasonsOf } from '@nhip/forecast/series'
import { version } from '@nhip/node/version'
import type { Io } from '../verb.ts'
import { prepareAll } from './jobs.ts'
import { problem, refuse } from './problems.ts'
import { type FileSeries, readCsv, readLines } from './read-series.ts'

const FREQUENCIES = new Set(['A', 'Q', 'M', 'W', 'D', 'H', 'PT30M', 'PT15M', 'PT5M'])

interface Wish {
  file: string
  format: 'series' | 'csv'
  horizon: number
  frequency: Frequency | number
  nature: Nature | undefined
  bounds: [number, number] | undefined
  levels: number[]
  model: string
  origin: string | undefined
  limit: number | undefined
  direction: Direction
  mode: Mode
  seed: number
  jobs: number
  columns: { time: string; value: string; series: string }
}

function number(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? Number.NaN : Number(text)
}

/** Reads the options; every wrong one is reported at once. */
function wishes(args: string[]): { wish: Wish } | { problems: Problem[] } {
  const { values: v, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      format: { type: 'string' },
      horizon: { type: 'string' },
      frequency: { type: 'string' },
      nature: { type: 'string' },
      bounds: { type: 'string' },
      level: { type: 'string', default: '80,95' },
      model: { type: 'string', default: 'auto' },
      origin: { type: 'string' },
      limit: { type: 'string' },
      direction: { type: 'string', default: 'above' },
      mode: { type: 'string', default: 'by' },
      seed: { type: 'string', default: '1' },
      jobs: { type: 'string', default: '1' },
      time: { type: 'string', default: 'time' },
      value: { type: 'string', default: 'value' },
      series: { type: 'string', default: 'series' },
    },
  })
  const problems: Problem[] = []
  const bad = (option: string, value: string | undefined, vi: string, en: string): void => {
    problems.push(
      problem(
        `${option}-invalid`,
        { vi: `--${option} "${value ?? ''}": ${vi}`, en: `--${option} "${value ?? ''}": ${en}` },
        { value: value ?? '' },
      ),
    )
  }
  const file = positionals[0]
  if (!file)
    problems.push(
      problem('file-missing', {
        vi: 'thiếu tệp: nhip forecast TỆP …',
        en: 'a file is missing: nhip forecast FILE …',
      }),
    )
  if (v.format !== 'series' && v.format !== 'csv')
    bad('format', v.format, 'phải là series hoặc csv', 'must be series or csv')
  const horizon = number(v.horizon)
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > 5000)
    bad('horizon', v.horizon, 'phải là số nguyên từ 1 đến 5000', 'must be an integer from 1 to 5000')
  const season = number(v.frequency)
  const frequency = FREQUENCIES.has(v.frequency ?? '') ? (v.frequency as Frequency) : season
  if (typeof frequency === 'number' && (!Number.isInteger(season) || season < 1 || season > 100_000))
    bad(
      'frequency',
      v.frequency,
      'phải là A Q M W D H PT30M PT15M PT5M hoặc độ dài mùa vụ',
      'must be A Q M W D H PT30M PT15M PT5M or a season length',
    )
  if (v.nature !== undefined && !['share', 'count', 'level', 'index'].includes(v.nature))
    bad('nature', v.nature, 'phải là share, count, level hoặc index', 'must be share, count, level or index')
  const bounds = v.bounds?.split(',').map(Number)
  if (bounds && (bounds.length !== 2 || !bounds.every(Number.isFinite) || bounds[0]! >= bounds[1]!))
    bad('bounds', v.bounds, 'phải có dạng 0,100', 'must look like 0,100')
  const levels = v.level.split(',').map(Number)
  if (!levels.every((l) => l > 0 && l < 100))
    bad('level', v.level, 'phải nằm giữa 0 và 100', 'must lie between 0 and 100')
  if (v.model !== 'auto' && !MODELS[v.model])
    bad(
      'model',
      v.model,
      `phải là auto ${Object.keys(MODELS).join(' ')}`,
      `must be auto ${Object.keys(MODELS).join(' ')}`,
    )
  const limit = v.limit === undefined ? undefined : number(v.limit)
  if (limit !== undefined && !Number.isFinite(limit))
    bad('limit', v.limit, 'không phải là số', 'is not a number')
  if (v.direction !== 'above' && v.direction !== 'below')
    bad('direction', v.direction, 'phải là above hoặc below', 'must be above or below')
  if (v.mode !== 'at' && v.mode !== 'by') bad('mode', v.mode, 'phải là at hoặc by', 'must be at or by')
  const jobs = number(v.jobs)
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64)
    bad('jobs', v.jobs, 'phải từ 1 đến 64', 'must be 1 to 64')
  const seed = number(v.seed)
  if (!Number.isSafeInteger(seed)) bad('seed', v.seed, 'phải là số nguyên', 'must be an integer')
  if (problems.length) return { problems }
  return {
    wish: {
      file: file!,
      format: v.format as 'series' | 'csv',
      horizon,
      frequency,
      nature: v.nature as Nature | undefined,
      bounds: bounds as [number, number] | undefined,
      levels,
      model: v.model,
      origin: v.origin,
      limit,
      direction: v.direction as Direction,
      mode: v.mode as Mode,
      seed,
      jobs,
      columns: { time: v.time, value: v.value, series: v.series },
    },
  }
}

/** Series that lend each other errors in one go; more are taken block by block, so that memory does not grow with the file. */
const BLOCK = 20_000

/** `nhip forecast FILE`: forecasts with bands, what they are worth, and the chance that a limit is crossed. */
export async function issue(args: string[], io: Io): Promise<number> {
  const read = wishes(args)
  if ('problems' in read) return refuse(read.problems, io)
  const w = read.wish
  let text: string
  try {
    text = readFileSync(w.file, 'utf8')
  } catch (e) {
    return refuse(
      [
        problem(
          'file-unreadable',
          {
            vi: `không đọc được tệp: ${(e as Error).message}`,
            en: `cannot read the file: ${(e as Error).message}`,
          },
          { file: w.file },
        ),
      ],
      io,
    )
  }
  const input =
    w.format === 'series' ? readLines(w.file, text) : readCsv(w.file, text, w.columns, w.frequency, w.origin)
  text = ''
  if (input.problems.length) return refuse(input.problems, io)
  if (input.series.length === 0)
    return refuse(
      [
        problem(
          'file-empty',
          { vi: 'tệp không có chuỗi nào', en: 'the file holds no series' },
          { file: w.file },
        ),
      ],
      io,
    )
  const began = performance.now()
  const season = seasonsOf(w.frequency)
  const out = io.stdout
  let bytes: string[] = []
  const write = async (s: string): Promise<void> => {
    bytes.push(s)
    if (bytes.length < 500) return
    const chunk = bytes.join('')
    bytes = []
    if (!out.write(chunk)) await new Promise((r) => out.once('drain', r))
  }
  if (io.json)
    await write(
      `{"version":${JSON.stringify(version)},"frequency":${JSON.stringify(w.frequency)},"season":${season[0]},"horizon":${w.horizon},"levels":${JSON.stringify(w.levels)},"series":[`,
    )
  let first = true
  for (let from = 0; from < input.series.length; from += BLOCK) {
    const block = input.series.slice(from, from + BLOCK)
    const options = { horizon: w.horizon, levels: w.levels, model: w.model }
    const series: Series[] = block.map((s) => ({
      key: s.id,
      pool: basename(w.file),
      frequency: typeof w.frequency === 'number' ? { step: '', season } : w.frequency,
      y: s.y,
      nature: w.nature,
      bounds: w.bounds,
    }))
    const prepared = await prepareAll(series, options, w.jobs, (done, of) =>
      io.stderr.write(`${from + done}/${Math.max(of, input.series.length)}\n`),
    )
    const { issued } = issueAll(prepared, options)
    for (let i = 0; i < block.length; i++) {
      const told = tell(block[i]!, issued[i]!, w)
      if (io.json) await write(`${first ? '' : ','}${JSON.stringify(told, finiteOrNull)}`)
      else await write(page(told, issued[i]!, io.lang))
      first = false
    }
  }
  if (io.json) await write(`],"seconds":${((performance.now() - began) / 1000).toFixed(3)}}\n`)
  out.write(bytes.join(''))
  return 0
}

const finiteOrNull = (_: string, v: unknown): unknown =>
  typeof v === 'number' && !Number.isFinite(v) ? null : v

interface Told {
  id: string
  n: number
  last: number
  scale: number
  show: Issued['show']
  gate: Issued['gate']
  members: Issued['members']
  fva: number | null
  fvaOrigins: number
  calibration: Issued['calibration']
  hygiene: Hygiene[]
  steps: Record<string, number | string | null>[]
  sentence: { vi: string; en: string }
  warning?: {
    limit: number
    direction: Direction
    mode: Mode
    steps: { step: number; p: number }[]
    crossing: string | number | null
    calibrated: boolean
  }
  error?: Problem
}

function tell(s: FileSeries, f: Issued, w: Wish): Told {
  const steps: Told['steps'] = []
  const periodOf = (step: number): string | null =>
    s.lastPeriod === null ? null : periodAfter(s.lastPeriod, step, w.frequency)
  if (f.show !== 'none')
    for (let h = 0; h < w.horizon; h++) {
      const row: Record<string, number | string | null> = {
        step: h + 1,
        period: periodOf(h + 1),
        point: f.show === 'range' ? null : f.point[h]!,
      }
      for (const b of f.bands) {
        row[`lower${b.level}`] = b.lower[h]!
        row[`upper${b.level}`] = b.upper[h]!
      }
      steps.push(row)
    }
  const told: Told = {
    id: s.id,
    n: f.n,
    last: f.last,
    scale: f.scale,
    show: f.show,
    gate: f.gate,
    members: f.members,
    fva: f.fva,
    fvaOrigins: f.fvaOrigins,
    calibration: f.calibration,
    hygiene: [...s.hygiene, ...f.hygiene],
    steps,
    sentence: worthSentence({
      fva: f.fva,
      origins: f.fvaOrigins,
      seasonal: f.reference === 'seasonal',
      gate: f.gate,
      show: f.show,
    }),
  }
  if (w.limit !== undefined && f.paths) {
    const b = breachProbability(samplePaths(f.paths, w.seed, f.key), {
      limit: w.limit,
      direction: w.direction,
      mode: w.mode,
    })
    told.warning = {
      limit: w.limit,
      direction: w.direction,
      mode: w.mode,
      steps: Array.from(b.p, (p, i) => ({ step: i + 1, p })),
      crossing: b.crossing === null ? null : (periodOf(b.crossing) ?? b.crossing),
      // No stored outcomes travel with a file, so nothing here has been recalibrated.
      calibrated: false,
    }
  }
  if (f.show === 'none') {
    const why = f.hygiene[f.hygiene.length - 1]?.code ?? 'empty'
    told.error = { severity: 'warning', code: why, path: s.id, message: hygieneSentence(why) }
  }
  return told
}

function page(t: Told, f: Issued, lang: 'vi' | 'en'): string {
  const show = (v: unknown): string =>
    typeof v === 'number'
      ? Number(v.toPrecision(6)).toString()
      : v === null || v === undefined
        ? '–'
        : String(v)
  const lines = [`${t.id} (n = ${t.n})`]
  if (t.error) lines.push(`  ${t.error.message[lang]}`)
  else {
    const columns = Object.keys(t.steps[0] ?? {})
    const head = columns.map((c) =>
      lang === 'vi' ? (COLUMN[c] ?? c.replace('lower', 'dưới ').replace('upper', 'trên ')) : c,
    )
    const rows = t.steps.map((s) => columns.map((c) => show(s[c])))
    const width = head.map((h, j) => Math.max(h.length, ...rows.map((r) => r[j]!.length)))
    for (const r of [head, ...rows]) lines.push(`  ${r.map((c, j) => c.padStart(width[j]!)).join('  ')}`)
    lines.push(`  ${t.sentence[lang]}`)
    const codes = [...new Set(t.hygiene.map((h) => h.code))].filter((c) => c !== 'too-short')
    if (codes.length)
      lines.push(
        `  ${lang === 'vi' ? 'Số liệu' : 'Data'}: ${codes.map((c) => hygieneSentence(c)[lang]).join('; ')}.`,
      )
    if (t.warning) {
      const last = t.warning.steps[t.warning.steps.length - 1]!
      const word = uncalibratedWord(last.p)[lang]
      const side = { above: { vi: 'vượt', en: 'above' }, below: { vi: 'xuống dưới', en: 'below' } }[
        t.warning.direction
      ][lang]
      lines.push(
        lang === 'vi'
          ? `  Khả năng ${side} ${t.warning.limit} trong ${f.point.length} kỳ tới: ${word}.`
          : `  Chance of being ${side} ${t.warning.limit} within ${f.point.length} steps: ${word}.`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}

const COLUMN: Readonly<Record<string, string>> = { step: 'bước', period: 'kỳ', point: 'dự báo' }
