import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Client } from 'aedes'
import type { Caller } from '../../http/caller.ts'
import type { Credentials } from '../../http/serve.ts'
import { FrameGuard } from './frame-guard.ts'
import { largestPayload } from './payload.ts'
import { outBranch, sourceName } from './topics.ts'
import type { Subscriber } from './values-out.ts'

/** Longest frame before a sender has signed in, and after: a payload that is only somewhat too long is answered, not cut off. */
const firstFrame = 8 * 1024
const largestFrame = 4 * largestPayload
/** Of a device that sends all the time it is asked ten times a second whether it still may. */
const believedMs = 100
const tcpKeepAliveMs = 60_000

/** One connection to the embedded broker: whose it is, and how its bytes are bounded. */
export class Connection implements Subscriber {
  readonly address: string
  username = ''
  readonly #socket: Socket
  readonly #guard = new FrameGuard(firstFrame)
  readonly #authenticate: (credentials: Credentials) => Promise<Caller>
  readonly #known: () => void
  readonly #secure: boolean
  #stranger = true
  #client: Client | null = null
  #token = ''
  #caller: Caller | null = null
  #askedAt = 0
  #asking: Promise<Caller> | null = null

  /** `known` is called once: when the sender has signed in, or is gone. */
  constructor(
    socket: Socket,
    authenticate: (credentials: Credentials) => Promise<Caller>,
    known: () => void,
  ) {
    this.#socket = socket
    this.#authenticate = authenticate
    this.#known = known
    this.address = socket.remoteAddress ?? ''
    this.#secure = socket instanceof TLSSocket
    socket.setNoDelay(true)
    // A device that has asked for no MQTT keep-alive may vanish as well.
    socket.setKeepAlive(true, tcpKeepAliveMs)
    const read = socket.read.bind(socket)
    socket.read = (size?: number) => {
      const bytes: Buffer | null = read(size)
      if (bytes === null || this.#guard.admit(bytes)) return bytes
      socket.destroy(new Error('frame too long'))
      return null
    }
  }

  attach(client: Client): void {
    this.#client = client
  }

  /** @throws when the token is not one of this user */
  async signIn(username: string, token: string): Promise<void> {
    this.username = sourceName(username)
    this.#token = token
    await this.caller()
    if (this.username === outBranch) throw new Error(`no source may be called ${outBranch}`)
    this.#guard.limit = largestFrame
    this.#familiar()
  }

  /** Who the sender was a moment ago; null when it is time to ask again. */
  get recent(): Caller | null {
    return performance.now() - this.#askedAt < believedMs ? this.#caller : null
  }

  /** As identity sees the sender now; the messages of one read ask together. @throws when the token is not valid any more */
  caller(): Promise<Caller> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async #ask(): Promise<Caller> {
    const caller = await this.#authenticate({
      authorization: `Bearer ${this.#token}`,
      cookies: {},
      address: this.address,
      secure: this.#secure,
    })
    if (caller.username !== this.username) throw new Error('the token belongs to another user')
    this.#caller = caller
    this.#askedAt = performance.now()
    return caller
  }

  send(topic: string, payload: string, first: boolean): void {
    this.#client?.publish(
      { cmd: 'publish', topic, payload, qos: 0, dup: false, retain: first },
      () => undefined,
    )
  }

  unread(): number {
    return this.#socket.writableLength
  }

  drop(): void {
    this.#socket.destroy()
  }

  closed(): void {
    this.#familiar()
  }

  #familiar(): void {
    if (this.#stranger) this.#known()
    this.#stranger = false
  }
}
