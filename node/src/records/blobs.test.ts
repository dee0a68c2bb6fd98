import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DiskFull } from '@nhip/durable/durable-error'
import { FaultyFileSystem } from '@nhip/durable/faulty-file-system'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { SimulatedDisk } from '@nhip/durable/simulated-disk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Blobs, BlobTooLarge } from './blobs.ts'

// sha256("abc"), FIPS 180-4 example
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const bytes = (text: string) => new TextEncoder().encode(text)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nhip-blobs-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('content is stored once under its hash, read back, and checked', async () => {
  const blobs = new Blobs(join(folder, 'blobs'), join(folder, 'tmp'))
  expect(await blobs.has(ABC)).toBe(false)
  expect(await blobs.put([bytes('a'), bytes('bc')])).toEqual({ sha256: ABC, bytes: 3 })
  expect(await blobs.put([bytes('abc')])).toEqual({ sha256: ABC, bytes: 3 })
  expect(await readdir(join(folder, 'blobs'))).toEqual(['ba'])
  expect(await readdir(join(folder, 'tmp'))).toEqual([])
  const parts: Uint8Array[] = []
  for await (const part of blobs.read(ABC)) parts.push(part as Uint8Array)
  expect(Buffer.concat(parts).toString()).toBe('abc')
  expect(await blobs.verify(ABC)).toBe(true)
  await writeFile(blobs.path(ABC), 'abd')
  expect(await blobs.verify(ABC)).toBe(false)
  expect(() => blobs.path('../../etc/passwd')).toThrow('invalid SHA-256')
})

test('too large: refused while it arrives, nothing left', async () => {
  const blobs = new Blobs(join(folder, 'small'), join(folder, 'tmp'))
  await expect(blobs.put([bytes('abc'), bytes('def')], 5)).rejects.toThrow(BlobTooLarge)
  expect(await readdir(join(folder, 'tmp'))).toEqual([])
})

test('a full disk: refused, nothing left, and it works again when there is room', async () => {
  const fs = new FaultyFileSystem(nodeFileSystem, [{ on: 'write', nth: 1, fault: 'ENOSPC' }])
  const blobs = new Blobs(join(folder, 'full'), join(folder, 'tmp'), fs)
  await expect(blobs.put([bytes('abc')])).rejects.toThrow(DiskFull)
  expect(await readdir(join(folder, 'tmp'))).toEqual([])
  expect((await blobs.put([bytes('abc')])).sha256).toBe(ABC)
})

test('a power cut at any operation leaves the whole file or none under its name', async () => {
  const content = new Uint8Array(5000).fill(7)
  const probe = new FaultyFileSystem(new SimulatedDisk())
  const { sha256 } = await new Blobs('/blobs', '/tmp', probe).put([content])
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
  for (let nth = 1; nth <= probe.count(); nth++) {
    for (let way = 0; way < 20; way++) {
      const disk = new SimulatedDisk()
      const fs = new FaultyFileSystem(disk, [{ on: 'any', nth, fault: 'crash-after' }])
      await new Blobs('/blobs', '/tmp', fs).put([content]).catch(() => undefined)
      disk.powerCut(random)
      const stat = await disk.stat(`/blobs/${sha256.slice(0, 2)}/${sha256}`)
      expect([undefined, 5000]).toContain(stat?.size)
    }
  }
})
