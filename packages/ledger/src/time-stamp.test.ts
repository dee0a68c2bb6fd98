import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { derInteger, derOid, integerOf, oidOf, readDer } from './der.ts'
import { checkTimeStamp, headImprint, TimeStampError, timeStampRequest } from './time-stamp.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-tsa-'))
const at = (name: string) => join(folder, name)
const openssl = (...args: string[]) =>
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
let missing = false

/** An authority made with openssl: a root, and a signer with the purpose time stamping. RSA and ECDSA. */
beforeAll(() => {
  try {
    openssl('version')
  } catch {
    missing = true
    return
  }
  writeFileSync(
    at('openssl.cnf'),
    `[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[tsa_cert]
basicConstraints = critical,CA:false
extendedKeyUsage = critical,timeStamping
[web_cert]
extendedKeyUsage = critical,serverAuth
[tsa]
default_tsa = authority
[authority]
serial = ${at('serial')}
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
`,
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
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'other.key',
    '-out',
    'other.pem',
    '-days',
    '30',
    '-subj',
    '/CN=Other',
    '-config',
    'openssl.cnf',
    '-extensions',
    'root',
  )
  for (const [name, key, extensions, days] of [
    ['rsa', ['rsa:2048'], 'tsa_cert', '20'],
    ['ec', ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'], 'tsa_cert', '20'],
    ['web', ['rsa:2048'], 'web_cert', '20'],
    // Its validity ends before it begins.
    ['expired', ['rsa:2048'], 'tsa_cert', '-1'],
  ] as const) {
    openssl(
      'req',
      '-newkey',
      ...key,
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
      '-config',
      'openssl.cnf',
    )
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'root.pem',
      '-CAkey',
      'root.key',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-days',
      days,
      '-extfile',
      'openssl.cnf',
      '-extensions',
      extensions,
    )
  }
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const noteText = 'mau.nhip.example/log\n12\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n'
const imprint = headImprint(noteText)
const anchor = (name = 'root') => [new X509Certificate(readFileSync(at(`${name}.pem`)))]

function answer(request: Uint8Array, signer: string): Uint8Array {
  writeFileSync(at('request.tsq'), request)
  openssl(
    'ts',
    '-reply',
    '-config',
    'openssl.cnf',
    '-section',
    'authority',
    '-queryfile',
    'request.tsq',
    '-signer',
    `${signer}.pem`,
    '-inkey',
    `${signer}.key`,
    '-out',
    'answer.tsr',
  )
  return new Uint8Array(readFileSync(at('answer.tsr')))
}
function fault(work: () => unknown): string {
  try {
    work()
    return 'none'
  } catch (error) {
    if (!(error instanceof TimeStampError)) throw error
    return error.fault
  }
}

describe('time stamps', () => {
  it.for(['rsa', 'ec'])(
    'of an openssl authority with a key of kind %s are accepted by us and by openssl',
    (signer, context) => {
      if (missing) return context.skip('no openssl')
      const request = timeStampRequest(imprint)
      const response = answer(request.bytes, signer)
      const stamp = checkTimeStamp(response, { imprint, nonce: request.nonce, anchors: anchor() })
      expect(Math.abs(stamp.time - Date.now())).toBeLessThan(120_000)
      expect(stamp.policy).toBe('1.2.3.4.1')
      writeFileSync(at('head.txt'), noteText)
      expect(
        openssl('ts', '-verify', '-in', 'answer.tsr', '-data', 'head.txt', '-CAfile', 'root.pem').toString(),
      ).toContain('Verification: OK')
      expect(openssl('ts', '-query', '-in', 'request.tsq', '-text').toString()).toContain(
        'Certificate required: yes',
      )
    },
  )

  it('that do not fit are refused for the right reason', (context) => {
    if (missing) return context.skip('no openssl')
    const request = timeStampRequest(imprint)
    const good = answer(request.bytes, 'rsa')
    const want = { imprint, nonce: request.nonce, anchors: anchor() }
    expect(fault(() => checkTimeStamp(good, { ...want, nonce: request.nonce + 1n }))).toBe('wrong-nonce')
    expect(fault(() => checkTimeStamp(good, { ...want, imprint: headImprint('khác\n') }))).toBe(
      'wrong-imprint',
    )
    expect(fault(() => checkTimeStamp(good, { ...want, anchors: anchor('other') }))).toBe('untrusted')
    expect(fault(() => checkTimeStamp(good, { ...want, anchors: [] }))).toBe('untrusted')
    expect(fault(() => checkTimeStamp(new Uint8Array(Buffer.from('<html>503</html>')), want))).toBe(
      'malformed',
    )
    expect(fault(() => checkTimeStamp(good.slice(0, -20), want))).toBe('malformed')
    // PKIStatusInfo with status 2, rejection.
    expect(fault(() => checkTimeStamp(Uint8Array.of(0x30, 5, 0x30, 3, 2, 1, 2), want))).toBe('refused')
  })

  it('signed by a certificate for web servers are refused', (context) => {
    if (missing) return context.skip('no openssl')
    const request = timeStampRequest(imprint)
    // openssl itself declines to stamp with such a certificate: the answer carries no stamp, or there is none.
    const response = (() => {
      try {
        return answer(request.bytes, 'web')
      } catch {
        return Uint8Array.of(0x30, 5, 0x30, 3, 2, 1, 2)
      }
    })()
    expect(['untrusted', 'refused']).toContain(
      fault(() => checkTimeStamp(response, { imprint, nonce: request.nonce, anchors: anchor() })),
    )
  })

  it('of an authority whose certificate has ended are refused', (context) => {
    if (missing) return context.skip('no openssl')
    const request = timeStampRequest(imprint)
    const response = answer(request.bytes, 'expired')
    expect(fault(() => checkTimeStamp(response, { imprint, nonce: request.nonce, anchors: anchor() }))).toBe(
      'untrusted',
    )
  })

  it('with any byte changed are refused, and never crash the reader', (context) => {
    if (missing) return context.skip('no openssl')
    const request = timeStampRequest(imprint)
    const good = answer(request.bytes, 'ec')
    let accepted = 0
    for (let i = 0; i < good.length; i += 5) {
      const changed = good.slice()
      changed[i] = (changed[i] as number) ^ 0x10
      const verdict = fault(() =>
        checkTimeStamp(changed, { imprint, nonce: request.nonce, anchors: anchor() }),
      )
      // The status text and names in certificates that are not part of the chain check may change harmlessly.
      if (verdict === 'none') accepted++
    }
    expect(accepted).toBeLessThan(good.length / 5 / 10)
  })
})

describe('DER', () => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 200n }), (n) => {
        expect(integerOf(readDer(derInteger(n)))).toBe(n)
      }),
    )
    for (const oid of [
      '1.2.840.113549.1.9.16.1.4',
      '2.16.840.1.101.3.4.2.1',
      '2.5.29.37',
      '1.3.6.1.5.5.7.3.8',
    ]) {
      expect(oidOf(readDer(derOid(oid)))).toBe(oid)
    }
  })
})
