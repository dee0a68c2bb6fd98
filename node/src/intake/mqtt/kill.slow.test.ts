import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import mqtt from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import { openObservations } from '../../observations/open.ts'
import { programArguments } from '../../thread.ts'
import { station } from '../test-node.fixture.ts'
import { Mosquitto, mosquittoProgram } from './mosquitto.fixture.ts'

const serving = programArguments(new URL('./serving.fixture.ts', import.meta.url))
const token = 'a-token-for-this-test-alone'
const folder = mkdtempSync(join(tmpdir(), 'nhip-kill-'))
const rounds = process.env.NHIP_FULL === '1' ? 25 : 2
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ready {
  url: string
  mqtt: string
}

async function start(
  data: string,
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = spawn(process.execPath, [...serving, data], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NHIP_BOOTSTRAP_TOKEN: token, ...env },
  })
  const ready = await new Promise<Ready>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => resolve(JSON.parse(line) as Ready))
    child.once('exit', (code) => reject(new Error(`the node ended with ${code} before it was ready`)))
  })
  return { child, ready }
}

async function introduce({ url }: Ready, source?: string): Promise<void> {
  const post = async (path: string, body: object) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect([path, answer.status]).toEqual([path, 201])
  }
  await post('/api/datasets', { code: 'air', name: { vi: 'Không khí', en: 'Air' }, autoCreate: true })
  await post('/api/properties', { code: 'pm25', name: { vi: 'Bụi', en: 'Dust' }, kind: 'number' })
  // What comes by a broker of the installation is judged as the account that the topic names.
  if (source !== undefined)
    await post('/api/users', {
      username: source,
      displayName: source,
      password: 'mat-khau-thu-nghiem',
      memberships: [{ unit: '*', role: 'officer' }],
    })
}

function reading(n: number): string {
  return `{"v":${n},"at":"${new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString()}","ds":"air"}`
}

/** Sends readings numbered upwards until the node is gone; adds to `acknowledged` those it has acknowledged. */
async function load(url: string, next: () => number, acknowledged: Set<number>): Promise<void> {
  const client = mqtt.connect(url, {
    protocolVersion: 4,
    username: 'bootstrap',
    password: token,
    reconnectPeriod: 0,
  })
  client.on('error', () => undefined)
  const gone = new Promise<void>((resolve) => client.once('close', () => resolve()))
  const send = () => {
    if (client.disconnecting || !client.connected) return
    const n = next()
    client.publish(`nhip/v1/bootstrap/o/${station}/pm25`, reading(n), { qos: 1 }, (error) => {
      if (error) return
      acknowledged.add(n)
      send()
    })
  }
  client.once('connect', () => {
    for (let i = 0; i < 20; i += 1) send()
  })
  await gone
  await client.endAsync(true)
}

async function stored(data: string): Promise<number[]> {
  const store = await openObservations({ folder: join(data, 'observations') })
  const rows = await store.versions({
    dataset: 'air',
    entity: station,
    property: 'pm25',
    breakdown: '',
    limit: 1_000_000,
  })
  await store.close()
  return rows.map(({ value }) => value!)
}

test(`nothing that was acknowledged is lost or doubled when the node is killed, ${rounds} times under load`, async () => {
  const data = join(folder, 'embedded')
  const acknowledged = new Set<number>()
  let sent = 0
  for (let round = 0; round < rounds; round += 1) {
    const { child, ready } = await start(data)
    if (round === 0) await introduce(ready)
    const before = acknowledged.size
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const devices = Array.from({ length: 10 }, () => load(ready.mqtt, () => (sent += 1), acknowledged))
    while (acknowledged.size < before + 200) await wait(5)
    // Any moment of the work, from one commit to many.
    await wait((round * 137) % 400)
    child.kill('SIGKILL')
    await Promise.all([...devices, ended])
    const values = await stored(data)
    expect(values.length).toBe(new Set(values).size)
    const held = new Set(values)
    expect([...acknowledged].filter((n) => !held.has(n))).toEqual([])
  }
  process.stdout.write(`${acknowledged.size} of ${sent} readings acknowledged, ${rounds} kills, 0 lost\n`)
})

const mosquittoToo = process.env.NHIP_TEST_MOSQUITTO === '1'

test.skipIf(!mosquittoToo)(
  'nothing that mosquitto took is lost or doubled when the node behind it is killed',
  async () => {
    const mosquitto = await Mosquitto.start(mosquittoProgram()!)
    const data = join(folder, 'behind')
    const env = { NHIP_MQTT_URL: mosquitto.url }
    const first = await start(data, env)
    await introduce(first.ready, 'tram-01')
    const device = await mqtt.connectAsync(mosquitto.url)
    const total = 600
    const send = async (n: number) => {
      await device.publishAsync(`nhip/v1/tram-01/o/${station}/pm25`, reading(n), { qos: 1 })
      if (n === total / 3) first.child.kill('SIGKILL')
    }
    for (let n = 1; n <= total; n += 20) await Promise.all(Array.from({ length: 20 }, (_, i) => send(n + i)))
    await device.endAsync()
    const second = await start(data, env)
    const rows = async () => {
      const text = await (await fetch(`${second.ready.url}/metrics`)).text()
      return Number(/^nhip_observations_last_seq (\d+)/m.exec(text)?.[1])
    }
    await expect.poll(rows, { timeout: 30_000, interval: 50 }).toBeGreaterThanOrEqual(total)
    const ended = new Promise<void>((resolve) => second.child.once('exit', () => resolve()))
    second.child.kill('SIGKILL')
    await ended
    await mosquitto.stop()
    expect((await stored(data)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: total }, (_, n) => n + 1),
    )
  },
)
