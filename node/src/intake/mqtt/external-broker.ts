import { setTimeout as wait } from 'node:timers/promises'
import mqtt, { type MqttClient } from 'mqtt'
import type { Logger } from 'pino'
import { anonymous, type Caller } from '../../http/caller.ts'
import type { Broker } from './broker.ts'
import type { Receiver } from './receiver.ts'
import type { Sources } from './sources.ts'
import { errorTopic, parseTopic } from './topics.ts'
import type { Subscriber, ValuesOut } from './values-out.ts'

export interface ExternalBrokerOptions {
  /** `mqtt://` or `mqtts://`, with user name and password where the broker asks for them. */
  url: string
  /** Names the sessions of this node, the same after a restart. */
  nodeId: string
  /** The user that a source's readings are judged as; null when there is none of that name. */
  callerNamed(source: string): Promise<Caller | null>
  receiver: Receiver
  sources: Sources
  values: ValuesOut
  log: Pick<Logger, 'debug' | 'info' | 'warn'>
}

/**
 * A message is acknowledged after its commit and the client hands them over one by one, so one connection carries one
 * message a commit; as members of one shared subscription these share the stream.
 */
const members = 16
/** How long the broker keeps what arrives while the node is away. */
const sessionLifeS = 7 * 24 * 3600
/** What the store refused is tried again here, because a broker sends again only to a new connection. */
const againMs = 1000
const mostWaitMs = 30_000
const strangersEveryMs = 10_000
const group = '$share/nhip'

/**
 * Reads from a broker of the installation's own by MQTT 5: who may publish as which source is for that broker's rules to
 * say, and the node takes the source from the topic. Values out go there only as far as everybody may read them.
 */
export async function openExternalBroker(options: ExternalBrokerOptions): Promise<Broker> {
  const { receiver, sources, values, log } = options
  let stopping = false
  let underWay = 0
  let strangers = 0
  let quietUntil = 0
  const clients = Array.from({ length: members }, (_, i) => connect(i))
  const [first] = clients as [MqttClient]

  function connect(member: number): MqttClient {
    const client = mqtt.connect(options.url, {
      protocolVersion: 5,
      clientId: `nhip-${options.nodeId}-${member}`,
      clean: false,
      properties: { sessionExpiryInterval: sessionLifeS, receiveMaximum: 20 },
      reconnectPeriod: againMs,
      connectTimeout: 10_000,
      resubscribe: false,
      customHandleAcks: (topic, payload, packet, acknowledge) => {
        take(topic, payload as unknown as Buffer, packet.qos).then(
          () => acknowledge(0),
          // Not acknowledged: the broker sends it again to the next connection of this session.
          () => stopping || client.reconnect(),
        )
      },
    })
    client.on('connect', ({ sessionPresent }) => {
      log.info({ event: 'mqtt.connected', member, sessionPresent })
      const topics = [`${group}/nhip/v1/+/o/+/+`, `${group}/nhip/v1/+/batch`]
      // Retained messages are not given to shared subscriptions.
      if (member === 0) topics.push('nhip/v1/+/status')
      client.subscribe(topics, { qos: 1, rap: true, rh: 0 }, (error) => {
        if (error) log.warn({ event: 'mqtt.subscribe', member, err: error })
      })
    })
    client.on('error', (error) => log.warn({ event: 'mqtt.error', member, err: error }))
    // Of QoS 0 nobody sends again; nothing waits for it.
    client.on('message', (topic, payload, packet) => {
      if (packet.qos === 0) void take(topic, payload, 0).catch(() => undefined)
    })
    return client
  }

  /** Resolves when the message is stored or refused for good. @throws when the node stops before that */
  async function take(name: string, payload: Buffer, qos: number): Promise<void> {
    const topic = parseTopic(name)
    if (!topic) return
    underWay += 1
    try {
      for (let delay = againMs; ; delay = Math.min(2 * delay, mostWaitMs)) {
        try {
          const caller = await options.callerNamed(topic.source)
          if (!caller?.permissions.has('observations.write')) return stranger(topic.source)
          return await receiver.receive({ topic, name, payload, caller })
        } catch (error) {
          if (stopping || qos === 0) throw error
          log.warn({ event: 'mqtt.again', err: error, delay })
          await wait(delay)
        }
      }
    } finally {
      underWay -= 1
    }
  }

  /** A name that is no user's, or one that may not write: known to nobody here, so only the log can tell of it. */
  function stranger(source: string): void {
    strangers += 1
    if (performance.now() < quietUntil) return
    quietUntil = performance.now() + strangersEveryMs
    log.warn({ event: 'mqtt.stranger', source, messages: strangers })
  }

  const everybody: Subscriber = {
    caller: () => Promise.resolve(anonymous),
    send: (topic, payload) => void first.publish(topic, payload, { qos: 0, retain: true }),
    unread: () => (first.connected ? first.stream.writableLength : Number.POSITIVE_INFINITY),
    drop: () => values.leave(everybody),
  }
  // Also after a broker has lost what it retained.
  first.on('connect', () => {
    void values
      .subscribe(everybody, 'nhip/v1/out/#', { entity: null, property: null })
      .catch((error: unknown) => log.warn({ event: 'mqtt.values', err: error }))
  })
  sources.reportTo(
    (source, report) => void first.publish(errorTopic(source), JSON.stringify(report), { qos: 0 }),
  )

  const { protocol, host } = new URL(options.url)
  return {
    url: `${protocol}//${host}`,
    clients: () => clients.filter(({ connected }) => connected).length,
    state: () => {
      if (clients.every(({ connected }) => connected)) return { status: 'open' }
      return clients.some(({ connected }) => connected)
        ? { status: 'faulty', detail: 'some sessions are not connected' }
        : { status: 'closed', detail: 'the broker is not reached' }
    },
    async close(graceMs) {
      stopping = true
      values.close()
      const deadline = performance.now() + graceMs
      while (underWay > 0 && performance.now() < deadline) await wait(10)
      await Promise.all(clients.map((client) => client.endAsync(true)))
    },
  }
}
