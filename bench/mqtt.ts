import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Bench, Context, Measure } from './contract.ts'
import { freePort } from './load/free-port.ts'
import { BenchNode, TOKEN } from './load/node.ts'
import { describeSensors, sendReadings } from './load/sensors.ts'

const SENDER = fileURLToPath(new URL('./load/mqtt-sender.ts', import.meta.url))
const CLIENTS = 50
const IN_FLIGHT = 20
/** The stated budget. */
const GOAL = 10_000
/** Clock ticks a second in /proc. */
const TICKS = 100

interface Sent {
  perSecond: number
  acknowledged: number
  p50: number
  p99: number
}

const bench: Bench = {
  name: 'mqtt',
  about: `QoS 1, a reading a message, ${CLIENTS} clients with ${IN_FLIGHT} under way each; acknowledged after the commit`,
  peers: [
    {
      who: 'mosquitto',
      version: 'as installed, the same messages; it acknowledges from memory and stores nothing',
      run: plainMosquitto,
    },
  ],
  async run(context) {
    const node = await BenchNode.start(join(context.folder, 'data'), ['--mqtt-port', '0'])
    try {
      await describeSensors(node)
      // Stations are made once, by their first readings; making them is not what is measured.
      await sendReadings(node, -1, 5_000)
      const sent = await load(new URL(node.mqtt!), node.pid, context)
      const gateways = (await node.call('GET', '/api/gateways')) as {
        items: { accepted: number; unchanged: number }[]
      }
      const [{ accepted, unchanged } = { accepted: 0, unchanged: 0 }] = gateways.items
      if (accepted + unchanged !== sent.acknowledged)
        throw new Error(`${sent.acknowledged} messages were acknowledged, ${accepted + unchanged} are stored`)
      return measures(sent, GOAL)
    } finally {
      await node.stop()
    }
  },
}
export default bench

function measures(sent: Sent, floor?: number): Measure[] {
  return [
    { name: 'mqtt', value: sent.perSecond, uom: 'msg/s', better: 'more', ...(floor ? { floor } : {}) },
    { name: 'mqtt p99', value: sent.p99, uom: 'ms', better: 'less' },
  ]
}

async function load({ hostname, port }: URL, pid: number, context: Context): Promise<Sent> {
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      SENDER,
      hostname,
      port,
      'bootstrap',
      TOKEN,
      ...[context.seconds, CLIENTS, IN_FLIGHT].map(String),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const lines = linesOf(child)
  await lines.next()
  const cpu = cpuSeconds(pid)
  child.stdin!.write('go\n')
  const { value } = await lines.next()
  const sent = JSON.parse(value as string) as Sent
  const each = ((cpuSeconds(pid) - cpu) / sent.acknowledged) * 1e6
  context.log(
    `${sent.acknowledged} acknowledged, p50 ${sent.p50.toFixed(1)} ms, ${Math.round(each)} µs of processor time each`,
  )
  return sent
}

async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  for await (const line of createInterface({ input: child.stdout! })) yield line
}

/** User and system time of a process so far; NaN where there is no /proc. */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS
  } catch {
    return Number.NaN
  }
}

async function plainMosquitto(context: Context): Promise<Measure[] | { skipped: string }> {
  const which = spawnSync('sh', ['-c', 'PATH=$PATH:/usr/sbin; command -v mosquitto'], { encoding: 'utf8' })
  if (which.status !== 0) return { skipped: 'no mosquitto on the path' }
  const port = await freePort()
  const file = join(context.folder, 'mosquitto.conf')
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\n`)
  const child = spawn(which.stdout.trim(), ['-c', file], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  try {
    await wait(500)
    return measures(await load(new URL(`mqtt://127.0.0.1:${port}`), child.pid!, context))
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}
