import { randomBytes } from 'node:crypto'
import type { Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'
import type { Credentials } from '../http/serve.ts'
import { Audience } from './audience.ts'
import { Coalescer } from './coalescer.ts'
import type { Bye, Ready, Reset } from './contract.ts'
import { type Filter, filterKey } from './filter.ts'
import { frame, heartbeat, idOf, numberOf } from './frame.ts'
import type { LiveEvent, LiveSource } from './live-event.ts'
import type { MayReceive } from './may-receive.ts'
import { Ring, type RingLimits, type Told } from './ring.ts'
import { StreamClient } from './stream-client.ts'

export interface LiveStreamOptions {
  /** Who holds these credentials now; throws when they are not valid any more. */
  recognise(credentials: Credentials): Promise<Caller>
  mayReceive: MayReceive
  /** Open streams in all; default 2,000. */
  most?: number
  /** Open streams of one account, or of visitors from one address; default 100. */
  mostPerAccount?: number
  ring?: RingLimits
  /** Monotonic milliseconds; injected so that tests can move it. */
  now?: () => number
}

/** A reader who asks for a stream. */
export interface Asking {
  credentials: Credentials
  caller: Caller
  filter: Filter
  /** `Last-Event-ID` of a reader who comes back. */
  lastEventId?: string
}

const TICK_MS = 50
const HEARTBEAT_MS = 15_000
/** Identity may believe a login for a while without asking its store: both together stay under five seconds. */
const RECOGNISE_MS = 2_000
/** Sources go on for as long as somebody may come back for what was missed. */
const REMEMBERED_MS = 600_000
/** A piece of what was missed: events looked at, and bytes. */
const PIECE_EVENTS = 5_000
const PIECE_BYTES = 64 * 1024

/** What happens in the node, told to whoever listens (`SPEC.md`). */
export class LiveStream {
  readonly #options: LiveStreamOptions
  readonly #epoch = randomBytes(6).toString('base64url').replaceAll('-', '.')
  readonly #ring: Ring
  readonly #coalescer = new Coalescer<LiveEvent>((event) => this.#tell(event))
  readonly #sources: LiveSource[] = []
  readonly #audiences = new Map<string, Audience>()
  /** Open streams by account. */
  readonly #accounts = new Map<string, number>()
  readonly #timers: NodeJS.Timeout[] = []
  #open = 0
  #stops: (() => void)[] | null = null
  #deserted: number | null = null
  #flushing = false
  #recognising = false
  #closed = false

  constructor(options: LiveStreamOptions) {
    this.#options = options
    this.#ring = new Ring(options.ring)
  }

  get topics(): string[] {
    return this.#sources.map(({ topic }) => topic).sort()
  }

  /** Open streams now. */
  get open(): number {
    return this.#open
  }

  /** Adds a topic. Before the first reader comes. */
  addSource(source: LiveSource): void {
    this.#sources.push(source)
  }

  /** @throws a 503 problem when too many streams are open */
  stream(asking: Asking): StreamClient {
    const account = this.#admit(asking)
    this.#wake()
    const audience = this.#audienceOf(asking)
    const { lastEventId } = asking
    const from = lastEventId === undefined ? undefined : numberOf(this.#epoch, lastEventId)
    const resumed = from !== undefined && this.#ring.reaches(from)
    // Whatever is told from here on counts as missed until the reader has caught up.
    let place = resumed ? from : this.#ring.last
    const client: StreamClient = new StreamClient(
      {
        missed: () => {
          if (!this.#ring.reaches(place)) {
            place = this.#ring.last
            return Buffer.from(this.#reset('gone'))
          }
          const piece = this.#missed(audience, place)
          place = piece.place
          if (piece.text !== '') return Buffer.from(piece.text)
          if (place < this.#ring.last) return 'later'
          // What waits to be sent to the others was among the events just looked at.
          audience.flush()
          audience.live.add(client)
          return 'live'
        },
        tooSlow: () => Buffer.from(this.#reset('slow')),
        gone: () => this.#left(audience, client, account),
      },
      Buffer.from(this.#hello(asking, place, resumed)),
    )
    audience.members.add(client)
    return client
  }

  /** Says goodbye to everybody and stops the sources. */
  close(): void {
    this.#closed = true
    for (const audience of this.#audiences.values()) this.#dismiss(audience, 'stopping')
    this.#sleep()
  }

  #admit({ caller, credentials }: Asking): string | null {
    if (this.#closed) throw refuse(503, 'stopping', { headers: { 'retry-after': '2' } })
    const { most = 2_000, mostPerAccount = 100 } = this.#options
    const account = caller.limitKey === 'unlimited' ? null : (caller.id ?? credentials.address)
    const own = account === null ? 0 : (this.#accounts.get(account) ?? 0)
    if (this.#open >= most || own >= mostPerAccount)
      throw refuse(503, 'too-many-streams', {
        message: {
          vi:
            own >= mostPerAccount
              ? `Tài khoản hoặc địa chỉ này đang mở ${own} luồng trực tiếp, nhiều nhất được ${mostPerAccount}. Hãy đóng bớt trang rồi thử lại.`
              : `Nút đang phục vụ ${this.#open} luồng trực tiếp, không nhận thêm. Xin thử lại sau.`,
          en:
            own >= mostPerAccount
              ? `This account or address has ${own} live streams open, of at most ${mostPerAccount}. Close some pages and try again.`
              : `The node serves ${this.#open} live streams and takes no more. Try again later.`,
        },
        headers: { 'retry-after': '30' },
      })
    this.#open += 1
    if (account !== null) this.#accounts.set(account, own + 1)
    return account
  }

  #left(audience: Audience, client: StreamClient, account: string | null): void {
    audience.members.delete(client)
    audience.live.delete(client)
    // Streams that were sent away may close after others with the same key have come.
    if (audience.members.size === 0 && this.#audiences.get(audience.key) === audience)
      this.#audiences.delete(audience.key)
    this.#open -= 1
    if (this.#open === 0) this.#deserted = this.#now()
    if (account === null) return
    const left = this.#accounts.get(account)! - 1
    if (left > 0) this.#accounts.set(account, left)
    else this.#accounts.delete(account)
  }

  #audienceOf({ credentials, caller, filter }: Asking): Audience {
    const key = `${credentialsKey(credentials)} ${filterKey(filter)}`
    let audience = this.#audiences.get(key)
    if (!audience) {
      audience = new Audience(key, { credentials, caller }, filter, this.#options.mayReceive)
      this.#audiences.set(key, audience)
    }
    return audience
  }

  /** Starts sources and timers for the first reader after a silence. */
  #wake(): void {
    this.#deserted = null
    if (this.#stops) return
    this.#stops = this.#sources.map(({ topic, start }) =>
      start({
        event: (event) => this.#tell(event),
        latest: (key, make) => this.#coalescer.offer(`${topic} ${key}`, make, this.#now()),
      }),
    )
    this.#every(TICK_MS, () => this.#tick())
    this.#every(HEARTBEAT_MS, () => this.#beat())
    this.#every(RECOGNISE_MS, () => void this.#recognise())
  }

  #every(ms: number, work: () => void): void {
    this.#timers.push(setInterval(work, ms).unref())
  }

  #sleep(): void {
    for (const stop of this.#stops ?? []) stop()
    this.#stops = null
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
    this.#coalescer.clear()
    this.#ring.forget()
  }

  #tick(): void {
    const now = this.#now()
    this.#coalescer.tick(now)
    this.#ring.trim(now)
    if (this.#deserted !== null && now - this.#deserted > REMEMBERED_MS) this.#sleep()
  }

  #tell(event: LiveEvent): void {
    const told = this.#ring.add(event, this.#now())
    let text: string | null = null
    for (const audience of this.#audiences.values()) {
      if (!audience.receives(event)) continue
      text ??= this.#frame(told)
      audience.write(text)
    }
    if (text === null || this.#flushing) return
    // All that one commit brings leaves in one piece.
    this.#flushing = true
    setImmediate(() => {
      this.#flushing = false
      for (const audience of this.#audiences.values()) audience.flush()
    })
  }

  #missed(audience: Audience, from: number): { text: string; place: number } {
    let text = ''
    let place = from
    for (let looked = 0; looked < PIECE_EVENTS && text.length < PIECE_BYTES; looked += 1) {
      const told = this.#ring.after(place)
      if (!told) break
      place = told.n
      if (audience.receives(told.event)) text += this.#frame(told)
    }
    return { text, place }
  }

  /** Tells every reader how far the node is, so that whoever hears little can still come back where they left. */
  #beat(): void {
    const now = this.#now()
    const bytes = Buffer.from(heartbeat(this.#id(this.#ring.last)))
    for (const audience of this.#audiences.values()) {
      audience.flush()
      for (const client of audience.live) client.send(bytes)
      for (const client of audience.members) client.checkStuck(now)
    }
  }

  /** Asks anew who holds each login and token; sends away whose is not valid any more. */
  async #recognise(): Promise<void> {
    if (this.#recognising) return
    this.#recognising = true
    const known = new Map<string, Promise<Caller | null>>()
    try {
      for (const audience of this.#audiences.values()) {
        const { credentials, caller } = audience
        const key = credentialsKey(credentials)
        if (key === '') continue
        // A right that cannot be checked is none.
        if (!known.has(key))
          known.set(
            key,
            this.#options.recognise(credentials).catch(() => null),
          )
        const now = await known.get(key)!
        if (now === null || now.kind !== caller.kind || now.id !== caller.id)
          this.#dismiss(audience, 'signed-out')
        else audience.caller = now
      }
    } finally {
      this.#recognising = false
    }
  }

  #dismiss(audience: Audience, reason: Bye['reason']): void {
    audience.flush()
    this.#audiences.delete(audience.key)
    const bytes = Buffer.from(frame('bye', this.#id(this.#ring.last), { reason } satisfies Bye))
    for (const client of audience.members) client.finish(bytes)
  }

  #hello({ filter, lastEventId }: Asking, place: number, resumed: boolean): string {
    const ready: Ready = { topics: [...filter.topics].sort(), resumed }
    const hello = `retry: 2000\n${frame('ready', this.#id(place), ready)}`
    if (resumed || lastEventId === undefined) return hello
    return hello + this.#reset(numberOf(this.#epoch, lastEventId) === undefined ? 'restarted' : 'gone')
  }

  #reset(reason: Reset['reason']): string {
    return frame('reset', this.#id(this.#ring.last), { reason } satisfies Reset)
  }

  #frame({ n, event }: Told): string {
    return frame(event.name, this.#id(n), event.data())
  }

  #id(n: number): string {
    return idOf(this.#epoch, n)
  }

  #now(): number {
    return this.#options.now?.() ?? performance.now()
  }
}

/** '' for visitors, who need no recognition. A browser's other cookies say nothing about the login. */
function credentialsKey({ authorization, cookies }: Credentials): string {
  const logins = Object.entries(cookies).filter(([name]) => name.endsWith('nhip_login'))
  return authorization === undefined && logins.length === 0 ? '' : JSON.stringify([authorization, logins])
}
