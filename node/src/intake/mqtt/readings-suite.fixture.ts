import { setTimeout as wait } from 'node:timers/promises'
import type { MqttClient } from 'mqtt'
import { describe, expect, test } from 'vitest'
import { station, type TestNode } from '../test-node.fixture.ts'
import type { Report, Sources } from './sources.ts'

/** A door that readings come by, as these tests use it. */
export interface ReadingsDoor {
  known: TestNode
  sources: Sources
  connect(username: string): Promise<MqttClient>
  /** Resolves when the node has stored or refused what was sent, or cannot say. */
  send(client: MqttClient, topic: string, payload: string | Buffer, qos?: 0 | 1 | 2): Promise<unknown>
}

export const pm25 = `nhip/v1/tram-01/o/${station}/pm25`

/** What a source has sent so far, and what became of it. */
export function countsOf(sources: Sources, source: string) {
  const { messages, accepted, unchanged, rejected, lost } = sources.of(source).counts
  return { messages, accepted, unchanged, rejected, lost }
}

/** The versions that hold of a station's PM2.5, or of another series. */
export function storedIn({ node }: TestNode, entity = station, property = 'pm25') {
  const series = { dataset: 'air', entity, property, breakdown: '' }
  return node.observations.versions({ ...series, limit: 100, currentOnly: true })
}

export async function until(holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = performance.now() + ms
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come to hold in time')
    await wait(10)
  }
}

/** Reports that a source is sent from now on. */
async function reportsOf(client: MqttClient, source: string): Promise<Report[]> {
  const reports: Report[] = []
  client.on('message', (topic, payload) => {
    if (topic === `nhip/v1/${source}/error`) reports.push(JSON.parse(payload.toString()) as Report)
  })
  await client.subscribeAsync(`nhip/v1/${source}/error`)
  return reports
}

