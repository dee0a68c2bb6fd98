import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Logger } from 'pino'
import { Backups } from './backup/create-backup.ts'
import { backupRoutes } from './backup/routes.ts'
import { contractRoutes } from './catalogue/contract-routes.ts'
import { type OpenCatalogue, openCatalogue } from './catalogue/open.ts'
import { openingHandler } from './catalogue/rights.ts'
import { catalogueRoutes } from './catalogue/routes.ts'
import type { Settings } from './config.ts'
import type { DataFolder } from './data-folder.ts'
import { type Exchange, openExchange } from './exchange/open.ts'
import type { Health } from './http/contract.ts'
import type { Route } from './http/declare.ts'
import { jobRoutes } from './http/job-routes.ts'
import { auditScope } from './identity/audit-scope.ts'
import { addDemoAccounts } from './identity/demo-accounts.ts'
import { FourEyes } from './identity/four-eyes.ts'
import { grantHandler, wideningHandler } from './identity/four-eyes-actions.ts'
import { Identity } from './identity/identity.ts'
import { reorganisationRoutes } from './identity/reorganisation/routes.ts'
import { identityRoutes } from './identity/routes.ts'
import { SetUp } from './identity/set-up.ts'
import { openUnits, provinceNames, type Units } from './identity/units.ts'
import { UnitsCopy } from './identity/units-copy.ts'
import { Imports } from './intake/imports.ts'
import { lineageRoutes } from './intake/lineage-routes.ts'
import { figuresHandler, figuresJob, queueFigures } from './intake/load-figures.ts'
import type { Broker } from './intake/mqtt/broker.ts'
import { openMqtt } from './intake/mqtt/open.ts'
import { gatewayRoutes } from './intake/mqtt/routes.ts'
import { Sources } from './intake/mqtt/sources.ts'
import { intakeJobs, intakeRoutes } from './intake/routes.ts'
import type { LiveStream } from './notify/live-stream.ts'
import { openLiveStream } from './notify/open.ts'
import { streamRoutes } from './notify/routes.ts'
import { decisionRoutes } from './observations/decisions/routes.ts'
import { entitiesOfKind } from './observations/entity-filter.ts'
import { Promises } from './observations/freshness/promises.ts'
import { freshnessRoutes } from './observations/freshness/routes.ts'
import { FreshnessWatch } from './observations/freshness/watch.ts'
import { workingCalendar } from './observations/freshness/working-calendar.ts'
import { lakeJobs, lakeRoutes } from './observations/lake-routes.ts'
import type { ObservationStore } from './observations/open.ts'
import { Findings } from './observations/quality/findings.ts'
import { limitBook } from './observations/quality/series-limits.ts'
import { observationRoutes } from './observations/routes.ts'
import { scoreRoutes } from './observations/score/routes.ts'
import { sealHandler, sealJob } from './observations/seal-nightly.ts'
import { readTrail } from './observations/sensitive-reads.ts'
import { openPolicies } from './policies/open.ts'
import { Blobs } from './records/blobs.ts'
import { type Actor, type Records, SYSTEM } from './records/contract.ts'
import { addJob, type JobHandler, JobRunner } from './records/jobs.ts'
import { queueNightly, upkeepHandler, upkeepJob } from './records/nightly.ts'

import { builtUnits, type Stores } from './stores.ts'
import { version } from './version.ts'

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
  freshness: FreshnessWatch
  findings: Findings
  live: LiveStream
  backups: Backups
  setUp: SetUp
  /** Key of this run for programs on this computer that may read the data folder. */
  operatorToken: string
  /** Runs queued work until `close`. */
  startJobs(): Promise<void>
  routes(): Route[]
  /** Lets readings in by MQTT where the settings say so. @throws an error with code `EADDRINUSE` when its port is taken */
  openMqtt(): Promise<Broker | null>
  health(): Health
  /** Flushes and closes the stores, then frees the folder. */
  close(): Promise<void>
}

/**
 * Opens the rooms over the stores of a data folder, in the order they import one another.
 *
 * @param opening the stores; what needs none of them is done while they open
 */
