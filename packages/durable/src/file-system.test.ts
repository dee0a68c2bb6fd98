import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { writeFully } from './checked-write.ts'
import { crc32c } from './crc32c.ts'
import { DiskFull } from './durable-error.ts'
import { FaultyFileSystem } from './faulty-file-system.ts'
import { errorCode, type FileSystem, readWhole } from './file-system.ts'
import { checkFreeSpace } from './free-space.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { SimulatedDisk } from './simulated-disk.ts'

const base = await mkdtemp(join(tmpdir(), 'nhip-durable-'))
afterAll(() => rm(base, { recursive: true, force: true }))

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

async function code(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => 'no error',
    (error) => errorCode(error),
  )
}

const systems: [string, FileSystem, string][] = [
  ['the real disk', nodeFileSystem, base],
  ['the simulated disk', new SimulatedDisk(), '/data'],
  ['a faulty disk without faults', new FaultyFileSystem(nodeFileSystem), join(base, 'faulty')],
]

describe.each(systems)('%s behaves as the interface says', (_, fs, root) => {
  const at = (name: string) => join(root, name)

  test('files: create, write in parts, read, truncate', async () => {
    await fs.makeFolder(at('a/b'))
    await fs.makeFolder(at('a/b'))
    const file = await fs.open(at('a/b/f'), 'create')
    expect(await writeFully(file, 'f', [bytes('abc'), bytes(''), bytes('defg')], 0)).toBe(7)
    expect(await file.write([bytes('XY')], 2)).toBe(2)
    await file.datasync()
    expect(await file.size()).toBe(7)
    await file.truncate(6)
    await file.sync()
    await file.close()
    await fs.syncFolder(at('a/b'))
    expect(new TextDecoder().decode(await readWhole(fs, at('a/b/f')))).toBe('abXYef')
    expect(await fs.stat(at('a/b/f'))).toMatchObject({ kind: 'file', size: 6 })
    expect(await fs.stat(at('a/b'))).toMatchObject({ kind: 'folder' })
    expect(await fs.stat(at('a/none'))).toBeUndefined()
  })

  test('open modes', async () => {
    await fs.makeFolder(at('m'))
    expect(await code(fs.open(at('m/f'), 'read'))).toBe('ENOENT')
    expect(await code(fs.open(at('m/f'), 'update'))).toBe('ENOENT')
    await (await fs.open(at('m/f'), 'ensure')).close()
    expect(await code(fs.open(at('m/f'), 'create'))).toBe('EEXIST')
    expect(await code(fs.open(at('none/f'), 'create'))).toBe('ENOENT')
    const file = await fs.open(at('m/f'), 'read')
    expect(await code(file.write([bytes('x')], 0))).toBe('EBADF')
    await file.close()
  })

  test('names: rename replaces, link does not, remove, list', async () => {
    await fs.makeFolder(at('n'))
    for (const name of ['one', 'two']) {
      const file = await fs.open(at(`n/${name}`), 'create')
      await writeFully(file, name, [bytes(name)], 0)
      await file.close()
    }
    expect(await code(fs.link(at('n/one'), at('n/two')))).toBe('EEXIST')
    await fs.link(at('n/one'), at('n/three'))
    await fs.rename(at('n/one'), at('n/two'))
    expect(await fs.list(at('n'))).toEqual(['three', 'two'])
    expect(new TextDecoder().decode(await readWhole(fs, at('n/two')))).toBe('one')
    await fs.remove(at('n/three'))
    expect(await code(fs.remove(at('n/three')))).toBe('ENOENT')
    expect(await code(fs.rename(at('n/three'), at('n/x')))).toBe('ENOENT')
  })

  test('more buffers than one system call takes', async () => {
    await fs.makeFolder(at('v'))
    const file = await fs.open(at('v/f'), 'create')
    const buffers = Array.from({ length: 3000 }, (_, i) => Uint8Array.of(i & 0xff, i >> 8))
    expect(await writeFully(file, 'f', buffers, 0)).toBe(6000)
    await file.close()
    expect(await readWhole(fs, at('v/f'))).toEqual(Uint8Array.from(buffers.flatMap((b) => [...b])))
  })

  test('free space', async () => {
    const space = await fs.space(root)
    expect(space.free).toBeGreaterThan(0)
    expect(space.free).toBeLessThanOrEqual(space.total)
  })
})

describe('checked writes', () => {
  test('a short write is carried on until all is written', async () => {
    const disk = new SimulatedDisk()
    const fs = new FaultyFileSystem(disk, [{ on: 'write', nth: 1, fault: 'short', times: 3 }])
    const file = await fs.open('/f', 'create')
    await writeFully(file, '/f', [bytes('hello '), bytes('world, '), bytes('again')], 0)
    expect(new TextDecoder().decode(await readWhole(fs, '/f'))).toBe('hello world, again')
    expect(fs.count('write')).toBe(4)
  })

  test('a write that no longer moves is a full disk, with what came before it kept', async () => {
    const fs = new SimulatedDisk(10)
    const file = await fs.open('/f', 'create')
    await writeFully(file, '/f', [bytes('12345678')], 0)
    const error = await writeFully(file, '/f', [bytes('9abcd')], 8).catch((e) => e)
    expect(error).toBeInstanceOf(DiskFull)
    expect(error.code).toBe('disk-full')
    expect(error.problem.message.vi).toContain('Ổ đĩa đã đầy')
    expect(await file.size()).toBe(10)
  })
})

test('free space: ok, low, refuse', async () => {
  const disk = new SimulatedDisk(1000)
  const file = await disk.open('/f', 'create')
  expect((await checkFreeSpace(disk, '/')).state).toBe('ok')
  await writeFully(file, '/f', [new Uint8Array(910)], 0)
  expect((await checkFreeSpace(disk, '/')).state).toBe('low')
  await writeFully(file, '/f', [new Uint8Array(75)], 910)
  expect(await checkFreeSpace(disk, '/')).toEqual({ free: 15, total: 1000, state: 'refuse' })
  expect((await checkFreeSpace(disk, '/', { enoughBytes: 10 })).state).toBe('low')
})

describe('CRC-32C', () => {
  test.each([
    ['32 bytes of zeros', new Uint8Array(32), '8a9136aa'],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), '62a8ab43'],
    ['32 bytes, ascending', Uint8Array.from({ length: 32 }, (_, i) => i), '46dd794e'],
    ['32 bytes, descending', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), '113fdb5c'],
    ['"123456789"', bytes('123456789'), 'e3069283'],
    ['nothing', new Uint8Array(), '00000000'],
  ])('%s (RFC 3720 B.4 and the check value of the CRC catalogue)', (_, input, expected) => {
    expect(crc32c(input).toString(16).padStart(8, '0')).toBe(expected)
  })

  test('goes on from an earlier result, at every cut', () => {
    const all = Uint8Array.from({ length: 40 }, (_, i) => (i * 37) & 0xff)
    for (let cut = 0; cut <= 40; cut++) {
      expect(crc32c(all.subarray(cut), crc32c(all.subarray(0, cut)))).toBe(crc32c(all))
    }
  })
})
