import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Bench, Context, Measure } from './contract.ts'
import { BenchNode, bearer } from './load/node.ts'

const LISTENERS = fileURLToPath(new URL('./load/listeners.ts', import.meta.url))
const BARE = fileURLToPath(new URL('./load/bare-sse.ts', import.meta.url))
const READERS = 1_000
const PER_SECOND = 20
/** A series is told of four times a second at most, so the messages are spread over some. */
const SERIES = 20

interface Heard {
  events: number
  least: number
  most: number
  p50: number
  p95: number
  p99: number
}

const bench: Bench = {
  name: 'stream',
  about: `GET /api/stream: ${READERS.toLocaleString('en')} readers, ${PER_SECOND} readings a second, from the sending of a reading to its event at a reader`,
  peers: [
    {
      who: 'node:http',
      version: `${process.version}, writing what is posted to every open response`,
      run: bareFanOut,
    },
  ],
  async run(context) {
    const node = await BenchNode.start(join(context.folder, 'data'))
    try {
      await node.call('POST', '/api/datasets', {
        code: 'bench-live',
        name: { vi: 'Đo thử', en: 'Benchmark' },
        autoCreate: true,
      })
      await node.call('POST', '/api/properties', {
        code: 'sent-at',
        name: { vi: 'Lúc gửi', en: 'Time of sending' },
        kind: 'number',
      })
      return await told(
        {
          url: node.url,
          pid: node.pid,
          stream: '/api/stream?topics=observations',
          send: '/api/observations',
        },
        context,
      )
    } finally {
      await node.stop()
    }
  },
}
export default bench

async function bareFanOut(context: Context): Promise<Measure[]> {
  const child = spawn(process.execPath, [...process.execArgv, BARE], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const url = (await linesOf(child).next()).value as string
    return await told({ url, pid: child.pid!, stream: '/', send: '/' }, context)
  } finally {
    child.kill()
  }
}

async function told(
  server: { url: string; pid: number; stream: string; send: string },
  context: Context,
): Promise<Measure[]> {
  const readers = spawn(
    process.execPath,
    [...process.execArgv, LISTENERS, server.url + server.stream, String(READERS)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const lines = linesOf(readers)
  const report = async (): Promise<Heard> => {
    readers.stdin!.write('report\n')
    return JSON.parse((await lines.next()).value as string) as Heard
  }
  try {
    if ((await lines.next()).value !== 'ready') throw new Error('the streams did not open')
    // The first readings make their series and warm the code up; they are not counted.
    await send(server, PER_SECOND)
    await pause(1_000)
    await report()
    const busy = processorSeconds(server.pid)
    const began = performance.now()
    const sent = await send(server, PER_SECOND * context.seconds)
    const share = ((processorSeconds(server.pid) - busy) / (performance.now() - began)) * 1e5
    await pause(1_000)
    const heard = await report()
    context.log(`${heard.events} events, ${heard.least} to ${heard.most} of ${sent} a reader`)
    return [
      { name: 'stream p50', value: heard.p50, uom: 'ms', better: 'less' },
      { name: 'stream p95', value: heard.p95, uom: 'ms', better: 'less', floor: 100 },
      { name: 'stream p99', value: heard.p99, uom: 'ms', better: 'less' },
      {
        name: 'stream events lost',
        value: sent * READERS - heard.events,
        uom: 'events',
        better: 'less',
        floor: 0,
      },
      { name: 'stream processor', value: share, uom: '% of a core', better: 'less' },
    ]
  } finally {
    readers.kill()
  }
}

/** Sends readings one by one at the steady pace. */
async function send(server: { url: string; send: string }, count: number): Promise<number> {
  const began = performance.now()
  for (let i = 0; i < count; i += 1) {
    await pause(began + (i * 1000) / PER_SECOND - performance.now())
    const now = performance.timeOrigin + performance.now()
    const answer = await fetch(server.url + server.send, {
      method: 'POST',
      headers: { authorization: bearer, 'content-type': 'application/json' },
      body: JSON.stringify({
        dataset: 'bench-live',
        observations: [
          {
            entity: `urn:nhip:Probe:${i % SERIES}`,
            property: 'sent-at',
            at: new Date(now).toISOString(),
            value: Math.round(now * 100) / 100,
          },
        ],
      }),
    })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`a reading was refused with ${answer.status}`)
  }
  return count
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
}

/** Processor time of a process so far, in seconds; Linux counts it in hundredths. */
function processorSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return Number.NaN
  }
}

async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  for await (const line of createInterface({ input: child.stdout! })) yield line
}
