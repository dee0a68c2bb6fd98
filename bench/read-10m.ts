import { join } from 'node:path'
import type { NewObservation } from '@nhip/node/observations/observations'
import { type ObservationStore, openObservations } from '@nhip/node/observations/open'
import type { Bench, Context, Measure } from './contract.ts'
import { BenchPostgres, OBSERVATION_TABLE } from './load/postgres.ts'
import { reading, START, STATIONS } from './load/sensors.ts'

/** Ten million readings of 1,000 stations every five minutes: 35 days. A quick run takes a tenth of them. */
const EVERY_MS = 300_000
const DAY = 86_400_000
const QUERIES = 40

const bench: Bench = {
  name: 'read-10m',
  about: '30 days of hourly means of one station out of 1,000, at the store, from random stations',
  peers: [
    {
      who: 'PostgreSQL',
      version: 'as installed, primary key (entity, property, at), date_trunc',
      run: plainPostgres,
    },
  ],
  async run(context) {
    const steps = stepsOf(context)
    let clock = START + steps * EVERY_MS + 2 * 3_600_000
    const store = await openObservations({ folder: join(context.folder, 'observations'), now: () => clock++ })
    try {
      const began = performance.now()
      await fill(store, steps)
      context.log(`${steps * STATIONS} rows in ${((performance.now() - began) / 1000).toFixed(1)} s`)
      await store.settle()
      context.log(`rolled up after ${((performance.now() - began) / 1000).toFixed(1)} s`)
      const from = START + Math.max(0, steps * EVERY_MS - 30 * DAY)
      const hourly = await timed((i) =>
        store.series({ ...keyOf(i), from, resolution: 'hour', aggregation: 'mean' }),
      )
      const raw = await timed((i) =>
        store.series({ ...keyOf(i), from, resolution: 'raw', aggregation: 'mean', maxPoints: 10_000 }),
      )
      const m4 = await timed((i) =>
        store.series({
          ...keyOf(i),
          from,
          resolution: 'raw',
          aggregation: 'mean',
          maxPoints: 2_000,
          reduce: 'm4',
        }),
      )
      const all = await timed(() =>
        store.snapshot({ dataset: 'bench-air', property: 'pm25', breakdown: '', from: clock }),
      )
      return [
        { name: '30 days hourly p95', value: hourly, uom: 'ms', better: 'less', floor: 100 },
        { name: '30 days raw p95', value: raw, uom: 'ms', better: 'less', floor: 400 },
        { name: '30 days m4 p95', value: m4, uom: 'ms', better: 'less' },
        { name: 'newest of 1,000 stations p95', value: all, uom: 'ms', better: 'less', floor: 200 },
      ]
    } finally {
      await store.close()
    }
  },
}
export default bench

function stepsOf(context: Context): number {
  return (context.full ? 10_000_000 : 1_000_000) / STATIONS
}

async function fill(store: ObservationStore, steps: number): Promise<void> {
  for (let step = 0; step < steps; step += 20) {
    const groups: Promise<unknown>[] = []
    for (let s = step; s < Math.min(step + 20, steps); s += 5) {
      const rows: NewObservation[] = []
      for (let at = s; at < Math.min(s + 5, steps); at++)
        for (let station = 0; station < STATIONS; station++) rows.push(reading(station, at, EVERY_MS))
      groups.push(store.append(rows))
    }
    await Promise.all(groups)
  }
}

function keyOf(i: number): { dataset: string; entity: string; property: string; breakdown: string } {
  const { dataset, entity, property, breakdown } = reading((i * 389) % STATIONS, 0, EVERY_MS)
  return { dataset, entity, property, breakdown }
}

async function timed(query: (i: number) => Promise<unknown>): Promise<number> {
  const samples: number[] = []
  for (let i = 0; i < QUERIES; i++) {
    const began = performance.now()
    await query(i)
    samples.push(performance.now() - began)
  }
  samples.sort((a, b) => a - b)
  return samples[Math.floor(0.95 * (samples.length - 1))]!
}

async function plainPostgres(context: Context): Promise<Measure[] | { skipped: string }> {
  const steps = stepsOf(context)
  const server = await BenchPostgres.start(context.folder)
  if ('skipped' in server) return server
  try {
    const { pool } = server
    await pool.query(OBSERVATION_TABLE)
    // Loading is not what is measured here: the rows are made inside the server.
    await pool.query(
      `INSERT INTO observation (entity, property, at, value)
       SELECT 'urn:nhip:AirStation:' || lpad(s::text, 4, '0'), 'pm25', to_timestamp($1::float8 / 1000) + n * interval '5 minutes', 20 + 15 * sin(n / 40.0 + s)
       FROM generate_series(0, $2::int - 1) n, generate_series(0, $3::int - 1) s`,
      [START, steps, STATIONS],
    )
    await pool.query('ANALYZE observation')
    const from = new Date(START + Math.max(0, steps * EVERY_MS - 30 * DAY)).toISOString()
    const hourly = await timed((i) =>
      pool.query(
        `SELECT date_trunc('hour', at) AS hour, avg(value), count(*), min(value), max(value) FROM observation
         WHERE entity = $1 AND property = 'pm25' AND at >= $2 GROUP BY 1 ORDER BY 1`,
        [keyOf(i).entity, from],
      ),
    )
    const raw = await timed((i) =>
      pool.query(
        `SELECT at, value FROM observation WHERE entity = $1 AND property = 'pm25' AND at >= $2 ORDER BY at`,
        [keyOf(i).entity, from],
      ),
    )
    const all = await timed(() =>
      pool.query(
        `SELECT DISTINCT ON (entity) entity, at, value FROM observation WHERE property = 'pm25' AND at > $1 ORDER BY entity, at DESC`,
        [new Date(START + (steps - 12) * EVERY_MS).toISOString()],
      ),
    )
    return [
      { name: '30 days hourly p95', value: hourly, uom: 'ms', better: 'less' },
      { name: '30 days raw p95', value: raw, uom: 'ms', better: 'less' },
      { name: 'newest of 1,000 stations p95', value: all, uom: 'ms', better: 'less' },
    ]
  } finally {
    await server.stop()
  }
}
