import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Message } from '@nhip/canonical/problem'
import { LedgerError } from '@nhip/ledger/ledger-error'
import { type Logger, pino } from 'pino'
import { type OpenCatalogue, openCatalogue } from './catalogue/open.ts'
import { catalogueRoutes } from './catalogue/routes.ts'
import { demandPrivateDemo, publicSettings, type Settings } from './config.ts'
import { type DataFolder, takeDataFolder } from './data-folder.ts'
import { type Exchange, openExchange } from './exchange/open.ts'
import type { Health } from './http/contract.ts'
import type { Route } from './http/declare.ts'
import { type Door, openDoor } from './http/door.ts'
import { idempotencyIn } from './http/idempotency-store.ts'
import { jobRoutes } from './http/job-routes.ts'
import { Metrics } from './http/metrics.ts'
import { addDemoAccounts, demoAccounts } from './identity/demo-accounts.ts'
import { Identity } from './identity/identity.ts'
import { can } from './identity/permissions.ts'
import { identityRoutes } from './identity/routes.ts'
import { SetUp } from './identity/set-up.ts'
import { openUnits, type Units } from './identity/units.ts'
import { Imports } from './intake/imports.ts'
import { figuresHandler, figuresJob, queueFigures } from './intake/load-figures.ts'
import { intakeJobs, intakeRoutes } from './intake/routes.ts'
import { ObservationsError } from './observations/errors.ts'
import type { ObservationStore } from './observations/open.ts'
import { observationRoutes } from './observations/routes.ts'
import { sealHandler, sealJob } from './observations/seal-nightly.ts'
import { readTrail } from './observations/sensitive-reads.ts'
import { Blobs } from './records/blobs.ts'
import { type Actor, type Records, SYSTEM } from './records/contract.ts'
import { addJob, type JobHandler, JobRunner } from './records/jobs.ts'
import { MigrationError } from './records/migrate.ts'
import { queueNightly, upkeepHandler, upkeepJob } from './records/nightly.ts'
import { openRecords } from './records/open.ts'
import { exitCodes, Stop } from './stop.ts'
import { version } from './version.ts'

/** The built pages, beside the node in the tree. */
const builtPages = fileURLToPath(new URL('../../web/dist', import.meta.url))

/** A cluster that holds the administrative units, left by the build (`make-cluster.ts`): nodes begin as copies of it. */
const builtCluster = fileURLToPath(new URL('../dist/cluster', import.meta.url))

/** Administrative units and published figures: data, in a package of their own. */
const models = dirname(createRequire(import.meta.url).resolve('@nhip/models/package.json'))

/**
 * Data that a node is given when it runs for the first time, and that may go on arriving while it runs: the demo's city.
 * `history` is a job: it may be repeated after a crash. `live` starts when the history is there.
 */
export interface Seed {
  /** Names the job. */
  name: string
  /** Only folders of this profile are given it. */
  profile: 'demo' | 'empty'
  history(rooms: SeedRooms, job: Parameters<JobHandler>[0]): Promise<unknown>
  /** @returns how to stop it */
  live?(rooms: SeedRooms, signal: AbortSignal): Promise<() => void>
}

/** What a seed works with. */
export interface SeedRooms {
  catalogue: OpenCatalogue
  observations: ObservationStore
  units: Units
  /** In whose name the catalogue is filled. */
  actor: Actor
  log: Logger
  now: () => number
}

export interface NodeOptions {
  settings: Settings
  seed?: Seed
  log?: Logger
  /** log2 of scrypt's N; only tests lower it. */
  passwordCost?: number
  /** Epoch milliseconds; injected so that tests can move it. */
  now?: () => number
}

/** The stores and rooms of a data folder, open in this process, with or without HTTP in front of them. */
export interface OpenNode {
  folder: DataFolder
  settings: Settings
  log: Logger
  records: Records
  observations: ObservationStore
  identity: Identity
  units: Units
  catalogue: OpenCatalogue
  imports: Imports
  setUp: SetUp
  /** Key of this run for programs on this computer that may read the data folder. */
  operatorToken: string
  /** Runs queued work until `close`. */
  startJobs(): Promise<void>
  routes(): Route[]
  health(): Health
  /** Flushes and closes the stores, then frees the folder. */
  close(): Promise<void>
}

/** A node that serves. */
export interface RunningNode extends OpenNode {
  url: string
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
  const folder = await takeDataFolder(options.settings.data, options.settings.profile)
  try {
    return await openRooms(options, folder)
  } catch (error) {
    await folder.release()
    throw reasonToStop(error)
  }
}

