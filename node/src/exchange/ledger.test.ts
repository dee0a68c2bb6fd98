import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { parseEnvelope } from '@nhip/ledger/envelope'
import { folderReader } from '@nhip/ledger/folder'
import { verifyReceipt } from '@nhip/ledger/receipt'
import { verifyLedger } from '@nhip/ledger/verify'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { wholeAudit } from '../identity/audit-scope.ts'
import type { Records } from '../records/contract.ts'
import { type TemporaryRecords, temporaryRecords } from '../records/temporary-records.ts'
import { KeptHeads } from './kept-heads.ts'
import { NodeLedger } from './node-ledger.ts'
import { Stamper } from './stamp.ts'
import { rowsAfter, searchEntries } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-exchange-'))
const ledgerFolder = join(folder, 'ledger')
const actor = { id: 'p-17' }
let temporary: TemporaryRecords
let records: Records
let node: NodeLedger | undefined

const open = async (more: { folder?: string } = {}) => {
  const errors: unknown[] = []
  node = await NodeLedger.open({
    folder: ledgerFolder,
    nodeId: 'mau',
    records,
    onError: (error) => errors.push(error),
    everyMs: 3_600_000,
    ...more,
  })
  return { node, errors }
}
const decide = (n: number) =>
  records.tx(actor, async (tx) => {
    tx.audit({
      action: 'verdict.give',
      targetType: 'verdict',
      targetId: `v-${n}`,
      after: { value: n },
      reason: `lý do ${n}`,
      purpose: 'assessment',
      legalBasis: 'ND-224-2026/8',
    })
  })

const headsOf = ({ ledger, keys }: NodeLedger) =>
  KeptHeads.open({
    ledger,
    logKey: keys.log,
    heartbeat: keys.heartbeat,
    witnesses: [],
    folder: ledgerFolder,
    onError: (error) => {
      throw error
    },
  })

beforeAll(async () => {
  temporary = await temporaryRecords()
  records = temporary.records
})
afterEach(async () => {
  await node?.close()
  node = undefined
})
afterAll(async () => {
  await temporary.end()
  rmSync(folder, { recursive: true, force: true })
})

