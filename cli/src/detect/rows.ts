import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { Detector, type Judgement } from '@nhip/forecast/detector'
import { version } from '@nhip/node/version'
import { problem, refuse } from '../forecast/problems.ts'
import type { Io } from '../verb.ts'
import { readStream } from './read-stream.ts'

/** `nhip detect FILE.csv`: one judgement a row, in the order of the rows, each from the rows before it. */
export async function detectRows(args: string[], io: Io): Promise<number> {
  const { values: v, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      time: { type: 'string' },
      value: { type: 'string' },
      threshold: { type: 'string', default: '0.5' },
    },
  })
  const file = positionals[0]
  if (!file)
    return refuse(
      [
        problem('file-missing', {
          vi: 'thiếu tệp: nhip detect TỆP.csv',
          en: 'a file is missing: nhip detect FILE.csv',
        }),
      ],
      io,
    )
  const threshold = Number(v.threshold)
  if (!(threshold > 0 && threshold < 1))
    return refuse(
      [
        problem('threshold-invalid', {
          vi: `ngưỡng "${v.threshold}" phải nằm giữa 0 và 1`,
          en: `threshold "${v.threshold}" must lie between 0 and 1`,
        }),
      ],
      io,
    )
  const { stream, problems } = readStream(file, v)
  if (!stream) return refuse(problems, io)
  const n = stream.values.length
  const detector = new Detector({ threshold })
  const judged: Judgement[] = []
  const began = performance.now()
  for (let i = 0; i < n; i++) judged[i] = detector.push(stream.times[i]!, stream.values[i]!)
  const microsecondsPerPoint = n ? ((performance.now() - began) * 1000) / n : 0
  if (!io.json) {
    const lines = ['timestamp,value,expected,lower,upper,score,p,alert,reason']
    for (let i = 0; i < n; i++) {
      const j = judged[i]!
      lines.push(
        [
          stream.stamps[i],
          text(stream.values[i]!),
          text(j.expected),
          text(j.lower),
          text(j.upper),
          text(j.score),
          text(j.p),
          j.alert ? 1 : 0,
          j.reason,
        ].join(','),
      )
    }
    io.stdout.write(`${lines.join('\n')}\n`)
    return 0
  }
  io.stdout.write(
    `${JSON.stringify({ version, file: basename(file), rows: n, alerts: events(stream.stamps, judged, threshold), microsecondsPerPoint, stateBytes: detector.stateBytes })}\n`,
  )
  return 0
}

const text = (x: number): string => (Number.isFinite(x) ? String(Number(x.toPrecision(10))) : '')

interface Event {
  from: string
  to: string
  peak: string
  score: number
  p: number
  direction: Judgement['direction']
  reason: string
}

/** An alert with the rows that stay loud after it. */
function events(stamps: readonly string[], judged: readonly Judgement[], threshold: number): Event[] {
  const out: Event[] = []
  let open: Event | null = null
  for (let i = 0; i < judged.length; i++) {
    const j = judged[i]!
    if (j.alert) {
      open = {
        from: stamps[i]!,
        to: stamps[i]!,
        peak: stamps[i]!,
        score: j.score,
        p: j.p,
        direction: j.direction,
        reason: j.reason,
      }
      out.push(open)
    } else if (open && j.score >= threshold) {
      open.to = stamps[i]!
      if (j.score > open.score) {
        open.score = j.score
        open.p = j.p
        open.peak = stamps[i]!
        open.direction = j.direction
        open.reason = j.reason
      }
    } else if (open && j.reason !== 'late' && j.reason !== 'duplicate') open = null
  }
  return out
}