export async function openRooms(
  options: NodeOptions & { log: Logger; now: () => number },
  folder: DataFolder,
  opening: Promise<Stores>,
): Promise<OpenNode> {
  const { settings, log, now } = options
  const startedAt = performance.now()
  const unitsCopy = await UnitsCopy.read(join(folder.path, 'units.json'), builtUnits)
  const { records, observations } = await opening
  const closing: (() => Promise<void>)[] = [() => records.close(), () => observations.close()]
  try {
    const operatorToken = randomBytes(32).toString('base64url')
    const units = await openUnits(records, join(models, 'admin-units'), unitsCopy)
    const identity = await Identity.open({
      records,
      units,
      secret: Buffer.from(folder.node.secret, 'base64'),
      bootstrapToken: settings.bootstrapToken,
      operatorToken,
      passwordCost: options.passwordCost,
      unlimitedLoopback: settings.unlimitedLoopback,
      now,
    })
    const fourEyes = new FourEyes(identity, settings.fourEyes)
    fourEyes.register('user.grant', grantHandler(identity))
    fourEyes.register('role.widen', wideningHandler(identity))
    if (folder.node.profile === 'demo') await addDemoAccounts(identity)
    const setUp = await SetUp.begin(identity)
    const catalogue = await openCatalogue(records, units)
    fourEyes.register('dataset.open', openingHandler(catalogue))
    await fourEyes.recover()
    const rooms = { catalogue, observations, units }
    observations.judgeBy(limitBook(catalogue))
    const calendar = workingCalendar(join(models, 'calendars', 'vn'))
    const promises = new Promises(catalogue, calendar)
    const freshness = new FreshnessWatch({
      observations,
      catalogue,
      promises,
      entitiesOf: (kind) => entitiesOfKind(rooms, kind, now()),
      now,
    })
    freshness.start()
    closing.unshift(async () => freshness.close())
    const findings = new Findings({
      records,
      observations,
      catalogue,
      now,
      onError: (err) => log.warn({ event: 'findings', err }),
    })
    findings.start()
    closing.unshift(() => findings.close())
    const blobs = new Blobs(join(folder.path, 'blobs'), join(folder.path, 'tmp'))
    const importFolder = join(folder.path, 'imports')
    const imports = new Imports({
      records,
      blobs,
      rooms,
      scratch: importFolder,
      newDatasetClass: folder.node.profile === 'demo' ? 'open' : 'shared',
      now,
    })
    const gateways = new Sources(now)
    closing.unshift(async () => gateways.close())
    const exchange = await openExchange({
      folder: join(folder.path, 'ledger'),
      nodeId: folder.node.id,
      records,
      authorities: settings.tsa,
      anchors: settings.tsaAnchors,
      witnesses: settings.witnesses,
      watchedLogs: settings.watchedLogs,
      witnessFolder: join(folder.path, 'witness'),
      scopeOf: (caller) => auditScope(identity, caller),
      onError: (what, err) => log.warn({ event: 'exchange', what, err }),
    })
    closing.unshift(() => exchange.close())
    const backups = new Backups({
      folder: folder.path,
      node: folder.node,
      records,
      observations,
      nodeLedger: exchange.nodeLedger,
      now,
    })
    const policies = await openPolicies({
      records,
      blobs,
      now,
      models: { policies: join(models, 'policies'), populations: join(models, 'populations') },
      folder: join(folder.path, 'populations'),
      placeNames: (day, lang) => provinceNames(units, day, lang),
    })
    const live = openLiveStream({
      identity,
      records,
      catalogue,
      observations,
      freshness,
      onError: (err) => log.warn({ event: 'stream', err }),
    })
    closing.unshift(async () => live.close())
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
      freshness,
      findings,
      live,
      backups,
      setUp,
      operatorToken,
      startJobs: async () => {
        const { seed } = options
        const handlers: Record<string, JobHandler> = {
          ...intakeJobs(imports),
          [figuresJob]: figuresHandler(rooms, records, imports, figures),
          [sealJob]: sealHandler(records, observations),
          ...lakeJobs(observations),
          [upkeepJob]: upkeepHandler(records, join(folder.path, 'records-snapshots'), now),
        }
        if (folder.node.profile === 'demo') await queueFigures(records, figures)
        await imports.recover()
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
        ...identityRoutes({ identity, setUp, fourEyes }),
        ...reorganisationRoutes(units),
        ...catalogueRoutes(catalogue, fourEyes),
        ...contractRoutes(catalogue, records, fourEyes),
        ...observationRoutes({ ...rooms, promises, trail: readTrail(records) }),
        ...freshnessRoutes({ ...rooms, watch: freshness }),
        ...decisionRoutes({ ...rooms, records }),
        ...scoreRoutes({ ...rooms, calendar, trail: readTrail(records) }),
        ...lineageRoutes({ ...rooms, records, blobs, scratch: importFolder, trail: readTrail(records) }),
        ...intakeRoutes({ ...rooms, records, imports }),
        ...gatewayRoutes(gateways),
        ...jobRoutes(records),
        ...lakeRoutes(records),
        ...backupRoutes(backups),
        ...streamRoutes({ live, catalogue, units, trail: readTrail(records) }),
        ...exchange.routes(),
        ...policies.routes(),
      ],
      openMqtt: () =>
        openMqtt({
          settings,
          profile: folder.node.profile,
          nodeId: folder.node.id,
          identity,
          rooms,
          trail: readTrail(records),
          sources: gateways,
          log,
        }),
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
