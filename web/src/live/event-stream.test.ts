import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventStreamReader } from './event-stream.ts'

const text = [
  'retry: 2000\n',
  'event: ready\nid: a-0\ndata: {"resumed":false}\n\n',
  'event: observation\nid: a-7\ndata: {"name":"Trạm Cầu Giấy"}\n\n',
  ': alive\nid: a-9\n\n',
].join('')

describe('reading a stream of events', () => {
  it('gives events by name with their body, and where the stream is also after a sign of life', () => {
    const reader = new EventStreamReader()
    expect(reader.read(text)).toEqual([
      { name: 'ready', data: { resumed: false } },
      { name: 'observation', data: { name: 'Trạm Cầu Giấy' } },
    ])
    expect(reader.lastEventId).toBe('a-9')
  })

  it('is the same however the network cuts it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const places = [0, ...[...cuts].sort((a, b) => a - b), text.length]
        const reader = new EventStreamReader()
        const events = places.flatMap((to, i) => (i === 0 ? [] : reader.read(text.slice(places[i - 1], to))))
        expect(events).toHaveLength(2)
        expect(reader.lastEventId).toBe('a-9')
      }),
    )
  })
})
