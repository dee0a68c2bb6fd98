import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { MqttClient } from 'mqtt'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ObservationsError, overloaded, readOnly } from '../../observations/errors.ts'
import type { Observations } from '../../observations/observations.ts'
import { readTrail } from '../../observations/sensitive-reads.ts'
import { station, TestNode } from '../test-node.fixture.ts'
import { type Broker, type BrokerOptions, openBroker } from './broker.ts'
import { countsOf, pm25, readingsByMqtt, storedIn, until } from './readings-suite.fixture.ts'
import { Receiver } from './receiver.ts'
import { Sources } from './sources.ts'
import { ValuesOut } from './values-out.ts'

let known: TestNode
let broker: Broker
let openWith: (more: Partial<BrokerOptions>) => Promise<Broker>
let sources: Sources
/** What the next writes meet, in turn. */
const faults: ObservationsError[] = []
const open = new Set<MqttClient>()

beforeAll(async () => {
  known = await TestNode.open()
  await known.user('tram-01', 'officer', ['ingest'])
  await known.user('tram-02', 'officer', ['ingest'])
  await known.user('viewer', 'viewer', ['read'])
  await known.user('auditor', 'auditor', ['read'])
  const { catalogue, units, observations, identity, records, log } = known.node
  const faulty: Observations = Object.assign(Object.create(observations), {
    append: (rows: Parameters<Observations['append']>[0]) => {
      const fault = faults.shift()
      return fault ? Promise.reject(fault) : observations.append(rows)
    },
  })
  // Private fields live on the store itself.
  for (const name of ['latest', 'newest', 'onCommit'] as const)
    Object.assign(faulty, { [name]: (observations[name] as (...a: unknown[]) => unknown).bind(observations) })
  sources = new Sources(Date.now, 200)
  openWith = (more) =>
    openBroker({
      host: '127.0.0.1',
      port: 0,
      authenticate: (credentials) => identity.authenticate(credentials),
      receiver: new Receiver({ catalogue, units, observations: faulty }, sources),
      sources,
      values: new ValuesOut({ catalogue, observations: faulty, trail: readTrail(records) }),
      log,
      connectTimeoutMs: 300,
      ...more,
    })
  broker = await openWith({})
}, 300_000)
afterEach(async () => {
  for (const client of open) await client.endAsync(true)
  open.clear()
  faults.length = 0
})
afterAll(async () => {
  await broker.close(1000)
  await known.close()
})

async function connect(username: string, more = {}): Promise<MqttClient> {
  const client = await known.connect(broker.url, username, more)
  open.add(client)
  client.on('error', () => undefined)
  return client
}

const send = (client: MqttClient, topic: string, payload: string | Buffer, qos: 0 | 1 | 2 = 1) =>
  client.publishAsync(topic, payload, { qos })
const counts = (source: string) => countsOf(sources, source)
const stored = () => storedIn(known)
const closed = (client: MqttClient) =>
  new Promise<void>((resolve) => (client.connected ? client.once('close', () => resolve()) : resolve()))
readingsByMqtt(() => ({ known, sources, connect, send }))

describe('a store that says no', () => {
  test('is asked again while its queue is full', async () => {
    faults.push(overloaded(), overloaded())
    await send(await connect('tram-01'), pm25, '{"v":8,"at":"2026-08-01T00:00:00+07:00"}')
    expect(faults).toHaveLength(0)
    expect((await stored()).at(-1)).toBeDefined()
  })

  test('ends the connection without an acknowledgement, and what is then sent again is stored once', async () => {
    faults.push(readOnly('disk-full'))
    const first = await connect('tram-01')
    const payload = '{"v":9,"at":"2026-07-01T00:00:00+07:00"}'
    const acknowledged = send(first, pm25, payload).then(
      () => true,
      () => false,
    )
    await closed(first)
    expect(await Promise.race([acknowledged, wait(50, 'open')])).not.toBe(true)
    const { accepted } = counts('tram-01')
    await send(await connect('tram-01'), pm25, payload)
    expect(counts('tram-01').accepted).toBe(accepted + 1)
  })

  test('costs a message of QoS 0, which is counted', async () => {
    faults.push(readOnly('disk-full'))
    const client = await connect('tram-01')
    const { lost } = counts('tram-01')
    await send(client, pm25, '1', 0)
    await until(() => counts('tram-01').lost === lost + 1)
    expect(client.connected).toBe(true)
  })

  test('refuses a row that no door should have let through without taking the others down', async () => {
    faults.push(new ObservationsError('invalid-row', { vi: 'dòng sai', en: 'bad row' }))
    const { accepted, rejected } = counts('tram-01')
    const client = await connect('tram-01')
    await Promise.all(
      [1, 2, 3].map((day) => send(client, pm25, `{"v":1,"at":"2026-06-0${day}T00:00:00+07:00"}`)),
    )
    expect(counts('tram-01')).toMatchObject({ accepted: accepted + 3, rejected })
  })
})

