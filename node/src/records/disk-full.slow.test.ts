import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RecordsError, SYSTEM } from './contract.ts'
import { jsonText } from './json-text.ts'
import { openRecords } from './open.ts'
import { temporaryCluster } from './temporary-records.ts'

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
  const kept: string[] = []
  let error: unknown
  for (let i = 0; i < 2000 && error === undefined; i++) {
    const code = `n${i}`
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
    } catch (refusal) {
      error = refusal
    }
  }
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
