import { setTimeout as wait } from 'node:timers/promises'
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings } from '../../config.ts'
import { readTrail } from '../../observations/sensitive-reads.ts'
import { station, TestNode } from '../test-node.fixture.ts'
import type { Broker } from './broker.ts'
import { callersByName } from './caller-named.ts'
import { openExternalBroker } from './external-broker.ts'
import { Mosquitto, mosquittoProgram } from './mosquitto.fixture.ts'
import { openMqtt } from './open.ts'
import { readingsByMqtt, until } from './readings-suite.fixture.ts'
import { type Message, Receiver } from './receiver.ts'
import { Sources } from './sources.ts'
import { ValuesOut } from './values-out.ts'

const program = mosquittoProgram()
/** Sixteen sessions and a broker of their own take a while on a busy machine. */
const slow = 15_000
/** The whole of what holds of readings, once more by this way: `.ci/run` asks for it. */
const whole = process.env.NHIP_TEST_MOSQUITTO === '1'
if (!program)
  process.stdout.write('skipped: no mosquitto on this computer, which an external broker is tested with\n')

describe.skipIf(!program)('a broker of the installation', () => {
  let known: TestNode
  let mosquitto: Mosquitto
  let device: MqttClient

  beforeAll(async () => {
    mosquitto = await Mosquitto.start(program!)
    known = await TestNode.open()
    await known.user('tram-01', 'officer', ['ingest'])
    await known.user('viewer', 'viewer', ['read'])
    device = await mqtt.connectAsync(mosquitto.url, { protocolVersion: 5 })
  }, 300_000)
  afterAll(async () => {
    await device?.endAsync()
    await known?.close()
    await mosquitto?.stop()
  })

  /** The door to the broker, as a start of the node opens it. */
  async function openTheDoor(): Promise<{ door: Broker; sources: Sources }> {
    const { catalogue, observations, units, identity, records, log } = known.node
    const sources = new Sources(Date.now)
    const door = await openMqtt({
      settings: readSettings({ data: '/nowhere', mqttUrl: mosquitto.url }, {}),
      profile: 'empty',
      nodeId: 'test',
      identity,
      rooms: { catalogue, observations, units },
      trail: readTrail(records),
      sources,
      log,
    })
    await until(() => door!.clients() === 16, slow)
    return { door: door!, sources }
  }

  const send = (value: number, source = 'tram-01') =>
    device.publishAsync(
      `nhip/v1/${source}/o/${station}/pm25`,
      JSON.stringify({ v: value, at: new Date(Date.UTC(2026, 0, 1) + value * 60_000).toISOString() }),
      { qos: 1 },
    )
  const storedFrom = (value: number) =>
    known.node.observations
      .versions({
        dataset: 'air',
        entity: station,
        property: 'pm25',
        breakdown: '',
        from: Date.UTC(2026, 0, 1) + value * 60_000,
        limit: 5000,
        currentOnly: true,
      })
      .then((rows) => rows.map((row) => row.value!).sort((a, b) => a - b))
  const upTo = (from: number, n: number) => Array.from({ length: n }, (_, i) => from + i)

  test('is read under the rights of the users that its sources are named after', async () => {
    const { door, sources } = await openTheDoor()
    await Promise.all(upTo(0, 200).map((value) => send(value)))
    await send(1, 'viewer')
    await send(2, 'nobody')
    await until(async () => (await storedFrom(0)).length === 200, slow)
    expect(await storedFrom(0)).toEqual(upTo(0, 200))
    await door.close(1000)
    expect(sources.items().map(({ source, accepted }) => [source, accepted])).toEqual([['tram-01', 200]])
  })

  test('keeps what arrives while the node is away, and hands it over once', async () => {
    const first = await openTheDoor()
    await first.door.close(1000)
    await Promise.all(upTo(1000, 300).map((value) => send(value)))
    const { door } = await openTheDoor()
    await until(async () => (await storedFrom(1000)).length === 300, slow)
    expect(await storedFrom(1000)).toEqual(upTo(1000, 300))
    await door.close(1000)
  })

  test('is told of faults, of the state of gateways and of the values that everybody may read', async () => {
    const { door, sources } = await openTheDoor()
    const heard = new Map<string, string>()
    device.on('message', (topic, payload) => heard.set(topic, payload.toString()))
    await device.subscribeAsync(['nhip/v1/tram-01/error', 'nhip/v1/out/#'])
    await device.publishAsync(`nhip/v1/tram-01/o/${station}/pm25`, 'nonsense', { qos: 1 })
    await device.publishAsync('nhip/v1/tram-01/status', 'online', { qos: 1, retain: true })
    await until(() => (heard.get('nhip/v1/tram-01/error') ?? '').includes('payload-unreadable'), slow)
    await until(() => sources.of('tram-01').item('tram-01').state === 'online', slow)
    await known.append({ dataset: 'secret', entity: station, property: 'pm25', value: 666 })
    await send(5000)
    await until(() => (heard.get(`nhip/v1/out/${station}/pm25`) ?? '').includes('5000'), slow)
    await wait(300)
    expect([...heard.values()].some((payload) => payload.includes('666'))).toBe(false)
    await door.close(1000)
  })

  describe.skipIf(!whole)('for the whole of what holds of readings', () => {
    let door: Broker
    let sources: Sources
    let sent = 0
    let taken = 0
    const clients: MqttClient[] = []

    beforeAll(async () => {
      await known.user('tram-02', 'officer', ['ingest'])
      const { catalogue, observations, units, identity, records, log } = known.node
      const rooms = { catalogue, observations, units }
      sources = new Sources(Date.now, 200)
      const receiver = new Receiver(rooms, sources)
      door = await openExternalBroker({
        url: mosquitto.url,
        // The sessions of the node before go on: another's would share the messages with them.
        nodeId: 'test',
        callerNamed: callersByName(identity),
        // A broker acknowledges before the node has seen the message: the tests wait for the node.
        receiver: Object.assign(Object.create(receiver), {
          receive: (message: Message) =>
            receiver.receive(message).finally(() => {
              // The state of a gateway is retained, and comes again to whoever subscribes.
              if (message.topic.kind !== 'status') taken += 1
            }),
        }),
        sources,
        values: new ValuesOut({ ...rooms, trail: readTrail(records) }),
        log,
      })
      await until(() => door.clients() === 16, slow)
    })
    afterAll(async () => {
      await Promise.all(clients.map((client) => client.endAsync(true)))
      await door.close(1000)
    })

    readingsByMqtt(() => ({
      known,
      sources,
      async connect(username) {
        const client = await known.connect(mosquitto.url, username)
        clients.push(client)
        return client
      },
      async send(client, topic, payload, qos = 1) {
        sent += 1
        const last = sent
        await client.publishAsync(topic, payload, { qos })
        await until(() => taken >= last, slow)
      },
    }))
  })
})
