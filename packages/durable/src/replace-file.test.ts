import { describe, expect, test } from 'vitest'
import { DiskFull, SyncFailed } from './durable-error.ts'
import { FaultyFileSystem } from './faulty-file-system.ts'
import { readWhole } from './file-system.ts'
import { makeFolderDurably, publishFile, removeFile, removeTemporaries, replaceFile } from './replace-file.ts'
import { SimulatedDisk } from './simulated-disk.ts'

const OLD = new Uint8Array(3000).fill(1)
const NEW = new Uint8Array(5000).fill(2)

function chooser(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

async function diskWithOld(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk()
  await makeFolderDurably(disk, '/a/b')
  await replaceFile(disk, '/a/b/f', OLD)
  return disk
}

describe('replacing a file', () => {
  test('power cut at every operation, 50 ways each: the old file or the whole new one, never a mixture', async () => {
    const probe = new FaultyFileSystem(await diskWithOld())
    await replaceFile(probe, '/a/b/f', NEW)
    const seen = new Set<string>()
    for (const fault of ['crash', 'torn', 'crash-after'] as const) {
      for (let nth = 1; nth <= probe.count(); nth++) {
        for (let way = 0; way < 50; way++) {
          const disk = await diskWithOld()
          await replaceFile(new FaultyFileSystem(disk, [{ on: 'any', nth, fault }]), '/a/b/f', NEW).catch(
            () => undefined,
          )
          disk.powerCut(chooser(nth * 100 + way))
          const found = Buffer.from(await readWhole(disk, '/a/b/f'))
          const which = found.equals(OLD) ? 'old' : found.equals(NEW) ? 'new' : 'mixture'
          seen.add(which)
          // When the last operation was done the caller may have been told, so only the new file will do.
          if (nth === probe.count() && fault === 'crash-after') expect(which).toBe('new')
        }
      }
    }
    expect([...seen].sort()).toEqual(['new', 'old'])
  })

  test('what a crash left is cleared', async () => {
    const disk = await diskWithOld()
    const faulty = new FaultyFileSystem(disk, [{ on: 'rename', nth: 1, fault: 'crash' }])
    await replaceFile(faulty, '/a/b/f', NEW).catch(() => undefined)
    expect(await disk.list('/a/b')).toHaveLength(2)
    expect(await removeTemporaries(disk, '/a/b')).toBe(1)
    expect(await disk.list('/a/b')).toEqual(['f'])
  })

  test('a full disk leaves the old file and no temporary one', async () => {
    const disk = new SimulatedDisk(6000)
    await replaceFile(disk, '/f', OLD)
    await expect(replaceFile(disk, '/f', NEW)).rejects.toThrow(DiskFull)
    expect(await readWhole(disk, '/f')).toEqual(OLD)
    expect(await disk.list('/')).toEqual(['f'])
  })

  test('a failed sync says that the process must stop', async () => {
    for (const on of ['sync', 'syncFolder'] as const) {
      const fs = new FaultyFileSystem(new SimulatedDisk(), [{ on, nth: 1, fault: 'EIO' }])
      const error = await replaceFile(fs, '/f', NEW).catch((e) => e)
      expect(error).toBeInstanceOf(SyncFailed)
      expect(error.cause.code).toBe('EIO')
    }
  })
})

test('publishing, removing and making folders survive a power cut once they are done', async () => {
  const nothingUnsynced = () => 0
  const disk = new SimulatedDisk()
  await makeFolderDurably(disk, '/x/y')
  await makeFolderDurably(disk, '/tmp')
  const file = await disk.open('/tmp/part', 'create')
  await file.write([NEW], 0)
  await file.close()
  await publishFile(disk, '/tmp/part', '/x/y/part')
  disk.powerCut(nothingUnsynced)
  expect(await readWhole(disk, '/x/y/part')).toEqual(NEW)
  expect(await disk.list('/tmp')).toEqual([])
  await removeFile(disk, '/x/y/part')
  await removeFile(disk, '/x/y/part')
  disk.powerCut(nothingUnsynced)
  expect(await disk.list('/x/y')).toEqual([])
})
