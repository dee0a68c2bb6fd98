import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseVerifierKey } from '@nhip/ledger/note'
import { Witness } from '@nhip/ledger/witness'
import type { Caller } from '../http/caller.ts'
import type { Route } from '../http/declare.ts'
import type { AuditScope } from '../identity/audit-scope.ts'
import type { Records } from '../records/contract.ts'
import { KeptHeads } from './kept-heads.ts'
import { NodeLedger } from './node-ledger.ts'
import { exchangeRoutes } from './routes.ts'
import { Stamper } from './stamp.ts'
import { WitnessClient, type WitnessPeer } from './witness-client.ts'
import { witnessRoutes } from './witness-routes.ts'

export interface ExchangeOptions {
  /** `DIR/ledger` */
  folder: string
  nodeId: string
  records: Records
  /** Addresses of time-stamping authorities, tried in turn; none: no stamps. */
  authorities: readonly string[]
  /** PEM file with the certificates that the authorities' ones must lead to. */
  anchors: string | undefined
  /** `URL VKEY` of other nodes that cosign this log's heads. */
  witnesses: readonly string[]
  /** Verifier keys of the logs whose heads this node cosigns. */
  watchedLogs: readonly string[]
  /** `DIR/witness` */
  witnessFolder: string
  /** Which rows of the audit a caller may read. */
  scopeOf(caller: Caller): Promise<AuditScope>
  onError: (what: string, error: unknown) => void
}

/** The ledger of a node with all that keeps it: pump, stamps, routes. */
export interface Exchange {
  nodeLedger: NodeLedger
  routes(): Route[]
  close(): Promise<void>
}

/** @throws {LedgerError} when the folder cannot be written on to */
export async function openExchange(options: ExchangeOptions): Promise<Exchange> {
  const { folder, records, authorities } = options
  const anchors = options.anchors ? certificatesOf(readFileSync(options.anchors, 'utf8')) : []
  const peers = options.witnesses.map(peerOf)
  const nodeLedger = await NodeLedger.open({
    ...options,
    witnesses: peers,
    onError: (error) => options.onError('ledger', error),
  })
  const { ledger, keys } = nodeLedger
  const heads = await KeptHeads.open({
    ledger,
    logKey: keys.log,
    heartbeat: keys.heartbeat,
    witnesses: peers.map(({ key }) => key),
    folder,
    onError: (error) => options.onError('heads', error),
  })
  const client =
    peers.length === 0
      ? undefined
      : new WitnessClient({
          ledger,
          heads,
          peers,
          guarded: nodeLedger.guarded,
          onError: (witness, error) => options.onError(`witness ${witness}`, error),
        })
  const watched = options.watchedLogs.map(parseVerifierKey)
  const witness = new Witness(options.witnessFolder, {
    key: keys.witness,
    logs: [...new Set(watched.map(({ name }) => name))].map((origin) => ({
      origin,
      keys: watched.filter(({ name }) => name === origin),
    })),
    now: () => Math.floor(Date.now() / 1000),
  })
  const stamper =
    authorities.length === 0
      ? undefined
      : new Stamper({
          ledger,
          heads,
          records,
          folder,
          authorities,
          anchors,
          onError: (authority, error) => options.onError(`stamp ${authority}`, error),
        })
  return {
    nodeLedger,
    routes: () => [
      ...exchangeRoutes({
        records,
        nodeLedger,
        heads,
        stamper,
        witnesses: client,
        authorities: authorities.length,
        folder,
        scopeOf: options.scopeOf,
      }),
      ...witnessRoutes({
        witness,
        records,
        folder: options.witnessFolder,
        onFork: (origin) => options.onError('fork', new Error(`${origin} shows two histories`)),
      }),
    ],
    async close() {
      heads.close()
      await client?.close()
      await stamper?.close()
      await nodeLedger.close()
    },
  }
}

function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map((block) => new X509Certificate(block))
}

/** @throws {NoteError} naming the setting that is not `URL VKEY` */
function peerOf(text: string): WitnessPeer {
  const [url = '', vkey = ''] = text.trim().split(/\s+/)
  return { url, key: parseVerifierKey(vkey) }
}
