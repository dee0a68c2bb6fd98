import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppendFile } from './append-file.ts'
import { AppendLog, readAppendLog } from './append-log.ts'
import { writeFully } from './checked-write.ts'
import { Damaged, DiskFull, SyncFailed } from './durable-error.ts'
import { type Fault, FaultyFileSystem } from './faulty-file-system.ts'
import { readWhole } from './file-system.ts'
import { SimulatedDisk } from './simulated-disk.ts'

function record(i: number): Uint8Array {
  return new TextEncoder().encode(`record ${i} ${'x'.repeat((i * 131) % 900)}`)
}

function numbers(records: readonly Uint8Array[]): number[] {
  return records.map((r) => {
    const i = Number(new TextDecoder().decode(r).split(' ')[1])
    expect(r).toEqual(record(i))
    return i
  })
}

/** A small generator that is good enough to choose which sectors survive. */
function chooser(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

/** Opens the log, appends 12 records in three waves, closes. The numbers that were acknowledged. */
async function work(fs: FaultyFileSystem): Promise<{ acknowledged: number[]; error: unknown }> {
  const acknowledged: number[] = []
  let error: unknown
  try {
    const log = await AppendLog.open(fs, '/log')
    for (const wave of [[0, 1, 2, 3, 4], [5], [6, 7, 8, 9, 10, 11]]) {
      await Promise.all(wave.map((i) => log.append(record(i)).then(() => acknowledged.push(i))))
    }
    await log.close()
  } catch (e) {
    error = e
  }
  await new Promise((resolve) => setImmediate(resolve))
  return { acknowledged: acknowledged.sort((a, b) => a - b), error }
}

describe('the log', () => {
  test('keeps records in order over many openings', async () => {
    const disk = new SimulatedDisk()
    for (let round = 0; round < 5; round++) {
      const log = await AppendLog.open(disk, '/log')
      expect(numbers(log.opened.records)).toEqual(Array.from({ length: round * 3 }, (_, i) => i))
      expect(log.opened.tornBytes).toBe(0)
      await Promise.all([0, 1, 2].map((i) => log.append(record(round * 3 + i))))
      await log.close()
    }
  })

  test('callers that wait together share one sync', async () => {
    const fs = new FaultyFileSystem(new SimulatedDisk())
    const log = await AppendLog.open(fs, '/log')
    const before = fs.count('datasync')
    const places = await Promise.all(Array.from({ length: 1000 }, (_, i) => log.append(record(i))))
    expect(fs.count('datasync') - before).toBeLessThanOrEqual(2)
    expect(places[999]).toEqual({ offset: 0, index: 999 })
  })

  test('empty records and records that look like frames come back as they were', async () => {
    const disk = new SimulatedDisk()
    const log = await AppendLog.open(disk, '/log')
    await log.append(new Uint8Array())
    const frames = await readWhole(disk, '/log')
    await log.append(frames)
    await log.close()
    expect((await readAppendLog(disk, '/log')).records).toEqual([new Uint8Array(), frames])
    // Half of the frame that holds a frame: still a torn tail, not damage.
    const file = await disk.open('/log', 'update')
    await file.truncate((await file.size()) - 1)
    expect(await readAppendLog(disk, '/log')).toMatchObject({ length: frames.length })
  })

  test('a record beyond the limit, and a closed log, refuse', async () => {
    const log = await AppendLog.open(new SimulatedDisk(), '/log')
    await expect(log.append(new Uint8Array(64 * 1024 ** 2))).rejects.toThrow('invalid record')
    await log.close()
    await expect(log.append(record(1))).rejects.toThrow('"/log" is closed')
  })
})

describe('after a crash at any operation', () => {
  const kinds = ['crash', 'torn', 'crash-after'] as const

  test.each(kinds)(
    '%s, the process only: every acknowledged record is there, once, in order',
    async (fault) => {
      const probe = new FaultyFileSystem(new SimulatedDisk())
      await work(probe)
      for (let nth = 1; nth <= probe.count(); nth++) {
        const disk = new SimulatedDisk()
        const fs = new FaultyFileSystem(disk, [{ on: 'any', nth, fault }])
        const { acknowledged } = await work(fs)
        expect(fs.crashed).toBe(true)
        disk.kill()
        const log = await AppendLog.open(disk, '/log')
        const found = numbers(log.opened.records)
        expect(found).toEqual(found.map((_, i) => i))
        expect(found.length).toBeGreaterThanOrEqual(acknowledged.length)
        await log.append(record(found.length))
        await log.close()
        expect(numbers((await readAppendLog(disk, '/log')).records)).toHaveLength(found.length + 1)
      }
    },
  )

  test.each(kinds)('%s, with the power cut, 12 ways each', async (fault) => {
    const probe = new FaultyFileSystem(new SimulatedDisk())
    await work(probe)
    let torn = 0
    for (let nth = 1; nth <= probe.count(); nth++) {
      for (let way = 0; way < 12; way++) {
        const disk = new SimulatedDisk()
        const { acknowledged } = await work(new FaultyFileSystem(disk, [{ on: 'any', nth, fault }]))
        disk.powerCut(chooser(nth * 1000 + way))
        const log = await AppendLog.open(disk, '/log')
        const found = numbers(log.opened.records)
        expect(found).toEqual(found.map((_, i) => i))
        expect(found.length).toBeGreaterThanOrEqual(acknowledged.length)
        if (log.opened.tornBytes > 0) torn++
        await log.close()
      }
    }
    if (fault !== 'crash') expect(torn).toBeGreaterThan(0)
  })
})

describe('faults that the process survives', () => {
  test('short writes lose nothing', async () => {
    const disk = new SimulatedDisk()
    const { acknowledged, error } = await work(
      new FaultyFileSystem(disk, [{ on: 'write', nth: 1, fault: 'short', times: Number.POSITIVE_INFINITY }]),
    )
    // Half of one byte is none, so an always short disk ends as a full one; before that, longer writes went through.
    expect(error === undefined || error instanceof DiskFull).toBe(true)
    expect(numbers((await readAppendLog(disk, '/log')).records)).toEqual(acknowledged)
  })

  test('a full disk refuses the whole group, keeps what was there, and goes on when there is room', async () => {
    const disk = new SimulatedDisk()
    const faults: Fault[] = [{ on: 'write', nth: 2, fault: 'ENOSPC' }]
    const log = await AppendLog.open(new FaultyFileSystem(disk, faults), '/log')
    await log.append(record(0))
    const refused = await Promise.allSettled([log.append(record(1)), log.append(record(2))])
    expect(refused.map((r) => r.status === 'rejected' && r.reason instanceof DiskFull)).toEqual([true, true])
    await log.append(record(1))
    await log.close()
    const content = await readAppendLog(disk, '/log')
    expect(numbers(content.records)).toEqual([0, 1])
    expect(content.tornBytes).toBe(0)
  })

  test('a disk that really fills up: acknowledged = there after reopening', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 20, max: 5000 }), async (capacity) => {
        const disk = new SimulatedDisk(capacity)
        const { acknowledged } = await work(new FaultyFileSystem(disk))
        disk.kill()
        expect(numbers((await readAppendLog(disk, '/log')).records)).toEqual(acknowledged)
      }),
    )
  })

  test('a failed sync is final: this append, those that wait, and all later ones are refused', async () => {
    const fs = new FaultyFileSystem(new SimulatedDisk(), [{ on: 'datasync', nth: 3, fault: 'EIO' }])
    const file = await AppendFile.open(fs, '/f', 0, { maxGroupItems: 1 })
    await file.append(record(0))
    const three = await Promise.allSettled([1, 2, 3].map((i) => file.append(record(i))))
    expect(three.map((r) => r.status === 'rejected' && r.reason instanceof SyncFailed)).toEqual([
      true,
      true,
      true,
    ])
    const later = await file.append(record(4)).catch((e) => e)
    expect(later).toBeInstanceOf(SyncFailed)
    expect(later.mustStop).toBe(true)
    expect(file.broken).toBe(true)
    // The sync was tried once and never again.
    expect(fs.count('datasync')).toBe(3)
  })

  test('a full disk that cannot even be cut back is final too', async () => {
    const fs = new FaultyFileSystem(new SimulatedDisk(), [
      { on: 'write', nth: 1, fault: 'ENOSPC' },
      { on: 'truncate', nth: 1, fault: 'EIO' },
    ])
    const file = await AppendFile.open(fs, '/f', 0)
    await expect(file.append(record(0))).rejects.toThrow(SyncFailed)
    expect(file.broken).toBe(true)
  })
})

