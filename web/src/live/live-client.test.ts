import { afterEach, expect, it } from 'vitest'
import type { StreamEvent } from './event-stream.ts'
import { waitMs } from './link.ts'
import { LiveClient } from './live-client.ts'

/** A node with a stream: it keeps what it told and goes on behind Last-Event-ID, as the real one does. */
class Node {
  readonly told: string[] = []
  /** Addresses that were asked for, with the place to go on from. */
  readonly asked: { address: string; after: string | undefined }[] = []
  readonly #open = new Set<ReadableStreamDefaultController<Uint8Array>>()
  away = false

  fetch = (async (address: string, init: RequestInit) => {
    if (this.away) throw new TypeError('Failed to fetch')
    const after = (init.headers as Record<string, string>)['Last-Event-ID']
    this.asked.push({ address, after })
    let own: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller
        this.#open.add(controller)
        this.#send(controller, 'ready', `run-${this.told.length}`, { resumed: after !== undefined })
        const from = after === undefined ? this.told.length : Number(after.split('-')[1])
        for (const [i, value] of this.told.slice(from).entries())
          this.#send(controller, 'observation', `run-${from + i + 1}`, value)
      },
      cancel: () => void this.#open.delete(own),
    })
    init.signal?.addEventListener('abort', () => {
      if (this.#open.delete(own)) own.error(new DOMException('aborted', 'AbortError'))
    })
    return new Response(body)
  }) as unknown as typeof fetch

  get streams(): number {
    return this.#open.size
  }

  tell(value: string): void {
    this.told.push(value)
    for (const one of this.#open) this.#send(one, 'observation', `run-${this.told.length}`, value)
  }

  stop(): void {
    this.away = true
    for (const one of this.#open) one.close()
    this.#open.clear()
  }

  #send(to: ReadableStreamDefaultController<Uint8Array>, name: string, id: string, data: unknown): void {
    to.enqueue(new TextEncoder().encode(`event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`))
  }
}

/** Locks of one browser: granted one after the other, as `navigator.locks` does. */
class Locks {
  #last: Promise<unknown> = Promise.resolve()
  request = ((_name: string, { signal }: { signal: AbortSignal }, work: () => Promise<void>) => {
    const mine = this.#last.then(() => (signal.aborted ? undefined : work()))
    this.#last = mine
    return mine
  }) as unknown as LockManager['request']
}

let browser = 0
const open: LiveClient[] = []
afterEach(() => {
  for (const tab of open.splice(0)) tab.stop()
})

function tabsOf(node: Node, count: number, meeting = true) {
  const locks = new Locks()
  browser += 1
  return Array.from({ length: count }, () => {
    const meet = () => ({ locks, channel: new BroadcastChannel(`test ${browser}`) })
    const tab = new LiveClient(
      { fetch: node.fetch, random: () => 0, wait: () => new Promise((resolve) => setTimeout(resolve, 5)) },
      meeting ? meet() : null,
    )
    const heard: unknown[] = []
    tab.hear((events: readonly StreamEvent[]) =>
      heard.push(...events.filter(({ name }) => name === 'observation').map(({ data }) => data)),
    )
    tab.start()
    open.push(tab)
    return { tab, heard }
  })
}

const until = async (holds: () => boolean) => {
  for (let i = 0; i < 200 && !holds(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(holds()).toBe(true)
}

it('all tabs of a browser hear the same over one connection, wide enough for what each of them shows', async () => {
  const node = new Node()
  const [first, second] = tabsOf(node, 2)
  first!.tab.want({ dataset: 'air', property: 'pm25' })
  second!.tab.want({ dataset: 'rain', property: 'rain-rate' })
  await until(() => node.asked.length > 0 && second!.tab.state.link === 'live')
  expect(node.asked.at(-1)!.address).toContain('dataset=air%2Crain&property=pm25%2Crain-rate')
  node.tell('a')
  node.tell('b')
  await until(() => second!.heard.length === 2)
  expect([first!.heard, second!.heard, node.streams]).toEqual([['a', 'b'], ['a', 'b'], 1])
})

it('when the tab with the connection closes another goes on at the same place', async () => {
  const node = new Node()
  const [first, second] = tabsOf(node, 2)
  await until(() => first!.tab.state.link === 'live')
  node.tell('a')
  await until(() => second!.heard.length === 1)
  first!.tab.stop()
  node.tell('told to nobody')
  await until(() => second!.heard.length === 2)
  node.tell('c')
  await until(() => second!.heard.length === 3)
  expect(second!.heard).toEqual(['a', 'told to nobody', 'c'])
  expect(node.asked.at(-1)!.after).toBe('run-1')
})

it('a node that went away is said to be lost in every tab, and live again once it is back, with what was missed', async () => {
  const node = new Node()
  const [first, second] = tabsOf(node, 2)
  await until(() => second!.tab.state.link === 'live')
  node.tell('a')
  await until(() => first!.heard.length === 1)
  node.stop()
  await until(() => first!.tab.state.link === 'lost' && second!.tab.state.link === 'lost')
  node.told.push('while away')
  node.away = false
  await until(() => second!.tab.state.link === 'live' && second!.heard.length === 2)
  expect([first!.heard, second!.heard]).toEqual([
    ['a', 'while away'],
    ['a', 'while away'],
  ])
})

it('without locks, as on plain http, each tab has its own connection', async () => {
  const node = new Node()
  const tabs = tabsOf(node, 2, false)
  await until(() => node.streams === 2)
  node.tell('a')
  await until(() => tabs.every(({ heard }) => heard.length === 1))
})

it('tries again sooner at first, ten seconds apart at most, and not all screens at once', () => {
  expect([0, 1, 2, 3, 4, 10].map((tries) => waitMs(tries, 1))).toEqual([
    1000, 2000, 4000, 8000, 10_000, 10_000,
  ])
  expect(waitMs(3, 0)).toBe(4000)
})
