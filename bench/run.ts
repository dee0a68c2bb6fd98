import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bench, Context, Measure, Peer } from './contract.ts'

// Runs each bench/<name>.ts in a process of its own and prints ours, the peer's and the ratio, measured in one run.
// Exit 1 under a floor, which is judged with --full only: a quick run on a busy machine proves nothing.

const here = fileURLToPath(new URL('.', import.meta.url))
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    full: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    runs: { type: 'string' },
    json: { type: 'string' },
    inside: { type: 'string' },
  },
})

interface Row {
  bench: string
  measure: string
  uom: string
  ours: number
  spread: [number, number]
  floor?: number
  better: 'more' | 'less'
  peer?: string
  peerValue?: number
  ratio?: number
  note?: string
}

if (values.inside) await one(values.inside)
else all()

function all(): void {
  const names = readdirSync(here)
    .filter((file) => file.endsWith('.ts') && !['run.ts', 'contract.ts'].includes(file))
    .map((file) => file.slice(0, -3))
    .filter((name) => !values.only || values.only.split(',').includes(name))
  if (names.length === 0) {
    process.stderr.write(`no benchmark named ${values.only}\n`)
    process.exit(2)
  }
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  process.stdout.write(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${memory} GiB, ${values.full ? 'full' : 'quick'} tier\n`,
  )
  let worst = 0
  for (const name of names) {
    const args = [
      ...process.execArgv,
      fileURLToPath(import.meta.url),
      ...process.argv.slice(2),
      '--inside',
      name,
    ]
    worst = Math.max(worst, spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 70)
  }
  process.exit(worst)
}

async function one(name: string): Promise<void> {
  const bench = ((await import(join(here, `${name}.ts`))) as { default: Bench }).default
  const runs = Number(values.runs ?? (values.full ? 3 : 1))
  process.stdout.write(`\n${bench.name}: ${bench.about}\n`)
  const ours = await repeat(runs, (context) => bench.run(context))
  const peers: (Awaited<ReturnType<typeof measured>> & { peer: Peer })[] = []
  for (const peer of bench.peers) peers.push({ peer, ...(await measured(peer, runs)) })

  const rows: Row[] = []
  for (const [measure, samples] of ours) {
    const first = samples[0]
    if (!first) continue
    const value = median(samples.map((sample) => sample.value))
    const base: Row = {
      bench: bench.name,
      measure,
      uom: first.uom,
      ours: value,
      spread: [
        Math.min(...samples.map((sample) => sample.value)),
        Math.max(...samples.map((sample) => sample.value)),
      ],
      better: first.better,
      ...(first.floor === undefined ? {} : { floor: first.floor }),
    }
    const against = peers.filter(({ figures }) => figures.has(measure))
    if (against.length === 0) rows.push(base)
    for (const { peer, figures, note } of against) {
      const peerValue = median((figures.get(measure) ?? []).map((sample) => sample.value))
      rows.push({
        ...base,
        peer: nameOf(peer),
        peerValue,
        ratio: first.better === 'more' ? value / peerValue : peerValue / value,
        ...(note ? { note } : {}),
      })
    }
  }
  print(rows)
  for (const { peer, skipped, note } of peers) {
    if (skipped) process.stdout.write(`  ${nameOf(peer)}: skipped: ${skipped}\n`)
    else if (note) process.stdout.write(`  ${nameOf(peer)}: ${note}\n`)
  }
  if (values.json) for (const row of rows) appendFileSync(values.json, `${JSON.stringify(row)}\n`)
  const under = rows.filter(
    (row) => row.floor !== undefined && (row.better === 'more' ? row.ours < row.floor : row.ours > row.floor),
  )
  process.exit(values.full && under.length > 0 ? 1 : 0)
}

async function measured(
  peer: Peer,
  runs: number,
): Promise<{ figures: Map<string, Measure[]>; note?: string; skipped?: string }> {
  if ('figures' in peer) {
    return {
      figures: new Map(peer.figures.map((figure) => [figure.name, [figure]])),
      note: `published: ${peer.source}; ${peer.hardware}`,
    }
  }
  let skipped: string | undefined
  const figures = await repeat(runs, async (context) => {
    const answer = skipped ? { skipped } : await peer.run(context)
    if (Array.isArray(answer)) return answer
    skipped = answer.skipped
    return []
  })
  return { figures, ...(skipped ? { skipped } : {}) }
}

async function repeat(
  runs: number,
  work: (context: Context) => Promise<Measure[]>,
): Promise<Map<string, Measure[]>> {
  const found = new Map<string, Measure[]>()
  for (let run = 0; run < runs; run++) {
    const folder = mkdtempSync(join(tmpdir(), 'nhip-bench-'))
    try {
      const context: Context = {
        full: values.full,
        seconds: Number(values.seconds ?? (values.full ? 20 : 3)),
        folder,
        log: (text) => process.stderr.write(`  ${text}\n`),
      }
      for (const measure of await work(context))
        found.set(measure.name, [...(found.get(measure.name) ?? []), measure])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return found
}

function print(rows: Row[]): void {
  const table = rows.map((row) => [
    row.measure,
    `${figure(row.ours)} ${row.uom}`,
    row.spread[0] === row.spread[1] ? '' : `${figure(row.spread[0])}–${figure(row.spread[1])}`,
    row.floor === undefined ? '' : `${row.better === 'more' ? '≥' : '≤'} ${figure(row.floor)}`,
    row.peerValue === undefined ? '' : `${row.peer} ${figure(row.peerValue)}`,
    row.ratio === undefined ? '' : `×${row.ratio.toPrecision(3)}`,
  ])
  const head = ['measure', 'ours (median)', 'spread', 'floor', 'peer', 'ratio (over 1: ours is better)']
  const widths = head.map((text, i) => Math.max(text.length, ...table.map((cells) => cells[i]?.length ?? 0)))
  for (const cells of [head, ...table]) {
    process.stdout.write(
      `  ${cells
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    )
  }
}

function nameOf(peer: Peer): string {
  return 'version' in peer ? `${peer.who} ${peer.version}` : peer.who
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function figure(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}