async function openRooms(options: NodeOptions, folder: DataFolder): Promise<OpenNode> {
  const { settings, now = Date.now } = options
  const log = options.log ?? newLog(settings.log)
  const startedAt = performance.now()
  demandPrivateDemo(settings, folder.node.profile)

  // Side by side: each waits for its own disk, and a start is counted in seconds. The records take longest, in a thread
  // of their own: DuckDB is loaded while they open.
  const opening = Promise.allSettled([
    openRecords({
      folder: join(folder.path, 'records'),
      template: builtCluster,
      ...(settings.databaseUrl ? { databaseUrl: settings.databaseUrl } : {}),
      now: () => new Date(now()),
    }),
    import('./observations/open.ts').then(({ openObservations }) =>
      openObservations({
        folder: join(folder.path, 'observations'),
        ...(settings.duckdbMemory ? { memory: settings.duckdbMemory } : {}),
        now,
        log: ({ level, ...line }) => log[level](line),
      }),
    ),
  ])
  // The policy engine is the largest library: it is read meanwhile.
  const policyRoom = import('./policies/open.ts')
  const [recorded, observed] = await opening
  if (observed.status === 'rejected' || recorded.status === 'rejected') {
    for (const store of [observed, recorded]) if (store.status === 'fulfilled') await store.value.close()
    throw observed.status === 'rejected' ? observed.reason : (recorded as PromiseRejectedResult).reason
  }
  const observations = observed.value
  const records = recorded.value
  const closing: (() => Promise<void>)[] = [() => records.close(), () => observations.close()]
  try {
    const operatorToken = randomBytes(32).toString('base64url')
    const identity = await Identity.open({
      records,
      bootstrapToken: settings.bootstrapToken,
      operatorToken,
      passwordCost: options.passwordCost,
      unlimitedLoopback: settings.unlimitedLoopback,
      now,
    })
    const units = await openUnits(records, join(models, 'admin-units'))
    if (folder.node.profile === 'demo') await addDemoAccounts(identity)
    const setUp = await SetUp.begin(identity)
    const catalogue = await openCatalogue(records, units)
    const rooms = { catalogue, observations, units }
    const blobs = new Blobs(join(folder.path, 'blobs'), join(folder.path, 'tmp'))
    const imports = new Imports({
      records,
      blobs,
      rooms,
      scratch: join(folder.path, 'imports'),
      newDatasetClass: folder.node.profile === 'demo' ? 'open' : 'shared',
      now,
    })
    const exchange = await openExchange({
      folder: join(folder.path, 'ledger'),
      nodeId: folder.node.id,
      records,
      authorities: settings.tsa,
      anchors: settings.tsaAnchors,
      witnesses: settings.witnesses,
      watchedLogs: settings.watchedLogs,
      witnessFolder: join(folder.path, 'witness'),
      onError: (what, err) => log.warn({ event: 'exchange', what, err }),
    })
    closing.unshift(() => exchange.close())
    const { openPolicies } = await policyRoom
    const policies = await openPolicies({
      records,
      blobs,
      now,
      models: { policies: join(models, 'policies'), populations: join(models, 'populations') },
      folder: join(folder.path, 'populations'),
    })
    const seedRooms: SeedRooms = { ...rooms, actor: SYSTEM, log, now }
    const figures = join(models, 'figures')

    return {
      folder,
      settings,
      log,
      records,
      observations,
      identity,
      units,
      catalogue,
      imports,
      setUp,
      operatorToken,
      startJobs: async () => {
        const { seed } = options
        const handlers: Record<string, JobHandler> = {
          ...intakeJobs(imports),
          [figuresJob]: figuresHandler(rooms, records, imports, figures),
          [sealJob]: sealHandler(records, observations),
          [upkeepJob]: upkeepHandler(records, join(folder.path, 'records-snapshots'), now),
        }
        if (folder.node.profile === 'demo') await queueFigures(records, figures)
        const life = new AbortController()
        let stopLive: (() => void) | undefined
        const goLive = async () => {
          stopLive = await seed?.live?.(seedRooms, life.signal)
          if (life.signal.aborted) stopLive?.()
        }
        const goLiveLater = () => void goLive().catch((err: unknown) => log.error({ event: 'seed', err }))
        if (seed?.profile === folder.node.profile) {
          const kind = `seed.${seed.name}`
          handlers[kind] = async (job) => {
            const result = await seed.history(seedRooms, job)
            goLiveLater()
            return result
          }
          if (await seedIsDone(records, kind)) goLiveLater()
          else await records.tx(SYSTEM, (tx) => addJob(tx, { kind, key: kind }))
        }
        const own = {
          records,
          node: `${folder.node.id} ${process.pid}`,
          onError: (kind: string, err: unknown) => log.warn({ event: 'job', kind, err }),
        }
        const runner = new JobRunner({ ...own, handlers })
        // Simulations take minutes and all processors: they wait for one another and keep nobody else waiting.
        const laboratory = new JobRunner({ ...own, handlers: policies.jobs(), parallel: 1 })
        runner.start()
        laboratory.start()
        const nightly = () =>
          void queueNightly(records, [sealJob, upkeepJob], now()).catch((err: unknown) =>
            log.error({ event: 'nightly', err }),
          )
        nightly()
        const hourly = setInterval(nightly, 3_600_000)
        hourly.unref()
        closing.unshift(async () => {
          clearInterval(hourly)
          life.abort()
          stopLive?.()
          await Promise.all([runner.stop(), laboratory.stop()])
        })
      },
      routes: () => [
        ...identityRoutes({ identity, units, setUp }),
        ...catalogueRoutes(catalogue),
        ...observationRoutes({ ...rooms, trail: readTrail(records) }),
        ...intakeRoutes({ ...rooms, records, imports }),
        ...jobRoutes(records),
        ...exchange.routes(),
        ...policies.routes(),
      ],
      health: () => healthOf(records, observations, exchange, folder, (performance.now() - startedAt) / 1000),
      async close() {
        for (const close of closing) await close()
        await folder.release()
      },
    }
  } catch (error) {
    for (const close of closing) await close().catch(() => undefined)
    throw error
  }
}