/** What holds of readings by MQTT whichever broker they come by. The door is there when the tests run. */
export function readingsByMqtt(door: () => ReadingsDoor): void {
  const connect = (username: string) => door().connect(username)
  const send: ReadingsDoor['send'] = (...message) => door().send(...message)
  const counts = (source: string) => countsOf(door().sources, source)
  const stored = (entity?: string, property?: string) => storedIn(door().known, entity, property)

  describe('readings', () => {
    test('a reading that is acknowledged is stored, with its source and its unit of measure', async () => {
      const client = await connect('tram-01')
      await send(client, pm25, '{"v":41.2,"at":"2026-11-21T08:00:00+07:00","u":"mg/m3"}')
      const [row] = await stored()
      expect(row).toMatchObject({
        value: 41_200,
        source: 'mqtt:tram-01',
        from: Date.parse('2026-11-21T01:00:00Z'),
      })
    })

    test('a bare number has the time of its arrival', async () => {
      const before = Date.now()
      await send(await connect('tram-01'), pm25, '17')
      const [row] = await stored()
      expect(row).toMatchObject({ value: 17 })
      expect(row!.quality & 64).toBe(64)
      expect(row!.from).toBeGreaterThanOrEqual(before)
    })

    test('what is sent again changes nothing', async () => {
      const client = await connect('tram-01')
      const payload = '{"v":5,"at":"2026-11-20T08:00:00+07:00"}'
      const start = counts('tram-01')
      for (const qos of [1, 1, 2, 0] as const) await send(client, pm25, payload, qos)
      await until(() => counts('tram-01').messages === start.messages + 4)
      await until(() => counts('tram-01').unchanged === start.unchanged + 3)
      expect(counts('tram-01').accepted).toBe(start.accepted + 1)
    })

    test('identifiers may hold the characters that mean something to MQTT', async () => {
      const entity = 'urn:nhip:AirStation:a/b+c#d%e'
      await send(
        await connect('tram-01'),
        'nhip/v1/tram-01/o/urn:nhip:AirStation:a%2Fb%2Bc%23d%25e/pm25',
        '3',
      )
      expect(await stored(entity)).toMatchObject([{ value: 3 }])
    })

    test('texts, ratios and reasons for a missing value are readings too', async () => {
      const client = await connect('tram-01')
      await send(
        client,
        `nhip/v1/tram-01/o/${station}/state`,
        '{"t":"đang bảo trì","at":"2026-11-01T00:00:00+07:00"}',
      )
      await send(client, `nhip/v1/tram-01/o/${station}/share`, '{"n":3,"d":4,"from":"2026-10"}')
      await send(
        client,
        `nhip/v1/tram-01/o/${station}/share`,
        '{"s":"O","t":"chưa nộp báo cáo","from":"2026-09"}',
      )
      expect(await stored(station, 'state')).toMatchObject([{ text: 'đang bảo trì' }])
      expect(await stored(station, 'share')).toMatchObject([
        { status: 'O', text: 'chưa nộp báo cáo' },
        { value: 0.75, num: 3, den: 4 },
      ])
    })

    test('a batch is stored whole or not at all, or in part when it says so', async () => {
      const client = await connect('tram-01')
      const reports = await reportsOf(client, 'tram-01')
      const good = { entity: station, property: 'pm25', at: '2026-10-01T00:00:00+07:00', value: 1 }
      const batch = (partial?: boolean) =>
        JSON.stringify({
          dataset: 'air',
          observations: [good, { ...good, entity: 'urn:nhip:no:one' }],
          partial,
        })
      const start = counts('tram-01')
      await send(client, 'nhip/v1/tram-01/batch', batch())
      expect(counts('tram-01')).toMatchObject({ accepted: start.accepted, rejected: start.rejected + 2 })
      await send(client, 'nhip/v1/tram-01/batch', batch(true))
      expect(counts('tram-01')).toMatchObject({ accepted: start.accepted + 1, rejected: start.rejected + 3 })
      await until(() => reports.length === 2)
      expect(reports[0]!.errors[0]).toMatchObject({
        code: 'unknown-entity',
        value: 'urn:nhip:no:one',
        path: '/observations/1',
      })
    })
  })

  describe('what is wrong', () => {
    test('is acknowledged, counted and reported with its place, and nothing of it is stored', async () => {
      const wrong: [code: string, payload: string, topic?: string][] = [
        ['payload-unreadable', 'nonsense'],
        ['payload-unreadable', '41,2'],
        ['payload-unreadable', ''],
        ['payload-too-large', '1'.repeat(64 * 1024 + 1)],
        ['not-a-number', '{"v":1e999}'],
        ['time-unreadable', '{"v":1,"at":"2026-11-20T00:00:00"}'],
        ['quantity.uom', '{"v":1,"u":"smoots"}'],
        ['unknown-dataset', '{"v":1,"ds":"no-such"}'],
        ['unknown-entity', '1', 'nhip/v1/tram-01/o/urn:nhip:AirStation:999/pm25'],
        ['not-in-one-dataset', '1', `nhip/v1/tram-01/o/${station}/co2`],
      ]
      const client = await connect('tram-01')
      const reports = await reportsOf(client, 'tram-01')
      const before = await door().known.node.observations.contentHash()
      const { rejected } = counts('tram-01')
      for (const [, payload, topic = pm25] of wrong) await send(client, topic, payload)
      expect(counts('tram-01').rejected).toBe(rejected + wrong.length)
      await until(() => reports.flatMap(({ errors }) => errors).length === wrong.length)
      expect(reports.flatMap(({ errors }) => errors).map(({ code, topic }) => [code, topic])).toEqual(
        wrong.map(([code, , topic = pm25]) => [code, topic]),
      )
      for (const { message } of reports.flatMap(({ errors }) => errors))
        expect(message.vi).not.toBe(message.en)
      expect(await door().known.node.observations.contentHash()).toBe(before)
    })

    test('a device that sends nothing but nonsense is told so now and then, with the number of the rest', async () => {
      const client = await connect('tram-02')
      const reports = await reportsOf(client, 'tram-02')
      await Promise.all(
        Array.from({ length: 200 }, () => send(client, `nhip/v1/tram-02/o/${station}/pm25`, 'x')),
      )
      await until(() => reports.reduce((n, { errors, more }) => n + errors.length + more, 0) === 200)
      expect(reports.length).toBeLessThanOrEqual(3)
    })

    test('a wrong reading does not hold up the right ones beside it', async () => {
      const client = await connect('tram-01')
      const at = (hour: number) => `"at":"2026-09-01T${String(hour).padStart(2, '0')}:00:00+07:00"`
      const start = counts('tram-01')
      await Promise.all(
        Array.from({ length: 24 }, (_, hour) =>
          send(client, pm25, hour % 3 === 0 ? `{"v":1,"u":"kg",${at(hour)}}` : `{"v":1,${at(hour)}}`),
        ),
      )
      expect(counts('tram-01')).toMatchObject({ accepted: start.accepted + 16, rejected: start.rejected + 8 })
    })
  })
}
