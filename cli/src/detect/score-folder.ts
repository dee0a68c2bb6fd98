import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { parseArgs } from 'node:util'
import type { Problem } from '@nhip/canonical/problem'
import { Detector } from '@nhip/forecast/detector'
import {
  type NabFile,
  nabBest,
  nabScore,
  nabSize,
  PROFILES,
  windowRows,
  windowsAround,
} from '@nhip/forecast/nab'
import { version } from '@nhip/node/version'
import { problem, refuse } from '../forecast/problems.ts'
import type { Io } from '../verb.ts'
import { readStream, timeOf } from './read-stream.ts'

const SHIPPED = 0.5

type Label = { labels?: string[]; windows?: [string, string][] } | [string, string][] | string[]

/** `nhip detect score DIR`: the detector, or result files of another, by the rules of the Numenta Anomaly Benchmark. */
export async function scoreFolder(args: string[], io: Io): Promise<number> {
  const { values: v, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { labels: { type: 'string' }, results: { type: 'string' } },
  })
  const dir = positionals[0]
  if (!dir || !existsSync(dir))
    return refuse(
      [
        problem('folder-missing', {
          vi: `không có thư mục "${dir ?? ''}"`,
          en: `there is no folder "${dir ?? ''}"`,
        }),
      ],
      io,
    )
  const labelFile = v.labels ?? join(dir, 'labels.json')
  let labels: Record<string, Label>
  try {
    labels = JSON.parse(readFileSync(labelFile, 'utf8')) as Record<string, Label>
  } catch (e) {
    return refuse(
      [
        problem(
          'labels-unreadable',
          {
            vi: `không đọc được nhãn: ${(e as Error).message}`,
            en: `cannot read the labels: ${(e as Error).message}`,
          },
          { file: labelFile },
        ),
      ],
      io,
    )
  }
  const paths = csvBelow(dir)
  const keys = paths.map((p) => relative(dir, p).split(sep).join('/'))
  const notes: Problem[] = []
  const used = new Set<string>()
  const files: NabFile[] = []
  const bad: Problem[] = []
  let microseconds = 0
  let points = 0
  const stateBytes = new Detector().stateBytes
  for (let i = 0; i < paths.length; i++) {
    const { stream, problems } = readStream(paths[i]!, {})
    if (!stream) {
      bad.push(...problems)
      continue
    }
    const key =
      keys[i]! in labels
        ? keys[i]!
        : basename(keys[i]!) in labels
          ? basename(keys[i]!)
          : Object.keys(labels).find((k) => k.endsWith(`/${keys[i]!}`))
    if (key === undefined)
      notes.push({
        ...problem('file-unlabelled', {
          vi: `tệp ${keys[i]} không có nhãn: coi như bình thường`,
          en: `file ${keys[i]} has no labels: taken as all normal`,
        }),
        severity: 'info',
      })
    else used.add(key)
    const windows = key === undefined ? [] : windowsOf(labels[key]!, stream.times)
    let scores: Float64Array
    if (v.results !== undefined) {
      const found = resultFile(v.results, keys[i]!)
      const r = found ? readStream(found, { extra: 'anomaly_score' }) : null
      if (!r?.stream?.extra || r.stream.extra.length !== stream.values.length) {
        bad.push(
          ...(r?.problems.length
            ? r.problems
            : [
                problem('result-missing', {
                  vi: `không có kết quả khớp cho ${keys[i]}`,
                  en: `no matching result for ${keys[i]}`,
                }),
              ]),
        )
        continue
      }
      scores = r.stream.extra.map((x) => (Number.isNaN(x) ? 0 : x))
    } else {
      const detector = new Detector()
      scores = new Float64Array(stream.values.length)
      const began = performance.now()
      for (let t = 0; t < scores.length; t++)
        scores[t] = detector.push(stream.times[t]!, stream.values[t]!).score
      microseconds += (performance.now() - began) * 1000
      points += scores.length
    }
    files.push({ name: keys[i]!, scores, windows })
  }
  if (bad.length) return refuse(bad, io)
  for (const key of Object.keys(labels))
    if (!used.has(key))
      notes.push({
        ...problem('labelled-file-missing', {
          vi: `nhãn có tệp ${key} nhưng không thấy tệp`,
          en: `labels name the file ${key}, which is not there`,
        }),
        severity: 'warning',
      })
  for (const n of notes) io.stderr.write(`${n.message[io.lang]}\n`)
  const size = nabSize(files)
  const result = Object.fromEntries(
    Object.entries(PROFILES).map(([name, profile]) => {
      const best = nabBest(files, profile)
      return [
        name,
        {
          best: best.normalised,
          threshold: Number.isFinite(best.threshold) ? best.threshold : null,
          atShipped: nabScore(files, profile, SHIPPED).normalised,
          windowsHit: best.windowsHit,
          falsePoints: best.falsePoints,
        },
      ]
    }),
  )
  const perFile = nabBest(files, PROFILES.standard).perFile
  const microsecondsPerPoint = points ? microseconds / points : null
  if (io.json)
    io.stdout.write(
      `${JSON.stringify({ version, dir: basename(dir), files: files.length, rows: size.rows, windows: size.windows, profiles: result, microsecondsPerPoint, stateBytes, perFile, notes })}\n`,
    )
  else {
    for (const [name, r] of Object.entries(result))
      io.stdout.write(
        `${name.padEnd(9)} ${r.best.toFixed(2).padStart(7)}  @0.5 ${r.atShipped.toFixed(2).padStart(7)}  ${r.windowsHit}/${size.windows}  ${r.falsePoints}\n`,
      )
    for (const f of perFile) io.stdout.write(`  ${f.file}  ${f.hit}/${f.windows}  ${f.falsePoints}\n`)
    if (microsecondsPerPoint !== null)
      io.stdout.write(
        `${microsecondsPerPoint.toFixed(2)} µs/${io.lang === 'vi' ? 'điểm' : 'point'}, ${stateBytes} B\n`,
      )
  }
  return 0
}

function csvBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile() && e.name.endsWith('.csv'))
    .map((e) => join(e.parentPath ?? e.path, e.name))
    .sort()
}

/** A result file has the name of its data file, maybe behind the detector's name and an underscore. */
function resultFile(dir: string, key: string): string | undefined {
  const name = basename(key)
  return csvBelow(dir).find(
    (p) =>
      relative(dir, p).split(sep).join('/') === key ||
      basename(p) === name ||
      basename(p).endsWith(`_${name}`),
  )
}

/** The three shapes of labels: windows given, windows alone, or single times around which windows are laid. */
function windowsOf(label: Label, times: Float64Array): (readonly [number, number])[] {
  const given = Array.isArray(label)
    ? label.length && Array.isArray(label[0])
      ? (label as [string, string][])
      : null
    : (label.windows ?? null)
  if (given)
    return given
      .map(([a, b]) => windowRows(times, timeOf(a), timeOf(b)))
      .filter((w): w is [number, number] => w !== null)
  const single = Array.isArray(label) ? (label as string[]) : (label.labels ?? [])
  const rows = single
    .map((t) => windowRows(times, timeOf(t), Number.POSITIVE_INFINITY)?.[0])
    .filter((r): r is number => r !== undefined)
  return windowsAround(rows, times.length)
}
