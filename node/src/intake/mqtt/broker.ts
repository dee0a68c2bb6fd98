import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Aedes, type AuthErrorCode, type AuthenticateError, type Client, type PublishPacket } from 'aedes'
import type { Logger } from 'pino'
import type { Caller } from '../../http/caller.ts'
import type { DoorState } from '../../http/contract.ts'
import { listen } from '../../http/listening.ts'
import type { Credentials } from '../../http/serve.ts'
import { Connection } from './connection.ts'
import type { Receiver } from './receiver.ts'
import type { Sources } from './sources.ts'
import { errorTopic, parseFilter, parseTopic, sourceName } from './topics.ts'
import type { ValuesOut } from './values-out.ts'

export interface BrokerOptions {
  host: string
  /** 0 for any free port. */
  port: number
  tls?: { cert: string; key: string }
  authenticate(credentials: Credentials): Promise<Caller>
  receiver: Receiver
  sources: Sources
  values: ValuesOut
  log: Pick<Logger, 'debug' | 'error'>
  /** Time for the first packet; 10 s by default. */
  connectTimeoutMs?: number
}

export interface Broker {
  /** `mqtt://host:port`, or `mqtts:` with TLS. */
  url: string
  /** Devices and subscribers that are connected. */
  clients(): number
  state(): DoorState
  /** Takes no more messages, finishes those under way for at most `graceMs`, then says goodbye. */
  close(graceMs: number): Promise<void>
}

/** Sockets in all, and of one address before they have signed in. */
const mostConnections = 2000
const mostStrangers = 100
/** Time for a TLS handshake and for the first packet. */
const connectTimeoutMs = 10_000
/** How long a wrong token waits for its answer: guessing is limited by the number of strangers. */
const wrongTokenMs = 1000
const longestClientId = 256
const badCredentials: AuthErrorCode.BAD_USERNAME_OR_PASSWORD = 4