/**
 * Runs a node: the door opens first and says `starting`, the stores open behind it, then the routes are put behind the
 * door and the ready line is printed.
 */
export async function serve(options: NodeOptions): Promise<RunningNode> {
  const { settings } = options
  const door = await openTheDoor(settings)
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
  const { log, folder, identity } = node
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
  const pages = settings.pages ?? builtPages
  const app = await application({
    routes: node.routes(),
    authenticate: (credentials) => identity.authenticate(credentials),
    can: (caller, permission) => can(caller, permission),
    version,
    secret: Buffer.from(folder.node.secret, 'base64'),
    idempotency: idempotencyIn(node.records),
    health: node.health,
    ...(existsSync(pages) ? { pages } : {}),
    limits: {
      general: { perSecond: settings.requestsPerSecond, burst: settings.requestBurst },
      signIn: { perSecond: 5 / 60, burst: 5 },
    },
    server: door.server,
    logger: log,
    trustProxy: settings.trustProxy,
    origins: settings.origins,
    metrics,
    checkAnswers: process.env.NHIP_CHECK_ANSWERS === '1',
  })
  door.attach((request, response) => app.routing(request, response))
  const url = settings.baseUrl ?? door.url
  await folder.announce(door.url, node.operatorToken)
  await node.startJobs()
  log.info({ event: 'settings', ...publicSettings(settings) })

  return {
    ...node,
    url,
    async stop() {
      await door.drain(10_000)
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
    mqtt: null,
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

async function openTheDoor(settings: Settings): Promise<Door> {
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
    })
  } catch (error) {
    throw reasonToStop(error, settings)
  }
}

async function seedIsDone(records: Records, kind: string): Promise<boolean> {
  const rows = await records.read((db) =>
    db.selectFrom('job').select('id').where('key', '=', kind).where('state', '=', 'done'),
  )
  return rows.length > 0
}

function healthOf(
  records: Records,
  observations: ObservationStore,
  exchange: Exchange,
  folder: DataFolder,
  uptimeS: number,
): Health {
  const recordsState = records.state()
  const observationsState = observations.status()
  const ledgerMode = exchange.nodeLedger.ledger.state().mode
  const writable = recordsState.usable && !recordsState.diskFull && observationsState.writable
  return {
    status: writable ? 'ok' : 'degraded',
    version,
    profile: folder.node.profile,
    uptimeS: Math.round(uptimeS),
    stores: {
      records: {
        status: recordsState.usable ? (recordsState.diskFull ? 'disk-full' : 'ok') : 'unreadable',
        detail: recordsState.driver,
      },
      observations: {
        status: observationsState.writable ? 'ok' : 'read-only',
        ...(observationsState.reason ? { detail: observationsState.reason } : {}),
      },
      ledger: { status: ledgerMode === 'open' ? 'ok' : ledgerMode },
    },
    writable,
  }
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
  const { code } = error as { code?: string }
  if (code === 'EADDRINUSE' || code === 'EACCES')
    return new Stop(
      exitCodes.portInUse,
      {
        vi: `Cổng ${settings?.port} trên ${settings?.host} đang có chương trình khác dùng; chọn cổng khác bằng --port.`,
        en: `Port ${settings?.port} on ${settings?.host} is taken by another program; choose one with --port.`,
      },
      error,
    )
  return error
}
