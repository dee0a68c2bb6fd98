import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Ledger } from './ledger.ts'
import { ED25519, formatVerifierKey, signerKey } from './note.ts'

const goPath = '/usr/share/gocode'
const program = fileURLToPath(new URL('../check/check.go', import.meta.url))
const key = signerKey('mau.nhip.example/log', ED25519, new Uint8Array(32).fill(7))
const folder = mkdtempSync(join(tmpdir(), 'nhip-ledger-go-'))
/** Three levels of tiles, the upper ones partial, need 70,000. */
const size = process.env.NHIP_TEST_ALL === '1' || process.env.NHIP_FULL === '1' ? 70_000 : 20_000
const missing = whatIsMissing()

function whatIsMissing(): string | undefined {
  if (!existsSync(join(goPath, 'src/golang.org/x/mod/sumdb/tlog'))) return 'no golang-golang-x-mod-dev'
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'no go'
  }
}

/** A stranger's verdict: Go's own transparency-log packages, reading only what a web server would serve. */
describe('a program in another language', () => {
  const binary = join(folder, 'check')
  beforeAll(async () => {
    if (missing) return
    const ledger = await Ledger.open(join(folder, 'log'), { key, headEveryMs: 0 })
    const entries = Array.from({ length: size }, (_, n) => new TextEncoder().encode(`mục ${n}`))
    for (let at = 0; at < entries.length; at += 4096)
      await Promise.all(entries.slice(at, at + 4096).map((entry) => ledger.append(entry)))
    await ledger.close()
    const env = { ...process.env, GO111MODULE: 'off', GOPATH: goPath, GOFLAGS: '' }
    execFileSync('go', ['build', '-o', binary, program], { env, stdio: 'pipe' })
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('opens our head and accepts 500 proofs of each kind', (context) => {
    if (missing) return context.skip(missing)
    const printed = execFileSync(binary, [join(folder, 'log'), formatVerifierKey(key), '500']).toString()
    expect(printed.trim()).toBe(
      `mau.nhip.example/log: size ${size}, 500 inclusion and 500 consistency proofs accepted`,
    )
  })

  it('refuses a tile with one bit flipped', (context) => {
    if (missing) return context.skip(missing)
    const tile = join(folder, 'log', 'tile', '0', '010')
    const bytes = readFileSync(tile)
    bytes[77] = (bytes[77] ?? 0) ^ 4
    writeFileSync(tile, bytes)
    expect(() =>
      execFileSync(binary, [join(folder, 'log'), formatVerifierKey(key), '500'], { stdio: 'pipe' }),
    ).toThrow()
  })

  it('refuses a head that another key signed', (context) => {
    if (missing) return context.skip(missing)
    const other = signerKey(key.name, ED25519, new Uint8Array(32).fill(8))
    expect(() =>
      execFileSync(binary, [join(folder, 'log'), formatVerifierKey(other), '1'], { stdio: 'pipe' }),
    ).toThrow()
  })
})