test('one flipped bit anywhere in acknowledged frames is damage, not a torn tail, while a good frame follows', async () => {
  const disk = new SimulatedDisk()
  const log = await AppendLog.open(disk, '/log')
  for (let i = 0; i < 3; i++) await log.append(record(i))
  const lastFrame = log.length - (16 + 4 + record(2).length)
  await log.close()
  const file = await disk.open('/log', 'update')
  const whole = await readWhole(disk, '/log')
  for (let at = 0; at < lastFrame; at += 7) {
    await writeFully(file, '/log', [Uint8Array.of(whole[at]! ^ 4)], at)
    const error = await AppendLog.open(disk, '/log').catch((e) => e)
    expect(error).toBeInstanceOf(Damaged)
    expect(error.offset).toBeLessThanOrEqual(at)
    await writeFully(file, '/log', [whole.subarray(at, at + 1)], at)
  }
  expect(await readWhole(disk, '/log')).toEqual(whole)
})

test('the file that groups go to: offsets, framing hook, memory grows before callers hear', async () => {
  const disk = new SimulatedDisk()
  const events: string[] = []
  const file = await AppendFile.open(disk, '/f', 0, {
    frame: (items, offset) => [new TextEncoder().encode(`<${offset}>`), ...items],
    onDurable: (items, offset) => events.push(`durable ${offset} ${items.length}`),
  })
  const a = file
    .append(new TextEncoder().encode('a'))
    .then((p) => events.push(`answered ${p.offset} ${p.index}`))
  const b = file
    .append(new TextEncoder().encode('b'))
    .then((p) => events.push(`answered ${p.offset} ${p.index}`))
  await Promise.all([a, b])
  await file.append(new TextEncoder().encode('c'))
  expect(events).toEqual(['durable 0 2', 'answered 0 0', 'answered 0 1', 'durable 5 1'])
  expect(new TextDecoder().decode(await readWhole(disk, '/f'))).toBe('<0>ab<5>c')
  await expect(AppendFile.open(disk, '/f', 99)).rejects.toThrow('invalid length: 99')
})