describe('who may do what', () => {
  test('a wrong token, that of another user and no user name at all are refused alike', async () => {
    const attempt = (username: string, password: string) => known.connect(broker.url, username, { password })
    const answers = await Promise.allSettled([
      attempt('tram-01', 'nhip_wrong'),
      attempt('tram-01', known.tokens['tram-02']!),
      attempt('', known.tokens['tram-01']!),
    ])
    expect(answers.map((answer) => answer.status === 'rejected' && String(answer.reason))).toEqual(
      Array(3).fill(expect.stringMatching(/bad username or password/i)),
    )
  })

  test('MQTT 5 is refused in words that its clients understand', async () => {
    await expect(known.connect(broker.url, 'tram-01', { protocolVersion: 5 })).rejects.toThrow(
      /protocol version/i,
    )
  })

  test.each([
    ['under the name of another source', 'tram-01', `nhip/v1/tram-02/o/${station}/pm25`],
    ['where the node speaks', 'tram-01', `nhip/v1/out/${station}/pm25`],
    ['outside the tree', 'tram-01', 'devices/1'],
    ['with a token that only reads', 'viewer', `nhip/v1/viewer/o/${station}/pm25`],
  ])('publishing %s ends the connection', async (_what, username, topic) => {
    const before = await known.node.observations.contentHash()
    const client = await connect(username)
    client.publish(topic, '1', { qos: 1 })
    await closed(client)
    expect(await known.node.observations.contentHash()).toBe(before)
  })

  test('a token that was revoked ends the connection within a moment', async () => {
    await known.user('tram-cu', 'officer', ['ingest'])
    const client = await connect('tram-cu')
    const topic = `nhip/v1/tram-cu/o/${station}/pm25`
    await send(client, topic, '{"v":1,"at":"2026-05-01T00:00:00+07:00"}')
    await known.revoke('tram-cu')
    const sending = setInterval(() => client.publish(topic, '2', { qos: 1 }), 50)
    await closed(client)
    clearInterval(sending)
    await expect(connect('tram-cu')).rejects.toThrow()
  })

  test('two users with one client id do not throw each other out; one user does', async () => {
    const [first, other] = [
      await connect('tram-01', { clientId: 'x' }),
      await connect('tram-02', { clientId: 'x' }),
    ]
    await wait(20)
    expect([first.connected, other.connected]).toEqual([true, true])
    await connect('tram-01', { clientId: 'x' })
    await closed(first)
    expect(other.connected).toBe(true)
  })
})

describe('current values', () => {
  const out = `nhip/v1/out/${station}/pm25`
  async function listen(username: string, filter: string) {
    const client = await connect(username)
    const heard: {
      topic: string
      retain: boolean
      item: { value: number | null; dataset: string; status: string }
    }[] = []
    client.on('message', (topic, payload, { retain }) =>
      heard.push({ topic, retain, item: JSON.parse(payload.toString()) }),
    )
    const [granted] = await client.subscribeAsync(filter)
    return { client, heard, granted: granted!.qos }
  }

  test('are given at once, then when they change, and the newest of many changes is enough', async () => {
    const device = await connect('tram-01')
    await send(device, pm25, '{"v":1}')
    const { heard } = await listen('viewer', 'nhip/v1/out/+/pm25')
    await until(() => heard.some(({ topic }) => topic === out))
    expect(heard.find(({ topic }) => topic === out)).toMatchObject({
      retain: true,
      item: { value: 1, dataset: 'air' },
    })
    heard.length = 0
    for (let value = 2; value <= 40; value += 1) await send(device, pm25, String(value))
    await until(() => heard.some(({ item }) => item.value === 40))
    expect(heard.length).toBeLessThan(20)
    expect(heard.every(({ retain }) => !retain)).toBe(true)
  })

  test('of an older time are not given out as current', async () => {
    const { heard } = await listen('viewer', out)
    await until(() => heard.length === 1)
    await send(await connect('tram-01'), pm25, '{"v":-5,"at":"2020-01-01T00:00:00+07:00"}')
    await wait(400)
    expect(heard).toHaveLength(1)
  })

  test('of a restricted dataset reach only those who may read it, and that leaves a trace', async () => {
    const viewer = await listen('viewer', out)
    const auditor = await listen('auditor', out)
    await known.append({ dataset: 'secret', entity: station, property: 'pm25', value: 666 })
    await until(() => auditor.heard.some(({ item }) => item.dataset === 'secret'))
    await wait(300)
    expect(viewer.heard.filter(({ item }) => item.dataset === 'secret')).toEqual([])
    const rows = await known.node.records.read((db) =>
      db.selectFrom('audit').select('target_id').where('action', '=', 'record.read'),
    )
    expect(rows).toContainEqual({ target_id: 'secret' })
  })

  test('that were withdrawn are said to be gone', async () => {
    const auditor = await listen('auditor', out)
    await until(() => auditor.heard.some(({ item }) => item.dataset === 'secret'))
    await known.append({ dataset: 'secret', entity: station, property: 'pm25', value: null, status: 'X' })
    await until(() => auditor.heard.some(({ item }) => item.dataset === 'secret' && item.status === 'X'))
  })

  test.each(['#', 'nhip/#', 'nhip/v1/+/o/#', 'nhip/v1/tram-01/error'])(
    '%s is not granted',
    async (filter) => {
      const client = await connect('viewer')
      await expect(client.subscribeAsync(filter)).rejects.toThrow(/Unspecified error|subscribe/i)
    },
  )
})

