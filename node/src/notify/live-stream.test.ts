import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { anonymous, type Caller } from '../http/caller.ts'
import type { HttpProblem } from '../http/problem.ts'
import type { Filter } from './filter.ts'
import type { About, LiveSource, Publish } from './live-event.ts'
import { type Asking, LiveStream, type LiveStreamOptions } from './live-stream.ts'

interface Heard {
  event: string
  id: string
  data: unknown
}

/** Reads a stream as a browser does. */
class Reader {
  readonly events: Heard[] = []
  /** Kept from one connection to the next, as an EventSource does, also when the next hears nothing. */
  lastEventId: string | undefined
  ended = false
  comments = 0
  readonly body: Readable
  #rest = ''

  constructor(body: Readable, lastEventId?: string) {
    this.body = body
    this.lastEventId = lastEventId
    body.on('data', (bytes: Buffer) => this.#take(bytes.toString()))
    body.on('close', () => {
      this.ended = true
    })
  }

  named(name: string): unknown[] {
    return this.events.filter(({ event }) => event === name).map(({ data }) => data)
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split('\n\n')
    this.#rest = blocks.pop()!
    for (const block of blocks) {
      const fields = new Map(
        block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      )
      if (fields.has('')) this.comments += 1
      this.lastEventId = fields.get('id') ?? this.lastEventId
      const event = fields.get('event')
      if (event !== undefined)
        this.events.push({ event, id: fields.get('id')!, data: JSON.parse(fields.get('data')!) })
    }
  }
}

/** A node's stream with one topic that the test feeds. */
function bench(more: Partial<LiveStreamOptions> = {}) {
  let publish: Publish | undefined
  const source: LiveSource = {
    topic: 'observations',
    start(given) {
      publish = given
      return () => {
        publish = undefined
      }
    },
  }
  const live = new LiveStream({
    recognise: async () => anonymous,
    mayReceive: () => true,
    ...more,
  })
  live.addSource(source)
  const open = (asking: Partial<Asking> = {}) =>
    new Reader(live.stream({ ...visitor, ...asking }), asking.lastEventId)
  const tell = (value: unknown, about: About = { dataset: 'air' }) =>
    publish?.event({ topic: 'observations', name: 'observation', about, data: () => value })
  return { live, open, tell, running: () => publish !== undefined }
}

const everything: Filter = {
  topics: new Set(['observations']),
  datasets: null,
  entities: null,
  properties: null,
  units: null,
}
const visitor: Asking = {
  credentials: { authorization: undefined, cookies: {}, address: '10.0.0.9' } as Asking['credentials'],
  caller: anonymous,
  filter: everything,
}
const person = (id: string): Caller => ({ ...anonymous, kind: 'user', id, username: id, limitKey: id })
const login = (secret: string): Asking['credentials'] => ({
  ...visitor.credentials,
  cookies: { nhip_login: secret },
})
const settled = async () => {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('coming back', () => {
  test('what was missed is told once and in order, then what happens', async () => {
    const { open, tell } = bench()
    const first = open()
    tell(1)
    tell(2)
    await settled()
    first.body.destroy()
    tell(3)
    const second = open({ lastEventId: first.lastEventId! })
    tell(4)
    await settled()
    tell(5)
    await settled()
    expect(first.named('observation')).toEqual([1, 2])
    expect(second.events[0]).toMatchObject({ event: 'ready', data: { resumed: true } })
    expect(second.named('observation')).toEqual([3, 4, 5])
  })

  test('in any program of telling, leaving and coming back nobody misses anything or hears it twice', async () => {
    const action = fc.oneof(
      { weight: 4, arbitrary: fc.constant('tell') },
      fc.constantFrom('0 leaves', '1 leaves', '0 comes', '1 comes', 'time passes'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (program) => {
        const { live, open, tell } = bench()
        const topics = [{}, { filter: { ...everything, datasets: new Set(['air']) } }]
        const readers = topics.map((asking) => ({ asking, at: open(asking), heard: [] as unknown[] }))
        await settled()
        let value = 0
        for (const step of program) {
          const reader = readers[Number(step[0])]
          if (step === 'tell') {
            value += 1
            tell(value, { dataset: value % 3 === 0 ? 'rain' : 'air' })
          } else if (step === 'time passes') await settled()
          else if (reader && step.endsWith('leaves')) reader.at.body.destroy()
          else if (reader?.at.body.destroyed) {
            reader.heard.push(...reader.at.named('observation'))
            reader.at = open({ ...reader.asking, lastEventId: reader.at.lastEventId! })
          }
        }
        const told = Array.from({ length: value }, (_, i) => i + 1)
        for (const [i, reader] of readers.entries()) {
          if (reader.at.body.destroyed) {
            reader.heard.push(...reader.at.named('observation'))
            reader.at = open({ ...reader.asking, lastEventId: reader.at.lastEventId! })
          }
          await settled()
          reader.heard.push(...reader.at.named('observation'))
          expect(reader.heard).toEqual(i === 0 ? told : told.filter((n) => n % 3 !== 0))
          expect(reader.at.named('reset')).toEqual([])
        }
        live.close()
      }),
      { numRuns: 60 },
    )
  })

  test('what lies further back than the ring is a reset', async () => {
    const { open, tell } = bench({ ring: { most: 5, ageMs: 60_000 } })
    const first = open()
    await settled()
    first.body.destroy()
    for (let i = 0; i < 6; i += 1) tell(i)
    const second = open({ lastEventId: first.lastEventId! })
    tell(7)
    await settled()
    expect(second.named('reset')).toEqual([{ reason: 'gone' }])
    expect(second.named('observation')).toEqual([7])
  })

  test('an id of an earlier run of the node is a reset, also when its number would fit', async () => {
    const before = bench()
    const first = before.open()
    before.tell(1)
    await settled()
    const after = bench()
    after.open()
    after.tell(10)
    after.tell(20)
    const second = after.open({ lastEventId: first.lastEventId! })
    const third = after.open({ lastEventId: 'no id at all' })
    await settled()
    expect(second.named('reset')).toEqual([{ reason: 'restarted' }])
    expect(second.named('observation')).toEqual([])
    expect(third.named('reset')).toEqual([{ reason: 'restarted' }])
  })
})

describe('a reader who takes too little', () => {
  test('is told to read anew once a megabyte waits, and hears what happens from then on', async () => {
    const { live, tell } = bench()
    const body = live.stream(visitor)
    const text = 'x'.repeat(10_000)
    // One look, so that the stream is open, and then nothing is taken.
    await settled()
    body.read()
    await settled()
    for (let i = 0; i < 500; i += 1) {
      tell(text)
      if (i % 10 === 0) await settled()
      expect(body.unsent).toBeLessThan(1024 * 1024 + 200_000)
    }
    const reader = new Reader(body)
    tell('after')
    await settled()
    expect(reader.named('reset').length).toBeGreaterThanOrEqual(1)
    expect(reader.named('reset')[0]).toEqual({ reason: 'slow' })
    const order = reader.events.map(({ event, data }) => (data === 'after' ? 'after' : event))
    expect(order.lastIndexOf('reset')).toBeLessThan(order.indexOf('after'))
  })
})

describe('rights', () => {
  test('are asked for every event: a dataset that is closed falls silent at once', async () => {
    let open = true
    const bound = bench({ mayReceive: (_caller, { dataset }) => dataset !== 'health' || open })
    const reader = bound.open()
    bound.tell(1, { dataset: 'health' })
    await settled()
    open = false
    bound.tell(2, { dataset: 'health' })
    bound.tell(3, { dataset: 'air' })
    const back = bound.open({ lastEventId: reader.events[0]!.id })
    await settled()
    expect(reader.named('observation')).toEqual([1, 3])
    expect(back.named('observation')).toEqual([3])
  })

  test('streams of several people with the same filter are judged one by one', async () => {
    const bound = bench({ mayReceive: (caller, { dataset }) => dataset === 'air' || caller.id === 'lan' })
    const lan = bound.open({ caller: person('lan'), credentials: login('1') })
    const minh = bound.open({ caller: person('minh'), credentials: login('2') })
    const nobody = bound.open()
    bound.tell(1, { dataset: 'health' })
    bound.tell(2)
    await settled()
    expect([lan, minh, nobody].map((reader) => reader.named('observation'))).toEqual([[1, 2], [2], [2]])
  })

  test('a stream that does not name a dataset is known to the rule', async () => {
    const bound = bench({ mayReceive: (_caller, _about, named) => named })
    const all = bound.open()
    const naming = bound.open({ filter: { ...everything, datasets: new Set(['air']) } })
    bound.tell(1)
    await settled()
    expect([all.named('observation'), naming.named('observation')]).toEqual([[], [1]])
  })
})

describe('with time', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }))
  afterEach(() => void vi.useRealTimers())
  const pass = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms)
    await settled()
  }

  test('a login that ended closes its streams within five seconds, those of others stay', async () => {
    const held = new Map([
      ['1', person('lan')],
      ['2', person('minh')],
    ])
    const bound = bench({
      recognise: async ({ cookies }) => held.get(cookies.nhip_login ?? '') ?? anonymous,
    })
    const lan = bound.open({ caller: person('lan'), credentials: login('1') })
    const minh = bound.open({ caller: person('minh'), credentials: login('2') })
    const nobody = bound.open()
    await pass(4_000)
    held.delete('1')
    await pass(5_000)
    bound.tell(1)
    await settled()
    expect([lan.ended, minh.ended, nobody.ended]).toEqual([true, false, false])
    expect(lan.events.at(-1)).toMatchObject({ event: 'bye', data: { reason: 'signed-out' } })
    expect([lan, minh, nobody].map((reader) => reader.named('observation'))).toEqual([[], [1], [1]])
  })

  test('one that was sent away and closes late takes nothing from who comes back with the same cookie', async () => {
    let holder = person('lan')
    const { live, open, tell } = bench({ recognise: async () => holder })
    const slow = live.stream({ ...visitor, caller: holder, credentials: login('1') })
    holder = anonymous
    await pass(2_000)
    const back = open({ credentials: login('1') })
    slow.destroy()
    await settled()
    tell(1)
    await settled()
    expect(back.named('observation')).toEqual([1])
  })

  test('a token that identity refuses, or cannot look up, closes its streams', async () => {
    const bound = bench({
      recognise: async () => {
        throw new Error('the store is away')
      },
    })
    const reader = bound.open({
      caller: { ...person('lan'), kind: 'token' },
      credentials: { ...visitor.credentials, authorization: 'Bearer abc' },
    })
    await pass(5_000)
    expect(reader.ended).toBe(true)
  })

  test('changed memberships hold for the next event without a new stream', async () => {
    let permissions = new Set(['restricted.read'])
    const now = (): Caller => ({ ...person('lan'), permissions })
    const bound = bench({
      recognise: async () => now(),
      mayReceive: (caller) => caller.permissions.has('restricted.read'),
    })
    const reader = bound.open({ caller: now(), credentials: login('1') })
    bound.tell(1)
    permissions = new Set()
    await pass(3_000)
    bound.tell(2)
    await settled()
    expect([reader.named('observation'), reader.ended]).toEqual([[1], false])
  })

  test('a silent stream says every fifteen seconds that it lives, and how far the node is', async () => {
    const bound = bench({ mayReceive: () => false })
    const reader = bound.open()
    await settled()
    bound.tell(1)
    await pass(15_000)
    expect([reader.comments, reader.lastEventId?.endsWith('-1')]).toEqual([1, true])
  })

  test('sources run while somebody listens and ten minutes longer; later nobody can go on where they left', async () => {
    const bound = bench()
    expect(bound.running()).toBe(false)
    const first = bound.open()
    await settled()
    expect(bound.running()).toBe(true)
    first.body.destroy()
    await pass(590_000)
    bound.tell(1)
    const second = bound.open({ lastEventId: first.lastEventId! })
    await settled()
    expect(second.named('observation')).toEqual([1])
    second.body.destroy()
    await pass(601_000)
    expect(bound.running()).toBe(false)
    const third = bound.open({ lastEventId: second.lastEventId! })
    await settled()
    expect(third.named('reset')).toEqual([{ reason: 'gone' }])
  })

  test('a reader who takes nothing for a minute is cut off', async () => {
    const bound = bench()
    const body = bound.live.stream(visitor)
    await settled()
    for (let i = 0; i < 20; i += 1) bound.tell('x'.repeat(20_000))
    await pass(100_000)
    expect([body.destroyed, bound.live.open]).toEqual([true, 0])
  })
})

describe('limits', () => {
  test('per account, per address of visitors, and in all; what is closed counts no more', async () => {
    const { live, open } = bench({ most: 4, mostPerAccount: 2 })
    const refusal = (asking: Partial<Asking>) => {
      try {
        open(asking)
      } catch (error) {
        return [(error as HttpProblem).status, (error as HttpProblem).code]
      }
      return 'open'
    }
    const lan = { caller: person('lan'), credentials: login('1') }
    open(lan)
    const second = open(lan)
    expect(refusal(lan)).toEqual([503, 'too-many-streams'])
    open()
    expect(refusal({})).toBe('open')
    expect(refusal({ caller: person('minh') })).toEqual([503, 'too-many-streams'])
    second.body.destroy()
    await settled()
    expect(live.open).toBe(3)
    expect(refusal(lan)).toBe('open')
  })

  test('a node that stops says goodbye, ends every stream and opens none', async () => {
    const { live, open, tell } = bench()
    const reader = open()
    await settled()
    tell(1)
    live.close()
    await sleep(20)
    expect(reader.named('observation')).toEqual([1])
    expect([reader.events.at(-1)!.event, reader.ended]).toEqual(['bye', true])
    expect(() => open()).toThrow('stopping')
  })
})