describe('the pump from the audit to the ledger', () => {
  it('appends every audit row once, in commit order, and says where it went', async () => {
    const { node } = await open()
    await Promise.all(Array.from({ length: 25 }, (_, n) => decide(n)))
    await node.pump()
    const rows = await rowsAfter(records, 0, 1000)
    expect(node.ledger.state().size).toBe(rows.length)
    for (const [index, row] of rows.entries()) {
      expect(parseEnvelope(await node.ledger.entry(index))).toEqual(node.envelopeOf(row))
    }
    const [newest] = await searchEntries(records, wholeAudit, { limit: 1 })
    expect(Number(newest?.log_index)).toBe(rows.length - 1)
  })

  it('says nothing of the payload in the entry itself', async () => {
    const { node } = await open()
    await decide(99)
    await node.pump()
    const text = new TextDecoder().decode(await node.ledger.entry(node.ledger.state().size - 1))
    expect(text).toContain('verdict.give')
    expect(text).not.toContain('lý do')
  })

  it('goes on after a crash between ledger and index without losing or doubling', async () => {
    const first = await open()
    await decide(200)
    // The entry reaches the ledger; the process ends before the index is written.
    const rows = await rowsAfter(records, first.node.ledger.state().size, 10)
    expect(rows).toHaveLength(1)
    const { envelopeBytes } = await import('@nhip/ledger/envelope')
    for (const row of rows) await first.node.ledger.append(envelopeBytes(first.node.envelopeOf(row)))
    await first.node.ledger.close()
    node = undefined

    const again = await open()
    await decide(201)
    await again.node.pump()
    const all = await rowsAfter(records, 0, 10_000)
    expect(again.node.ledger.state().size).toBe(all.length)
    const places = await searchEntries(records, wholeAudit, { limit: 500 })
    expect(places.map((row) => Number(row.log_index)).sort((a, b) => a - b)).toEqual(all.map((_, i) => i))
  })

  it('rebuilds the dropped index to the same rows', async () => {
    const { node } = await open()
    await node.pump()
    const before = await searchEntries(records, wholeAudit, { limit: 500 })
    await node.rebuildIndex()
    expect(await searchEntries(records, wholeAudit, { limit: 500 })).toEqual(before)
  })

  it('searches by who, object, purpose, action and time', async () => {
    const { node } = await open()
    await records.tx({ id: 'p-18', onBehalf: 'p-1' }, async (tx) => {
      tx.audit({
        action: 'unit.rename',
        targetType: 'unit',
        targetId: 'urn:nhip:unit:00364@2025-07-01',
        before: { name: 'A' },
        after: { name: 'B' },
      })
    })
    await node.pump()
    const find = async (search: Parameters<typeof searchEntries>[2]) =>
      (await searchEntries(records, wholeAudit, search)).map((row) => row.action)
    expect(await find({ limit: 10, who: 'p-18' })).toEqual(['unit.rename'])
    expect(await find({ limit: 10, who: 'p-1' })).toEqual(['unit.rename'])
    expect(await find({ limit: 10, object: 'urn:nhip:unit:00364@2025-07-01' })).toEqual(['unit.rename'])
    expect(await find({ limit: 10, object: 'verdict:v-3' })).toEqual(['verdict.give'])
    expect(await find({ limit: 10, action: 'unit.' })).toEqual(['unit.rename'])
    expect(await find({ limit: 10, purpose: 'assessment', to: '2020-01-01T00:00:00+07:00' })).toEqual([])
  })

  it('gives a receipt and a ledger that strangers can check', async () => {
    const { node } = await open()
    await node.pump()
    await node.ledger.publish()
    expect(verifyReceipt(await node.ledger.receipt(3), { log: [node.keys.log] }).index).toBe(3)
    expect(
      (await verifyLedger(folderReader(nodeFileSystem, ledgerFolder), { keys: [node.keys.log] })).ok,
    ).toBe(true)
  })

  it('refuses a ledger folder that is older than the records, in words for the night shift', async () => {
    const first = await open()
    await first.node.pump()
    await first.node.close()
    const old = join(folder, 'old-ledger')
    cpSync(ledgerFolder, old, { recursive: true })
    const second = await open()
    await decide(300)
    await second.node.pump()
    await second.node.close()
    node = undefined
    await expect(open({ folder: old })).rejects.toMatchObject({ code: 'ledger-fork' })
    await expect(open({ folder: old })).rejects.toThrow(/old copy/)
  })
})