describe('gateways', () => {
  test('say that they are there, and their will says that they are not', async () => {
    const will = {
      topic: 'nhip/v1/tram-02/status',
      payload: Buffer.from('offline'),
      qos: 1 as const,
      retain: true,
    }
    const gateway = await connect('tram-02', { will })
    await send(gateway, 'nhip/v1/tram-02/status', 'online')
    expect(sources.items()).toContainEqual(expect.objectContaining({ source: 'tram-02', state: 'online' }))
    gateway.stream.destroy()
    await until(() =>
      sources.items().some(({ source, state }) => source === 'tram-02' && state === 'offline'),
    )
  })

  test('may not leave a will in the name of another', async () => {
    const will = {
      topic: 'nhip/v1/tram-01/status',
      payload: Buffer.from('offline'),
      qos: 1 as const,
      retain: true,
    }
    await expect(connect('tram-02', { will })).rejects.toThrow()
  })

  test('that fall silent are let go: without a first packet, and after one and a half of their own intervals', async () => {
    const silent = connectSocket(Number(new URL(broker.url).port), '127.0.0.1')
    const opened = performance.now()
    await new Promise((resolve) => silent.once('close', resolve).resume())
    // Far from what is usual, a minute or more, also on a machine that does much else.
    expect(performance.now() - opened).toBeLessThan(20_000)

    const client = await connect('tram-01', { keepalive: 1, reschedulePings: false })
    // The line is cut without a word: nothing is sent any more and nobody says so.
    client.stream.write = () => true
    const before = broker.clients()
    await until(() => broker.clients() < before)
  })

  test('that announce a frame of megabytes are cut off before it has come', async () => {
    const client = await connect('tram-01')
    client.stream.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f]))
    await closed(client)
  })

  test('that open connection upon connection and never say who they are find the door shut', async () => {
    const port = Number(new URL(broker.url).port)
    const silent = Array.from({ length: 100 }, () => connectSocket(port, '127.0.0.1'))
    await Promise.all(silent.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
    let letGo = 0
    const gone = silent.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.resume().once('close', () => {
            letGo++
            resolve()
          })
        }),
    )
    const oneMore = connectSocket(port, '127.0.0.1').resume()
    await new Promise((resolve) => oneMore.once('close', resolve))
    // At once: it does not wait until those before it are let go.
    expect(letGo).toBe(0)
    await Promise.all(gone)
    expect((await connect('tram-01')).connected).toBe(true)
  })

  test('may speak in secret, with the certificate of the node', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nhip-tls-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const made =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1'
    execFileSync('openssl', [...made.split(' '), '-keyout', key, '-out', cert], { stdio: 'ignore' })
    const secret = await openWith({ tls: { cert, key } })
    expect(secret.url).toMatch(/^mqtts:/)
    const client = await known.connect(secret.url, 'tram-01', { ca: readFileSync(cert) })
    await send(client, pm25, '{"v":4,"at":"2026-04-01T00:00:00+07:00"}')
    await client.endAsync()
    await expect(known.connect(secret.url, 'tram-01')).rejects.toThrow(/self-signed/i)
    await secret.close(1000)
    rmSync(folder, { recursive: true })
  })
})
