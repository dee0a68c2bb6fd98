import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { main } from '../frame.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-ledger-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (...names: string[]) => join(folder, ...names)

/** Runs the command as a shell would and returns its exit code and what it printed. */
async function nhip(args: string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const chunks = { out: '', err: '' }
  stdout.on('data', (chunk) => {
    chunks.out += chunk
  })
  stderr.on('data', (chunk) => {
    chunks.err += chunk
  })
  const code = await main(args, { stdout, stderr, stdin: Readable.from([input]) })
  return { code, ...chunks }
}

/** One story: a node makes keys, keeps a ledger, hands out a receipt; a stranger checks; then somebody meddles. */
describe('nhip keys and nhip ledger', () => {
  const dir = at('ledger')
  let vkey = ''

  it('makes the keys of a node, readable by the owner alone, and only once', async () => {
    const made = await nhip(['keys', 'init', '--node', 'mau.nhip.example', '--dir', at('keys'), '--json'])
    expect(made.code).toBe(0)
    const { keys } = JSON.parse(made.out) as { keys: { use: string; vkey: string }[] }
    expect(keys.map((key) => key.use).sort()).toEqual(['api', 'feed', 'heartbeat', 'log', 'witness'])
    vkey = keys.find((key) => key.use === 'log')?.vkey ?? ''
    for (const file of readdirSync(at('keys'))) expect(statSync(at('keys', file)).mode & 0o077).toBe(0)
    expect((await nhip(['keys', 'init', '--node', 'mau.nhip.example', '--dir', at('keys')])).code).toBe(5)
    expect((await nhip(['keys', 'export', 'log', '--dir', at('keys')])).out.trim()).toBe(vkey)
  })

  it('appends lines in order and answers each with its place', async () => {
    const key = at('keys', readdirSync(at('keys')).find((file) => file.startsWith('log.')) ?? '')
    expect((await nhip(['ledger', 'init', dir, '--origin', 'mau.nhip.example/log', '--key', key])).code).toBe(
      0,
    )
    const lines = Array.from({ length: 300 }, (_, n) => JSON.stringify({ số: n })).join('\n')
    const { code, out } = await nhip(['ledger', 'append', dir], lines)
    expect(code).toBe(0)
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { index: number }).index),
    ).toEqual(Array.from({ length: 300 }, (_, n) => n))
    const bad = await nhip(['ledger', 'append', dir], '{"a":1}\nkhông phải json\n{"b":2}')
    expect(bad).toMatchObject({ code: 1 })
    expect(bad.err).toContain('dòng 2')
    expect(bad.out.trim().split('\n')).toHaveLength(2)
  })

  it('is verified with its key, and without one proves nothing', async () => {
    expect((await nhip(['ledger', 'verify', dir, '--key', vkey])).code).toBe(0)
    const alone = await nhip(['ledger', 'verify', dir, '--json'])
    expect(alone.code).toBe(4)
    expect(JSON.parse(alone.out)).toMatchObject({ ok: true, trust: 'none', size: 302 })
    expect((await nhip(['ledger', 'verify', dir, '--key', vkey, '--quorum', '1'])).code).toBe(4)
    expect((await nhip(['ledger', 'verify', at('nowhere')])).code).toBe(3)
  })

  it('hands out a receipt that a script in another language checks off line', async (context) => {
    const receipt = at('one.tlog-proof')
    expect((await nhip(['ledger', 'prove', dir, '--index', '17', '-o', receipt])).code).toBe(0)
    expect((await nhip(['ledger', 'verify', receipt, '--key', vkey])).code).toBe(0)
    const script = new URL('../../../packages/ledger/check/receipt.py', import.meta.url).pathname
    try {
      expect(execFileSync('python3', [script, receipt, vkey]).toString()).toContain(
        'entry 17 of mau.nhip.example/log',
      )
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return context.skip('no python3')
      throw error
    }
    const forged = at('forged.tlog-proof')
    writeFileSync(
      forged,
      readFileSync(receipt, 'utf8').replace(
        /^extra .*$/m,
        `extra ${Buffer.from('{"số":18}').toString('base64')}`,
      ),
    )
    expect((await nhip(['ledger', 'verify', forged, '--key', vkey])).code).toBe(1)
    expect(() => execFileSync('python3', [script, forged, vkey], { stdio: 'pipe' })).toThrow()
  })

  it('keeps an exact copy for a web server', async () => {
    expect((await nhip(['ledger', 'export', dir, at('copy')])).code).toBe(0)
    expect((await nhip(['ledger', 'verify', at('copy'), '--key', vkey])).code).toBe(0)
  })

  it('shows any meddling, with the place', async () => {
    const bundle = at('copy', 'tile', 'entries', '000')
    const bytes = readFileSync(bundle)
    bytes[40] = (bytes[40] ?? 0) ^ 1
    writeFileSync(bundle, bytes)
    const { code, out } = await nhip(['ledger', 'verify', at('copy'), '--key', vkey, '--json'])
    expect(code).toBe(1)
    expect((JSON.parse(out) as { findings: { kind: string }[] }).findings.map((item) => item.kind)).toContain(
      'leaf-mismatch',
    )
  })

  it('judges the heads and stamps that the folder keeps', async (context) => {
    const tsa = at('tsa')
    mkdirSync(tsa)
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: tsa, stdio: 'pipe' })
    try {
      openssl('version')
    } catch {
      return context.skip('no openssl')
    }
    writeFileSync(
      join(tsa, 'cnf'),
      `[req]\ndistinguished_name = dn\n[dn]\n[root]\nbasicConstraints = critical,CA:true\n[tsa_cert]\nextendedKeyUsage = critical,timeStamping\n[authority]\nserial = ${join(tsa, 'serial')}\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\n`,
    )
    writeFileSync(join(tsa, 'serial'), '01')
    const made = (name: string) => [
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-subj',
      `/CN=${name}`,
    ]
    openssl('req', '-x509', ...made('root'), '-out', 'root.pem', '-config', 'cnf', '-extensions', 'root')
    openssl('req', ...made('tsa'), '-out', 'tsa.csr', '-config', 'cnf')
    const sign = ['-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-extfile', 'cnf']
    openssl('x509', '-req', '-in', 'tsa.csr', ...sign, '-extensions', 'tsa_cert', '-out', 'tsa.pem')

    const note = readFileSync(join(dir, 'checkpoint'), 'utf8')
    const size = note.split('\n')[1] ?? ''
    for (const name of ['heads', 'stamps']) mkdirSync(join(dir, name))
    writeFileSync(join(dir, 'heads', `${size}.note`), note)
    writeFileSync(join(tsa, 'text'), note.slice(0, note.lastIndexOf('\n\n') + 1))
    const stamp = join(dir, 'stamps', `${size}.tsr`)
    openssl('ts', '-query', '-data', 'text', '-sha256', '-cert', '-out', 'q.tsq')
    const reply = ['-config', 'cnf', '-section', 'authority', '-signer', 'tsa.pem', '-inkey', 'tsa.key']
    openssl('ts', '-reply', ...reply, '-queryfile', 'q.tsq', '-out', stamp)
    const verify = async () => {
      const args = ['ledger', 'verify', dir, '--key', vkey, '--tsa-ca', join(tsa, 'root.pem'), '--json']
      const { code, out } = await nhip(args)
      const { findings, ...verdict } = JSON.parse(out) as { findings: { kind: string }[] }
      return { code, kinds: findings.map(({ kind }) => kind), verdict }
    }
    const good = await verify()
    expect(good).toMatchObject({ code: 0, kinds: [], verdict: { stamps: { stored: 1, latestSize: 302 } } })

    writeFileSync(stamp, '<html>bảo trì</html>')
    expect(await verify()).toMatchObject({ code: 1, kinds: ['stamp-invalid'] })
    rmSync(stamp)
    // A head that the log does not continue: of the same key, over another tree.
    const key = at('keys', readdirSync(at('keys')).find((file) => file.startsWith('log.')) ?? '')
    await nhip(['ledger', 'init', at('other'), '--origin', 'mau.nhip.example/log', '--key', key])
    await nhip(['ledger', 'append', at('other')], '{"khác":1}')
    writeFileSync(join(dir, 'heads', '1.note'), readFileSync(at('other', 'checkpoint')))
    expect(await verify()).toMatchObject({ code: 1, kinds: ['inconsistent'] })
  })

  it('is used wrongly: says how to do it right', async () => {
    expect(await nhip(['ledger', 'prove', dir, '--index', '999'])).toMatchObject({ code: 2 })
    expect((await nhip(['ledger', 'nấu'])).err).toContain('append')
    expect(existsSync(at('nowhere'))).toBe(false)
    expect((await nhip(['ledger', 'head', at('nowhere')])).code).toBe(2)
  })
})
