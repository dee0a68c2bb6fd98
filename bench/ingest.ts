import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Bench, Context, Measure } from './contract.ts'
import { BenchNode } from './load/node.ts'
import { BenchPostgres, OBSERVATION_TABLE } from './load/postgres.ts'
import { describeSensors, reading, STATIONS, sendReadings } from './load/sensors.ts'

const SENDER = fileURLToPath(new URL('./load/sender.ts', import.meta.url))
const BATCH = 100
const CONNECTIONS = 32
/** The stated budget; at this pace latencies are measured. */
const GOAL = 60_000

interface Sent {
  perSecond: number
  stored: number
  refused: number
  p50: number
  p95: number
  p99: number
}

const bench: Bench = {
  name: 'ingest',
  about: `POST /api/observations, ${BATCH} readings a request, ${CONNECTIONS} connections; acknowledged after the commit`,
  peers: [
    {
      who: 'PostgreSQL',
      version: 'as installed, multi-row INSERT … ON CONFLICT from the same machine',
      run: plainPostgres,
    },
  ],
  async run(context) {
    const node = await BenchNode.start(join(context.folder, 'data'))
    try {
      await describeSensors(node)
      // Stations are made once, by their first readings; making them is not what is measured.
      await sendReadings(node, -1, 5_000)
      const most = await load(node, context.seconds)
      const steady = await load(node, context.seconds, GOAL, context)
      return [
        { name: 'ingest', value: most.perSecond, uom: 'obs/s', better: 'more', floor: GOAL },
        { name: 'ingest p99', value: most.p99, uom: 'ms', better: 'less', floor: 100 },
        { name: `ingest p99 at ${GOAL}/s`, value: steady.p99, uom: 'ms', better: 'less', floor: 100 },
        { name: 'latest p95 during ingest', value: steady.latestP95, uom: 'ms', better: 'less', floor: 20 },
      ]
    } finally {
      await node.stop()
    }
  },
}
export default bench

async function load(
  node: BenchNode,
  seconds: number,
  pace?: number,
  context?: Context,
): Promise<Sent & { latestP95: number }> {
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      SENDER,
      node.url,
      String(seconds),
      String(CONNECTIONS),
      String(BATCH),
      ...(pace ? [String(pace)] : []),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const lines = linesOf(child)
  await lines.next()
  child.stdin!.write('go\n')
  const reads: number[] = []
  let sending = true
  const reader = (async () => {
    while (context && sending) {
      const asked = performance.now()
      await node.call('GET', '/api/latest?dataset=bench-air&property=pm25&limit=50')
      reads.push(performance.now() - asked)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  const sent = JSON.parse((await lines.next()).value as string) as Sent
  sending = false
  await reader
  if (sent.refused > 0) context?.log(`${sent.refused} requests were refused`)
  reads.sort((a, b) => a - b)
  return { ...sent, latestP95: reads[Math.floor(0.95 * (reads.length - 1))] ?? Number.NaN }
}

async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  for await (const line of createInterface({ input: child.stdout! })) yield line
}

/** The same readings in batches of the same size through the driver: no HTTP, no checks, no history of corrections. */
async function plainPostgres(context: Context): Promise<Measure[] | { skipped: string }> {
  const server = await BenchPostgres.start(context.folder)
  if ('skipped' in server) return server
  try {
    await server.pool.query(OBSERVATION_TABLE)
    const latencies: number[] = []
    let stored = 0
    let station = 0
    let step = 0
    const began = performance.now()
    const end = began + context.seconds * 1000
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        while (performance.now() < end) {
          const entities: string[] = []
          const times: string[] = []
          const values: number[] = []
          for (let i = 0; i < BATCH; i++) {
            const { entity, from, value } = reading(station, step, 5_000)
            entities.push(entity)
            times.push(new Date(from).toISOString())
            values.push(value!)
            if (++station === STATIONS) {
              station = 0
              step++
            }
          }
          const sent = performance.now()
          await server.pool.query({
            name: 'insert',
            text: `INSERT INTO observation (entity, property, at, value) SELECT e, 'pm25', t, v FROM unnest($1::text[], $2::timestamptz[], $3::float8[]) AS x(e, t, v)
              ON CONFLICT (entity, property, at) DO UPDATE SET value = excluded.value`,
            values: [entities, times, values],
          })
          latencies.push(performance.now() - sent)
          stored += BATCH
        }
      }),
    )
    const perSecond = (stored / (performance.now() - began)) * 1000
    latencies.sort((a, b) => a - b)
    return [
      { name: 'ingest', value: perSecond, uom: 'obs/s', better: 'more' },
      {
        name: 'ingest p99',
        value: latencies[Math.floor(0.99 * (latencies.length - 1))]!,
        uom: 'ms',
        better: 'less',
      },
    ]
  } finally {
    await server.stop()
  }
}
