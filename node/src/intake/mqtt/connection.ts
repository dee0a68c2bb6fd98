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

  /** As identity sees the sender now: a right that was taken away is gone with the next message. @throws without a valid token */
  async caller(): Promise<Caller> {
    const caller = await this.#authenticate({
      authorization: `Bearer ${this.#token}`,
      cookies: {},
      address: this.address,
      secure: this.#secure,
    })
    if (caller.username !== this.username) throw new Error('the token belongs to another user')
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
