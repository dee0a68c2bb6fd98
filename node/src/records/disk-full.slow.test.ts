import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, cp, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failureOf } from '../http/failure.ts'
import { type Records, RecordsError, SYSTEM } from './contract.ts'
import { jsonText } from './json-text.ts'
import { openRecords } from './open.ts'
import { temporaryCluster, temporaryServer } from './temporary-records.ts'

/** A small disk in memory, or the reason why there can be none. */
async function smallDisk(megabytes: number): Promise<{ path: string; end(): Promise<void> } | string> {
  if (process.getuid?.() !== 0) return 'only root may mount a small disk'
  const path = await mkdtemp(join(tmpdir(), 'nhip-small-disk-'))
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'pipe' })
  } catch (error) {
    await rm(path, { recursive: true, force: true })
    return `mount refuses: ${String(error)}`
  }
  return {
    path,
    async end() {
      execFileSync('/bin/umount', [path])
      await rm(path, { recursive: true, force: true })
    },
  }
}

/** Writes a unit with much ballast after another until the store says no; those acknowledged, and the refusal. */
async function writeUntilFull(records: Records, prefix: string): Promise<{ kept: string[]; error: unknown }> {
  const kept: string[] = []
  for (let i = 0; i < 2000; i++) {
    const code = `${prefix}${i}`
    const attributes = jsonText({ ballast: randomBytes(100_000).toString('hex') })
    const unit = {
      id: `urn:nhip:unit:${code}@2025-07-01`,
      code,
      kind: 'office',
      valid_from: '2025-07-01',
      attributes,
    }
    try {
      await records.tx(SYSTEM, async (tx) => {
        await tx.db.insertInto('unit').values(unit).execute()
        tx.audit({ action: 'unit.add', targetType: 'unit', targetId: code })
      })
      kept.push(code)
    } catch (error) {
      return { kept, error }
    }
  }
  return { kept, error: undefined }
}

test('a disk that fills up under load: disk-full, every acknowledged row there, also after reopening', async (context) => {
  const disk = await smallDisk(150)
  if (typeof disk === 'string') {
    console.log(`skipped: ${disk}`)
    return context.skip(disk)
  }
  const folder = join(disk.path, 'records')
  const empty = await temporaryCluster()
  await cp(empty, folder, { recursive: true })
  await rm(empty, { recursive: true, force: true })

  let records = await openRecords({ folder })
  const { kept, error } = await writeUntilFull(records, 'n')
  expect(error).toBeInstanceOf(RecordsError)
  expect(error).toMatchObject({ code: 'disk-full', sqlState: '53100' })
  expect(kept.length).toBeGreaterThan(20)
  const there = async () =>
    (await records.read((db) => db.selectFrom('unit').select('code'))).map((row) => row.code).sort()
  expect(await there()).toEqual([...kept].sort())
  await records.close()
  records = await openRecords({ folder })
  expect(await there()).toEqual([...kept].sort())
  await records.close()
  await disk.end()
})

test('the disk of a database server fills up: 503 disk-full, every acknowledged row there, and it goes on when there is room', async (context) => {
  const disk = await smallDisk(160)
  if (typeof disk === 'string') {
    console.log(`skipped: ${disk}`)
    return context.skip(disk)
  }
  // The server runs as another account.
  await chmod(disk.path, 0o755)
  const elsewhere = process.env.TMPDIR
  process.env.TMPDIR = disk.path
  await chmod(disk.path, 0o1777)
  const server = await temporaryServer().finally(() => {
    if (elsewhere === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = elsewhere
  })
  if (typeof server === 'string') {
    await disk.end()
    console.log(`skipped: ${server}`)
    return context.skip(server)
  }
  const records = await openRecords({ folder: '', databaseUrl: await server.database() })
  // So little is left that a table cannot grow, while the write-ahead log still has room in the file it has begun: what
  // an administrator meets who shares the disk with something that grows.
  const { bavail, bsize } = await statfs(disk.path)
  const ballast = join(disk.path, 'ballast')
  await writeFile(ballast, Buffer.alloc(bavail * bsize - 1.5 * 1024 ** 2))
  const { kept, error } = await writeUntilFull(records, 'n')
  expect(error).toMatchObject({ code: 'disk-full', sqlState: '53100' })
  const { status, code } = failureOf(error)
  expect([status, code, records.state().diskFull]).toEqual([503, 'disk-full', true])
  const there = async () =>
    (await records.read((db) => db.selectFrom('unit').select('code'))).map((row) => row.code).sort()
  expect(await there()).toEqual([...kept].sort())

  await rm(ballast)
  const after = await records.tx(SYSTEM, async (tx) => {
    const unit = {
      id: 'urn:nhip:unit:later@2025-07-01',
      code: 'later',
      kind: 'office',
      valid_from: '2025-07-01',
    }
    await tx.db.insertInto('unit').values(unit).execute()
    tx.audit({ action: 'unit.add', targetType: 'unit', targetId: 'later' })
    return 'later'
  })
  kept.push(after)
  expect(records.state().diskFull).toBe(false)
  expect(await there()).toEqual([...kept].sort())
  await server.crash()
  expect(await there().catch(there)).toEqual([...kept].sort())
  await records.close()
  await server.end()
  await disk.end()
}, 300_000)
