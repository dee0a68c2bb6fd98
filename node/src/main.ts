import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Message } from '@nhip/canonical/problem'
import { LedgerError } from '@nhip/ledger/ledger-error'
import { type Logger, pino } from 'pino'
import { demandPrivateDemo, publicSettings, type Settings } from './config.ts'
import { takeDataFolder } from './data-folder.ts'
import type { DoorState, Health } from './http/contract.ts'
import { type Door, openDoor } from './http/door.ts'
import { idempotencyIn } from './http/idempotency-store.ts'
import { Metrics } from './http/metrics.ts'
import { demoAccounts } from './identity/demo-accounts.ts'
import { can } from './identity/permissions.ts'
import type { Broker } from './intake/mqtt/broker.ts'
import { ObservationsError } from './observations/errors.ts'
import { collectWhenQuiet } from './quiet-collection.ts'
import { MigrationError } from './records/migrate.ts'
import type { NodeOptions, OpenNode } from './rooms.ts'
import { exitCodes, Stop } from './stop.ts'
import { openStores } from './stores.ts'
import { version } from './version.ts'

export type { NodeOptions, OpenNode, Seed } from './rooms.ts'

/** The built pages, beside the node in the tree. */
const builtPages = fileURLToPath(new URL('../../web/dist', import.meta.url))

/** A node that serves. */
export interface RunningNode extends OpenNode {
  url: string
  /** Where readings are taken from by MQTT; null when that door is shut. */
  mqtt: string | null
  /** Refuses new work, finishes what is in flight, closes everything. */
  stop(): Promise<void>
}

