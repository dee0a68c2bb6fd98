import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Witness } from './witness.ts'

/** The trials of the crash tests; the fast suite runs a few rounds of each, the slow one many. */

export async function killTrial(rounds: number): Promise<Witness> {
  const folder = mkdtempSync(join(tmpdir(), 'nhip-kill-'))
  try {
    const witness = new Witness(join(folder, 'observations'))
    for (let round = 0; round < rounds; round++) {
      // Every third writer also seals segments all the time, every fourth has a clock that jumps.
      const options = [...(round % 3 === 1 ? ['--seal'] : []), ...(round % 4 === 2 ? ['--clock-jumps'] : [])]
      await witness.start(options)
      await pause(20 + Math.random() * 400)
      if (round % 3 === 0) await breathless(witness)
      await witness.kill()
      await witness.check(round === rounds - 1)
    }
    return witness
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The process stops for a while (a suspended laptop, a paused container) and must go on where it stood. */
async function breathless(witness: Witness): Promise<void> {
  await witness.until(witness.acknowledged + 3, 20_000)
  witness.signal('SIGSTOP')
  await pause(300)
  const before = witness.acknowledged
  witness.signal('SIGCONT')
  await witness.until(before + 3, 20_000)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/**
 * The disk fills up under load and is emptied again: on a small tmpfs when this process may mount one. Returns null
 * where it may not.
 */
export async function fullDiskTrial(rounds: number): Promise<Witness | null> {
  const folder = mkdtempSync(join(tmpdir(), 'nhip-full-'))
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', folder], { encoding: 'utf8' })
  if (mount.status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    return null
  }
  try {
    const witness = new Witness(join(folder, 'observations'))
    const filler = join(folder, 'filler')
    for (let round = 0; round < rounds; round++) {
      await witness.start(round % 2 === 1 ? ['--seal'] : [])
      await witness.until(witness.acknowledged + 10, 20_000)
      fill(folder, filler)
      await pause(300 + Math.random() * 1_200)
      // Every second time the process dies while the disk is still full.
      if (round % 2 === 1) await witness.kill()
      rmSync(filler)
      if (round % 2 === 0) {
        // The writer must come back by itself once there is room.
        await witness.until(witness.acknowledged + 5, 20_000)
        await witness.kill()
      }
      await witness.check(round === rounds - 1)
    }
    return witness
  } finally {
    spawnSync('umount', [folder])
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Writes until nothing more fits, faster than any guard can look. */
function fill(folder: string, path: string): void {
  const { bavail, bsize } = statfsSync(folder)
  try {
    writeFileSync(path, Buffer.alloc(bavail * bsize))
  } catch {
    // Full, as it should be.
  }
}

/** Files may not grow beyond a limit: what a full disk looks like where no disk can be mounted. */
export async function fileLimitTrial(): Promise<Witness> {
  const folder = mkdtempSync(join(tmpdir(), 'nhip-limit-'))
  mkdirSync(join(folder, 'observations'))
  try {
    const witness = new Witness(join(folder, 'observations'))
    // With SIGXFSZ ignored a write beyond the limit fails with EFBIG. Units of 512 bytes: 3 MB.
    await witness.start([], `trap '' XFSZ; ulimit -f 6000`)
    await pause(2_500)
    await witness.kill()
    await witness.check()
    // Without the limit everything goes on.
    await witness.start()
    await witness.until(witness.acknowledged + 10, 20_000)
    await witness.kill()
    await witness.check(true)
    return witness
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
