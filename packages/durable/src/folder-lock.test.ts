import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FolderLocked, lockFolder, type ProcessTable, processTable } from './folder-lock.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nhip-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function host(name: string, pid: number, living: Record<number, string>): ProcessTable {
  return { pid, host: name, startOf: (p) => living[p] }
}

async function refusal(promise: Promise<unknown>): Promise<FolderLocked> {
  const error = await promise.then(
    () => undefined,
    (e) => e,
  )
  expect(error).toBeInstanceOf(FolderLocked)
  return error
}

describe('one holder', () => {
  test('a second one is refused with the name of the first, until it is released', async () => {
    const lock = await lockFolder(folder, { program: 'nhip serve' })
    const error = await refusal(lockFolder(folder))
    expect(error.code).toBe('locked')
    expect(error.holder).toMatchObject({ pid: process.pid, program: 'nhip serve' })
    expect(error.message).toContain(`nhip serve, pid ${process.pid}`)
    expect(error.problem.message.vi).toContain('Thư mục đang được dùng')
    expect(await lock.stillHeld()).toBe(true)
    await lock.release()
    await lock.release()
    expect(await lock.stillHeld()).toBe(false)
    await (await lockFolder(folder)).release()
    expect(await readdir(folder)).toEqual([])
  })

  test('releasing does not remove a lock that is not ours', async () => {
    const lock = await lockFolder(folder)
    await writeFile(lock.path, JSON.stringify({ ...lock.holder, nonce: 'another' }))
    expect(await lock.stillHeld()).toBe(false)
    await lock.release()
    expect(await readdir(folder)).toEqual(['lock'])
  })
})

describe('stale or not', () => {
  const old = host('a', 10, { 10: 'boot1:100' })

  test.each<[string, ProcessTable, boolean]>([
    ['the process is gone', host('a', 20, { 20: 'boot1:200' }), true],
    [
      'its number belongs to a process that started at another time',
      host('a', 20, { 10: 'boot1:150', 20: 'x' }),
      true,
    ],
    ['same number and ticks, but after a reboot', host('a', 20, { 10: 'boot2:100', 20: 'x' }), true],
    ['the process lives', host('a', 20, { 10: 'boot1:100', 20: 'x' }), false],
    ['it lives and the host cannot say since when', host('a', 20, { 10: '', 20: '' }), false],
    ['it is on another host', host('b', 20, { 20: 'x' }), false],
  ])('%s', async (_, processes, stale) => {
    await lockFolder(folder, { processes: old })
    const attempt = lockFolder(folder, { processes })
    if (stale) expect((await attempt).holder.pid).toBe(20)
    else expect((await refusal(attempt)).holder?.pid).toBe(10)
    expect(await readdir(folder)).toEqual(['lock'])
  })

  test('an empty lock file of a crashed start is stale after ten seconds, not before', async () => {
    const path = join(folder, 'lock')
    await writeFile(path, '')
    await refusal(lockFolder(folder))
    const past = new Date(Date.now() - 11_000)
    await utimes(path, past, past)
    await (await lockFolder(folder)).release()
  })

  test('of 40 that find a stale lock at once, one takes it', async () => {
    const living: Record<number, string> = {}
    for (let pid = 100; pid < 140; pid++) living[pid] = `boot1:${pid}`
    for (let round = 0; round < 10; round++) {
      await lockFolder(folder, { processes: old, name: `lock${round}` })
      const attempts = await Promise.allSettled(
        Object.keys(living).map((pid) =>
          lockFolder(folder, { processes: host('a', Number(pid), living), name: `lock${round}` }),
        ),
      )
      const taken = attempts.filter((a) => a.status === 'fulfilled')
      expect(taken).toHaveLength(1)
      expect(await taken[0]!.value.stillHeld()).toBe(true)
    }
  })
})

test('this process: its start is known where there is /proc, and stays the same', () => {
  const started = processTable.startOf(process.pid)
  expect(started).toBe(processTable.startOf(process.pid))
  if (process.platform === 'linux') expect(started).toMatch(/^[0-9a-f-]{36}:\d+$/)
  expect(processTable.startOf(2 ** 22 + 1)).toBeUndefined()
})

test('a real process killed with SIGKILL leaves a lock that the next start takes over', async () => {
  const source = fileURLToPath(new URL('./folder-lock.ts', import.meta.url))
  const script = `
    import { lockFolder } from ${JSON.stringify(source)}
    await lockFolder(${JSON.stringify(folder)}, { program: 'child' })
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = spawn(
    process.execPath,
    ['--conditions=nhip-source', '--import', 'tsx', '--input-type=module', '-e', script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  await new Promise((resolve) => child.stdout.once('data', resolve))
  expect((await refusal(lockFolder(folder))).holder?.pid).toBe(child.pid)
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  await (await lockFolder(folder)).release()
})
