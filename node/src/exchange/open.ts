import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Route } from '../http/declare.ts'
import type { Records } from '../records/contract.ts'
import { NodeLedger } from './node-ledger.ts'
import { exchangeRoutes } from './routes.ts'
import { Stamper } from './stamp.ts'

export interface ExchangeOptions {
  /** `DIR/ledger` */
  folder: string
  nodeId: string
  records: Records
  /** Addresses of time-stamping authorities, tried in turn; none: no stamps. */
  authorities: readonly string[]
  /** PEM file with the certificates that the authorities' ones must lead to. */
  anchors: string | undefined
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
  const nodeLedger = await NodeLedger.open({
    ...options,
    onError: (error) => options.onError('ledger', error),
  })
  const stamper =
    authorities.length === 0
      ? undefined
      : new Stamper({
          ledger: nodeLedger.ledger,
          records,
          folder,
          authorities,
          anchors,
          onError: (authority, error) => options.onError(`stamp ${authority}`, error),
        })
  return {
    nodeLedger,
    routes: () => exchangeRoutes({ records, nodeLedger, stamper, authorities: authorities.length, folder }),
    async close() {
      await stamper?.close()
      await nodeLedger.close()
    },
  }
}

function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map((block) => new X509Certificate(block))
}