describe('time stamps beside all other work', () => {
  let server: Server
  let url: string
  let behaviour: 'silent' | 'garbage' | 'wrong-nonce' | 'expired' | 'good' = 'silent'
  const at = (name: string) => join(folder, 'tsa', name)
  let missing = false

  /** An authority that can misbehave. */
  beforeAll(async () => {
    const openssl = (...args: string[]) =>
      execFileSync('openssl', args, { cwd: join(folder, 'tsa'), stdio: ['ignore', 'pipe', 'pipe'] })
    try {
      execFileSync('mkdir', ['-p', join(folder, 'tsa')])
      writeFileSync(
        at('openssl.cnf'),
        `[req]\ndistinguished_name = dn\n[dn]\n[root]\nbasicConstraints = critical,CA:true\n[tsa_cert]\nextendedKeyUsage = critical,timeStamping\n[authority]\nserial = ${at('serial')}\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\n`,
      )
      writeFileSync(at('serial'), '01')
      openssl(
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        'root.key',
        '-out',
        'root.pem',
        '-days',
        '30',
        '-subj',
        '/CN=Root',
        '-config',
        'openssl.cnf',
        '-extensions',
        'root',
      )
      openssl(
        'req',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        'tsa.key',
        '-out',
        'tsa.csr',
        '-subj',
        '/CN=TSA',
        '-config',
        'openssl.cnf',
      )
      // The second one's validity ends before it begins.
      for (const [name, days] of [
        ['tsa.pem', '20'],
        ['expired.pem', '-1'],
      ] as const)
        openssl(
          'x509',
          '-req',
          '-in',
          'tsa.csr',
          '-CA',
          'root.pem',
          '-CAkey',
          'root.key',
          '-CAcreateserial',
          '-out',
          name,
          '-days',
          days,
          '-extfile',
          'openssl.cnf',
          '-extensions',
          'tsa_cert',
        )
    } catch {
      missing = true
      return
    }
    let lastQuery: Buffer | undefined
    server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const query = Buffer.concat(parts)
        if (behaviour === 'silent') return
        if (behaviour === 'garbage') return void response.end('<html>bảo trì</html>')
        writeFileSync(at('q.tsq'), behaviour === 'wrong-nonce' && lastQuery ? lastQuery : query)
        lastQuery = query
        openssl(
          'ts',
          '-reply',
          '-config',
          'openssl.cnf',
          '-section',
          'authority',
          '-queryfile',
          'q.tsq',
          '-signer',
          behaviour === 'expired' ? 'expired.pem' : 'tsa.pem',
          '-inkey',
          'tsa.key',
          '-out',
          'a.tsr',
        )
        response.setHeader('content-type', 'application/timestamp-reply')
        response.end(readFileSync(at('a.tsr')))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  }, 60_000)
  afterAll(() => {
    server?.closeAllConnections()
    server?.close()
  })

  it('an authority that is silent, mad or out of date changes nothing; one good answer afterwards stamps everything', async (context) => {
    if (missing) return context.skip('no openssl')
    const { node } = await open()
    await decide(400)
    await node.pump()
    await node.ledger.publish()
    const faults: string[] = []
    const heads = await headsOf(node)
    const patient = (timeoutMs: number) =>
      new Stamper({
        ledger: node.ledger,
        heads,
        records,
        folder: ledgerFolder,
        authorities: [url],
        anchors: [new X509Certificate(readFileSync(at('root.pem')))],
        everyMs: 3_600_000,
        timeoutMs,
        onError: (_, error) => faults.push((error as { fault?: string }).fault ?? (error as Error).name),
      })
    const stamper = patient(300)
    for (behaviour of ['silent', 'garbage'] as const) await stamper.stamp()
    expect(stamper.pendingSince).not.toBeNull()
    expect(faults).toEqual(['TimeoutError', 'malformed'])
    const expired = patient(20_000)
    behaviour = 'expired'
    await expired.stamp()
    await expired.close()
    expect(faults).toEqual(['TimeoutError', 'malformed', 'untrusted'])
    expect(readdirSync(ledgerFolder)).not.toContain('stamps')
    // Work goes on meanwhile.
    await decide(401)
    await node.pump()
    await node.ledger.publish()
    const slow = patient(20_000)
    behaviour = 'good'
    await slow.stamp()
    expect(faults).toHaveLength(3)
    expect(slow.pendingSince).toBeNull()
    const rows = await searchEntries(records, wholeAudit, { limit: 500 })
    expect(rows.every((row) => row.stamped_at !== null)).toBe(true)

    await decide(402)
    await node.pump()
    await node.ledger.publish()
    behaviour = 'wrong-nonce'
    await slow.stamp()
    // The replayed question is about another head: that is found before the nonce.
    expect(['wrong-nonce', 'wrong-imprint']).toContain(faults.at(-1))
    await stamper.close()
    await slow.close()
  }, 60_000)

  it('stored answers are accepted by openssl over the note of the head', (context) => {
    if (missing) return context.skip('no openssl')
    const [stored] = readdirSync(join(ledgerFolder, 'stamps')).filter((name) => name.endsWith('.tsr'))
    const size = stored?.replace('.tsr', '')
    const note = readFileSync(join(ledgerFolder, 'heads', `${size}.note`), 'utf8')
    writeFileSync(at('text'), note.slice(0, note.lastIndexOf('\n\n') + 1))
    const printed = execFileSync(
      'openssl',
      [
        'ts',
        '-verify',
        '-in',
        join(ledgerFolder, 'stamps', stored ?? ''),
        '-data',
        at('text'),
        '-CAfile',
        at('root.pem'),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    expect(printed.toString()).toContain('Verification: OK')
  })
})