/**
 * The embedded broker, MQTT 3.1.1. It carries readings in and current values out; it does not pass messages between
 * devices. A reading is acknowledged after it is on disk: aedes asks `authorizePublish` before it writes the PUBACK, and
 * hands over all messages of one read together, so their readings share a commit.
 *
 * @throws an error with code `EADDRINUSE` when the port is taken
 */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { receiver, sources, values, log } = options
  const connections = new WeakMap<Client, Connection>()
  const strangers = new Map<string, number>()
  let stopping = false
  let underWay = 0
  let whenIdle: (() => void) | null = null

  const broker = new OneWayBroker({
    connectTimeout: options.connectTimeoutMs ?? connectTimeoutMs,
    maxClientsIdLength: 2 * longestClientId,
    preConnect(_client, packet, answer) {
      const { clientId, username = '', will } = packet
      if (clientId.length > longestClientId) return answer(new Error('the client id is too long'), false)
      if (will && !isStatusOf(will.topic, username))
        return answer(new Error('a will may only speak of the status of its own source'), false)
      // A session that outlives its connection would be memory for whoever invents client ids: nothing is queued here.
      packet.clean = true
      // Two users may choose one client id without throwing each other out.
      if (clientId !== '') packet.clientId = `${username}\u0001${clientId}`
      answer(null, true)
    },
    authenticate(client, username, password, answer) {
      const connection = connections.get(client)
      connection?.signIn(username ?? '', password?.toString('utf8') ?? '').then(
        () => answer(null, true),
        (error: unknown) => {
          log.debug({ event: 'mqtt.refused', username, address: connection.address, err: error })
          const refusal: AuthenticateError = Object.assign(new Error('refused'), {
            returnCode: badCredentials,
          })
          setTimeout(() => answer(refusal, false), wrongTokenMs).unref()
        },
      )
    },
    authorizePublish(client, packet, answer) {
      const connection = client && connections.get(client)
      if (!connection || stopping) return answer(new Error(connection ? 'stopping' : 'nobody'))
      underWay += 1
      const { recent } = connection
      const received = recent
        ? receive(connection, recent, packet)
        : connection.caller().then((caller) => receive(connection, caller, packet))
      received.then(
        () => ended(answer),
        (error: Error) => ended(answer, error),
      )
    },
    authorizeSubscribe(client, subscription, answer) {
      const filter = parseFilter(subscription.topic)
      const own = filter?.kind === 'own' && sourceName(filter.source) === connections.get(client)?.username
      answer(null, filter?.kind === 'values' || own ? subscription : null)
    },
  })

  await broker.listen()

  /** Rejects with an error upon which aedes ends the connection: MQTT 3.1.1 has no other word for no. */
  function receive(connection: Connection, caller: Caller, packet: PublishPacket): Promise<void> {
    const topic = parseTopic(packet.topic)
    if (!topic || sourceName(topic.source) !== caller.username)
      return Promise.reject(new Error(`not a topic of ${caller.username}`))
    if (!caller.permissions.has('observations.write')) return Promise.reject(new Error('not permitted'))
    if (topic.kind !== 'status') packet.retain = false
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    const received = receiver.receive({
      topic,
      name: packet.topic,
      payload,
      caller,
      address: connection.address,
    })
    if (packet.qos > 0) return received
    return received.catch(() => {
      sources.of(caller.username).counts.lost += 1
    })
  }

  function ended(answer: Done, error?: Error): void {
    underWay -= 1
    if (underWay === 0) whenIdle?.()
    answer(error)
  }

  broker.on('subscribe', (subscriptions, client) => {
    const connection = connections.get(client)
    for (const { topic, qos } of subscriptions) {
      const filter = parseFilter(topic)
      if (connection && filter?.kind === 'values' && (qos as number) !== 128)
        void values.subscribe(connection, topic, filter).catch(() => connection.drop())
    }
  })
  broker.on('unsubscribe', (filters, client) => {
    const connection = connections.get(client)
    if (connection) for (const filter of filters) values.unsubscribe(connection, filter)
  })
  for (const event of ['clientError', 'connectionError'] as const)
    broker.on(event, (client, error) =>
      log.debug({
        event: 'mqtt.error',
        client: client.id,
        address: connections.get(client)?.address,
        err: error,
      }),
    )

  const accept = (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const others = strangers.get(address) ?? 0
    if (others >= mostStrangers) return socket.destroy()
    strangers.set(address, others + 1)
    const connection = new Connection(socket, options.authenticate, () => {
      const left = (strangers.get(address) ?? 1) - 1
      if (left > 0) strangers.set(address, left)
      else strangers.delete(address)
    })
    const client = broker.handle(socket)
    connection.attach(client)
    connections.set(client, connection)
    socket.once('close', () => {
      connection.closed()
      values.leave(connection)
    })
  }
  const server = serverOf(options, accept)
  const { place, state } = await listen(server, options, (err) => log.error({ event: 'mqtt.door', err }))
  sources.reportTo((source, report) => {
    const payload = JSON.stringify(report)
    broker.publish(
      { cmd: 'publish', topic: errorTopic(source), payload, qos: 0, dup: false, retain: false },
      () => undefined,
    )
  })

  return {
    url: `${options.tls ? 'mqtts' : 'mqtt'}://${place}`,
    clients: () => broker.connectedClients,
    state,
    async close(graceMs) {
      stopping = true
      server.close()
      if (underWay > 0)
        await new Promise<void>((resolve) => {
          whenIdle = resolve
          setTimeout(resolve, graceMs).unref()
        })
      values.close()
      await new Promise<void>((resolve) => broker.close(resolve))
    },
  }
}

/** Readings end here: only the state of a gateway is passed on to whoever subscribed to it. */
class OneWayBroker extends Aedes {
  override publish(packet: PublishPacket, ...rest: [Client, Done] | [Done]): void {
    const done = rest.at(-1) as Done
    if (rest.length === 2 && !packet.topic.endsWith('/status')) done()
    else Reflect.apply(super.publish, this, [packet, ...rest])
  }
}

type Done = (error?: Error) => void

function serverOf({ tls }: BrokerOptions, accept: (socket: Socket) => void) {
  const server = tls
    ? createTlsServer(
        { cert: readFileSync(tls.cert), key: readFileSync(tls.key), handshakeTimeout: connectTimeoutMs },
        accept,
      )
    : createServer(accept)
  server.maxConnections = mostConnections
  return server
}

function isStatusOf(topic: string, username: string): boolean {
  const parsed = parseTopic(topic)
  return parsed?.kind === 'status' && sourceName(parsed.source) === sourceName(username)
}