/** Log lines go to stderr as JSON; stdout belongs to answers. */
export function newLog(level: Settings['log']): Logger {
  return pino(
    { level, base: { program: 'nhip' }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(2),
  )
}

/**
 * Opens the stores of a data folder, then the rooms over them in the order they import one another.
 *
 * @throws {Stop} with the exit code for whoever started the program
 */
export async function openNode(options: NodeOptions): Promise<OpenNode> {
  const { settings, now = Date.now } = options
  const folder = await takeDataFolder(settings.data, settings.profile)
  try {
    demandPrivateDemo(settings, folder.node.profile)
    const log = options.log ?? newLog(settings.log)
    // The rooms, by far the most of the program, are read while the stores open.
    const opening = openStores(settings, folder.path, log, now)
    opening.catch(() => undefined)
    const { openRooms } = await import('./rooms.ts')
    return await openRooms({ ...options, log, now }, folder, opening)
  } catch (error) {
    await folder.release()
    throw reasonToStop(error)
  }
}

/**
 * Runs a node: the door opens first and says `starting`, the stores open behind it, then the routes are put behind the
 * door and the ready line is printed.
 */
export async function serve(given: NodeOptions): Promise<RunningNode> {
  const { settings } = given
  const log = given.log ?? newLog(settings.log)
  const options = { ...given, log }
  const door = await openTheDoor(settings, log)
  let node: OpenNode
  let application: typeof import('./http/serve.ts').application
  try {
    const opening = openNode(options)
    // The server's own code is read while the stores open.
    ;[node, { application }] = await Promise.all([opening, import('./http/serve.ts')])
  } catch (error) {
    await door.drain(0)
    throw error
  }
  const { folder, identity } = node
  let mqtt: Broker | null = null
  const metrics = new Metrics()
  metrics.gauge(
    'nhip_observations_queued',
    'Rows waiting for the next commit.',
    () => node.observations.status().queued,
  )
  metrics.gauge(
    'nhip_observations_last_seq',
    'Number of the newest row.',
    () => node.observations.status().lastSeq,
  )
  metrics.gauge('nhip_streams_open', 'Readers of the live stream.', () => node.live.open)
  const pages = settings.pages ?? builtPages
  const app = await application({
    routes: node.routes(),
    authenticate: (credentials) => identity.authenticate(credentials),
    can: (caller, permission) => can(caller, permission),
    version,
    secret: Buffer.from(folder.node.secret, 'base64'),
    idempotency: idempotencyIn(node.records),
    health: () => withDoors(node.health(), { http: door.state(), ...(mqtt && { mqtt: mqtt.state() }) }),
    ...(existsSync(pages) ? { pages } : {}),
    limits: {
      general: { perSecond: settings.requestsPerSecond, burst: settings.requestBurst },
      // Guards the processor: who tries too often is slowed down by identity, account by account.
      signIn: { perSecond: 1, burst: 30 },
    },
    server: door.server,
    logger: log,
    trustProxy: settings.trustProxy,
    origins: settings.origins,
    metrics,
    checkAnswers: process.env.NHIP_CHECK_ANSWERS === '1',
    ...(options.now ? { now: options.now } : {}),
  })
  door.attach((request, response) => app.routing(request, response))
  const url = settings.baseUrl ?? door.url
  mqtt = await node.openMqtt().catch(async (error: unknown) => {
    await door.drain(0)
    await node.close()
    throw portTaken(error, settings.host, settings.mqttPort ?? 0, '--mqtt-port') ?? error
  })
  const broker = mqtt
  if (broker) metrics.gauge('nhip_mqtt_clients', 'Connections of the MQTT broker.', () => broker.clients())
  await folder.announce(door.url, node.operatorToken)
  await node.startJobs()
  const stopCollecting = collectWhenQuiet()
  log.info({ event: 'settings', ...publicSettings(settings) })

  return {
    ...node,
    url,
    mqtt: broker?.url ?? null,
    async stop() {
      stopCollecting()
      // Streams never end by themselves; told so, their readers come back to the next start.
      node.live.close()
      await Promise.all([door.drain(10_000), broker?.close(10_000)])
      await app.close()
      await node.close()
    },
  }
}

/** The one line on stdout that says where the node is. */
export function readyLine(node: RunningNode): string {
  return JSON.stringify({
    event: 'ready',
    url: node.url,
    mqtt: node.mqtt,
    data: node.folder.path,
    version,
    profile: node.folder.node.profile,
  })
}

/** What a person who starts a node has to be told: the accounts of the demo, or the code that makes the first account. */
export function greeting(node: RunningNode): Message | null {
  if (node.folder.node.profile === 'demo') {
    const accounts = demoAccounts.map(
      ({ username, password, displayName }) => `  ${username} / ${password}  (${displayName})`,
    )
    return {
      vi: `Nhịp (bản trình diễn, số liệu mô phỏng) tại ${node.url}\nTài khoản:\n${accounts.join('\n')}`,
      en: `Nhịp (demo, simulated data) at ${node.url}\nAccounts:\n${accounts.join('\n')}`,
    }
  }
  if (node.setUp.code === null) return null
  return {
    vi: `Nút chưa có tài khoản. Mở ${node.url} và nhập mã thiết lập ${node.setUp.code}`,
    en: `The node has no account yet. Open ${node.url} and enter the set-up code ${node.setUp.code}`,
  }
}

async function openTheDoor(settings: Settings, log: Logger): Promise<Door> {
  try {
    return await openDoor({
      host: settings.host,
      port: settings.port,
      ...(settings.tlsCert && settings.tlsKey
        ? { tls: { cert: settings.tlsCert, key: settings.tlsKey } }
        : {}),
      health: (status, uptimeS) => ({
        status,
        version,
        profile: settings.profile ?? 'empty',
        uptimeS,
        stores: {},
        writable: false,
      }),
      onFault: (err) => log.error({ event: 'door', err }),
    })
  } catch (error) {
    throw reasonToStop(error, settings)
  }
}

/** A door that does not let everybody in makes a node degraded, although its stores are well. */
function withDoors(health: Health, doors: Record<string, DoorState>): Health {
  const allOpen = Object.values(doors).every(({ status }) => status === 'open')
  return { ...health, doors, status: health.status === 'ok' && !allOpen ? 'degraded' : health.status }
}

/** The exit code and the words for what kept a node from starting. */
function reasonToStop(error: unknown, settings?: Settings): unknown {
  if (error instanceof Stop) return error
  if (error instanceof MigrationError)
    return new Stop(
      exitCodes.migration,
      {
        vi: `Không nâng cấp được cơ sở dữ liệu hồ sơ (bước ${error.migration}): ${error.message}`,
        en: `The records could not be migrated (step ${error.migration}): ${error.message}`,
      },
      error,
    )
  if (error instanceof ObservationsError && (error.code === 'damaged' || error.code === 'in-use'))
    return new Stop(
      error.code === 'damaged' ? exitCodes.damaged : exitCodes.folderInUse,
      error.problem.message,
      error,
    )
  if (error instanceof LedgerError) {
    const { message, hint } = error.problem
    const words = hint ? { vi: `${message.vi} ${hint.vi}`, en: `${message.en} ${hint.en}` } : message
    return new Stop(exitCodes.damaged, words, error)
  }
  return (settings && portTaken(error, settings.host, settings.port, '--port')) ?? error
}

function portTaken(error: unknown, host: string, port: number | string, flag: string): Stop | null {
  const { code } = error as { code?: string }
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return null
  return new Stop(
    exitCodes.portInUse,
    {
      vi: `Cổng ${port} trên ${host} đang có chương trình khác dùng; chọn cổng khác bằng ${flag}.`,
      en: `Port ${port} on ${host} is taken by another program; choose one with ${flag}.`,
    },
    error,
  )
}
