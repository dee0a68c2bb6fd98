import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { DoorState, Health } from './contract.ts'
import { preferredLanguage } from './language.ts'
import { listen } from './listening.ts'
import { HttpProblem } from './problem.ts'

export interface DoorOptions {
  host: string
  /** 0 for any free port. */
  port: number
  tls?: { cert: string; key: string }
  /** What `/healthz` says before the application is attached and while it stops. */
  health(state: 'starting' | 'stopping', uptimeS: number): Health
  /** Told of what fails while the door is open; the door goes on. */
  onFault(error: Error): void
}

/**
 * The listening socket. It opens before the stores do, so that whoever asks early is told `starting` instead of finding
 * nobody; the application is put behind it when it is ready.
 */
export interface Door {
  url: string
  server: Server
  state(): DoorState
  /** From now on requests go to the application. */
  attach(application: (request: IncomingMessage, response: ServerResponse) => void): void
  /** From now on new requests get 503 `stopping`; those in flight go on. Resolves when they are done or after `graceMs`. */
  drain(graceMs: number): Promise<void>
}

/** @throws an error with code `EADDRINUSE` when the port is taken. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const startedAt = Date.now()
  let application: ((request: IncomingMessage, response: ServerResponse) => void) | null = null
  let stopping = false
  let inFlight = 0
  let whenIdle: (() => void) | null = null
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    if (!application || stopping) {
      const state = stopping ? 'stopping' : 'starting'
      notReady(request, response, state, options.health(state, Math.round((Date.now() - startedAt) / 1000)))
      return
    }
    inFlight += 1
    response.once('close', () => {
      inFlight -= 1
      if (inFlight === 0) whenIdle?.()
    })
    application(request, response)
  }
  const server = options.tls
    ? createTlsServer({ cert: readFileSync(options.tls.cert), key: readFileSync(options.tls.key) }, handle)
    : createServer(handle)
  // A client on a slow line may take a while to send 200 MB, but not to send its headers.
  server.requestTimeout = 15 * 60_000
  server.headersTimeout = 20_000
  server.keepAliveTimeout = 65_000
  const { place, state } = await listen(server, options, options.onFault)
  return {
    url: `${options.tls ? 'https' : 'http'}://${place}`,
    state,
    server,
    attach(next) {
      application = next
    },
    async drain(graceMs) {
      stopping = true
      server.close()
      server.closeIdleConnections()
      if (inFlight > 0) {
        await new Promise<void>((resolve) => {
          whenIdle = resolve
          setTimeout(resolve, graceMs).unref()
        })
      }
      server.closeAllConnections()
    },
  }
}

function notReady(
  request: IncomingMessage,
  response: ServerResponse,
  state: 'starting' | 'stopping',
  healthNow: Health,
): void {
  const lang = preferredLanguage(request.headers['accept-language'])
  const health = request.url === '/healthz' || request.url === '/readyz'
  const body = health ? healthNow : new HttpProblem(503, state).document(lang, request.url)
  response.writeHead(503, {
    'content-type': health ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8',
    'retry-after': '1',
    'cache-control': 'no-store',
    'content-language': lang,
    ...(state === 'stopping' ? { connection: 'close' } : {}),
  })
  response.end(JSON.stringify(body))
}
