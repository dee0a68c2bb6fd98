// Where tests put their folders: in memory, where the system has room for that. A test that opens a store makes a thousand
// files, and a disk takes longer over them than the test does. What tests kill is processes, never the machine, so
// what they wrote is there either way.
import { mkdirSync, readdirSync, rmSync, statfsSync, symlinkSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'

const memory = '/dev/shm'
const mine = /^nhip-tests-(\d+)$/
const room = 4 * 1024 ** 3

/** Points `TMPDIR` of this process and its children to a folder in memory. @returns what removes that folder */
export function scratchInMemory() {
  if (process.env.TMPDIR !== undefined || freeBytes() < room) return () => undefined
  sweep()
  const folder = join(memory, `nhip-tests-${process.pid}`)
  mkdirSync(folder)
  keepTranslations(folder)
  process.env.TMPDIR = folder
  return () => rmSync(folder, { recursive: true, force: true })
}

/** tsx writes what it has translated beside the other temporary folders; the next run wants it too. */
function keepTranslations(folder) {
  const name = `tsx-${process.getuid?.()}`
  mkdirSync(join(tmpdir(), name), { recursive: true })
  symlinkSync(join(tmpdir(), name), join(folder, name))
}

/** What a killed run left behind would hold memory until the next start of the machine. */
function sweep() {
  for (const name of readdirSync(memory)) {
    const pid = Number(mine.exec(name)?.[1])
    if (pid && !isAlive(pid)) rmSync(join(memory, name), { recursive: true, force: true })
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function freeBytes() {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return Math.min(bavail * bsize, freemem())
  } catch {
    return 0
  }
}

export { scratchInMemory as setup }
