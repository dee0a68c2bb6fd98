import type { AddressInfo, Server } from 'node:net'
import type { DoorState } from './contract.ts'

/** After its last error a door counts as faulty for this long: nobody says when the system has descriptors again. */
const faultyMs = 60_000

/** A server that listens, and goes on listening when the system refuses it a connection. */
export interface Listening {
  /** `host:port`, an IPv6 host in brackets. */
  place: string
  state(): DoorState
}

/**
 * Has a server listen. What fails later, such as a connection that no descriptor is left for (`EMFILE`), is told to
 * `onFault` and kept for the state: without a listener Node would end the whole program for it.
 *
 * @throws an error with code `EADDRINUSE` when the port is taken
 */
export async function listen(
  server: Server,
  where: { host: string; port: number },
  onFault: (error: Error) => void,
  now: () => number = Date.now,
): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      resolve()
    })
  })
  let fault: { at: number; detail: string } | null = null
  server.on('error', (error: NodeJS.ErrnoException) => {
    const at = now()
    fault = { at, detail: `${error.code ?? error.message}, ${new Date(at).toISOString()}` }
    onFault(error)
  })
  const { port, address, family } = server.address() as AddressInfo
  return {
    place: `${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    state() {
      const detail = fault === null ? {} : { detail: fault.detail }
      if (!server.listening) return { status: 'closed', ...detail }
      return { status: fault !== null && now() - fault.at < faultyMs ? 'faulty' : 'open', ...detail }
    },
  }
}
