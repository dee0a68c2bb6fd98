import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { expect, it } from 'vitest'
import { folderReader } from './folder.ts'
import { Ledger } from './ledger.ts'
import { ED25519, signerKey } from './note.ts'
import { verifyLedger } from './verify.ts'

const program = fileURLToPath(new URL('append-forever.check.ts', import.meta.url))
const untilFull = fileURLToPath(new URL('append-until-full.check.ts', import.meta.url))
const key = signerKey('mau.nhip.example/log', ED25519, new Uint8Array(32).fill(1))

/** Starts the program, lets it append for a while, ends it with SIGKILL, and returns what it had acknowledged. */
function killed(folder: string, start: number, afterMs: number): Promise<[index: number, n: number][]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [
      '--import',
      'tsx',
      '--conditions=nhip-source',
      program,
      folder,
      String(start),
    ])
    let out = ''
    let err = ''
    let _timer: ReturnType<typeof setTimeout> | undefined
    child.stdout.on('data', (chunk) => {
      out += chunk
      _timer ??= setTimeout(() => child.kill('SIGKILL'), afterMs)
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    child.on('exit', (_, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`ended by itself: ${err}`))
      const whole = out.slice(0, out.lastIndexOf('\n')).split('\n').slice(1)
      resolve(whole.map((line) => line.split(' ').map(Number) as [number, number]))
    })
  })
}

/** `NHIP_KILLS` divides the full run into pieces. */
const kills = process.env.NHIP_KILLS
  ? Number(process.env.NHIP_KILLS)
  : process.env.NHIP_FULL === '1'
    ? 1000
    : process.env.NHIP_TEST_ALL === '1'
      ? 10
      : 1

it(`${kills} times SIGKILL in the middle of appending: nothing acknowledged is lost, doubled or altered`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nhip-ledger-kill-'))
  const acknowledged = new Map<number, number>()
  try {
    for (let kill = 0; kill < kills; kill++) {
      for (const [index, n] of await killed(folder, kill * 1_000_000, 40 + ((kill * 37) % 200))) {
        expect(acknowledged.has(index)).toBe(false)
        acknowledged.set(index, n)
      }
    }
    const ledger = await Ledger.open(folder, { key, headEveryMs: 0 })
    await ledger.close()
    const held: string[] = []
    const verdict = await verifyLedger(folderReader(nodeFileSystem, folder), {
      keys: [key],
      onBundle: (first, bytes, entries) => {
        for (const [i, { start, end }] of entries.entries())
          held[first + i] = new TextDecoder().decode(bytes.subarray(start, end))
      },
    })
    expect(verdict.findings).toEqual([])
    expect(acknowledged.size).toBeGreaterThan(0)
    for (const [index, n] of acknowledged) expect(held[index]).toBe(`mục ${n}`)
    expect(new Set(held).size).toBe(held.length)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 600_000)

it('a file that may grow no further (ulimit -f): short writes are never acknowledged, and the ledger goes on when there is room', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nhip-ledger-full-'))
  try {
    const held: string[] = []
    const acknowledged: string[] = []
    // 300 KiB, then 420 KiB, and the sizes are no multiple of a frame: the last write of each run comes back short.
    for (const blocks of [300, 420]) {
      const { status, stdout, stderr } = spawnSync(
        'bash',
        [
          '-c',
          `ulimit -f ${blocks}; exec "$0" --import tsx --conditions=nhip-source "$1" "$2"`,
          process.execPath,
          untilFull,
          folder,
        ],
        { encoding: 'utf8' },
      )
      expect([status, stderr]).toEqual([0, ''])
      const lines = stdout.trimEnd().split('\n')
      expect(lines.pop()).toMatch(/^refused [4-9][0-9]$/)
      expect(lines.length).toBeGreaterThan(100)
      for (const line of lines) {
        const [index, n] = line.split(' ').map(Number) as [number, number]
        expect(acknowledged[index]).toBeUndefined()
        acknowledged[index] = `mục ${n} ${'.'.repeat(n % 700)}`
      }
    }
    const ledger = await Ledger.open(folder, { key, headEveryMs: 0 })
    await ledger.close()
    const verdict = await verifyLedger(folderReader(nodeFileSystem, folder), {
      keys: [key],
      onBundle: (first, bytes, entries) => {
        for (const [i, { start, end }] of entries.entries())
          held[first + i] = new TextDecoder().decode(bytes.subarray(start, end))
      },
    })
    expect(verdict.findings).toEqual([])
    expect(held).toEqual(acknowledged)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 120_000)
