import { Agent, request } from 'node:http'
import { bearer } from './node.ts'
import { reading, STATIONS } from './sensors.ts'

/**
 * The load generator, in a process of its own: `sender.ts URL SECONDS CONNECTIONS BATCH [OBS_PER_SECOND]`. All bodies
 * are built before the clock starts, else building them would count as latency. Prints one line of JSON.
 */
const [url, seconds, connections, size, target] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) })
const perBody = Number(size)
const EVERY_MS = 5_000
const wanted = Math.ceil((Number(seconds) * (target ? Number(target) * 1.1 : 160_000)) / perBody)
const bodies: Buffer[] = []
let station = 0
let step = 0
for (let n = 0; n < wanted; n++) {
  const observations = []
  for (let i = 0; i < perBody; i++) {
    const { entity, property, from, value } = reading(station, step, EVERY_MS)
    observations.push({ entity, property, at: new Date(from).toISOString(), value })
    if (++station === STATIONS) {
      station = 0
      step++
    }
  }
  bodies.push(Buffer.from(JSON.stringify({ dataset: 'bench-air', observations })))
}
process.stdout.write('ready\n')
await new Promise<void>((resolve) => process.stdin.once('data', () => resolve()))

const latencies: number[] = []
let stored = 0
let refused = 0
let next = 0
const began = performance.now()
const end = began + Number(seconds) * 1000
await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    while (performance.now() < end && next < bodies.length) {
      if (target) {
        // A steady pace: body n is due n intervals after the start.
        const due = began + (next * perBody * 1000) / Number(target)
        const wait = due - performance.now()
        if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
      }
      const body = bodies[next++]
      if (!body) break
      const sent = performance.now()
      const status = await post(body)
      latencies.push(performance.now() - sent)
      if (status === 200) stored += perBody
      else refused++
    }
  }),
)
const elapsed = performance.now() - began
latencies.sort((a, b) => a - b)
const at = (q: number) => latencies[Math.floor(q * (latencies.length - 1))] ?? Number.NaN
process.stdout.write(
  `${JSON.stringify({ perSecond: (stored / elapsed) * 1000, stored, refused, p50: at(0.5), p95: at(0.95), p99: at(0.99) })}\n`,
)
agent.destroy()
process.exit(0)

function post(body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/api/observations`,
      {
        method: 'POST',
        agent,
        headers: { authorization: bearer, 'content-type': 'application/json', 'content-length': body.length },
      },
      (answer) => {
        answer.resume()
        answer.once('end', () => resolve(answer.statusCode ?? 0))
      },
    )
    sent.once('error', reject)
    sent.end(body)
  })
}
