import { Readable, Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { addDuration } from './duration.ts'
import { parseArguments } from './flags.ts'
import { main, verbNames } from './frame.ts'

function sink() {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => chunks.join('') }
}

async function nhip(...argv: string[]) {
  const [out, err] = [sink(), sink()]
  const code = await main(argv, { stdout: out.stream, stderr: err.stream, stdin: Readable.from([]) })
  return { code, out: out.text(), err: err.text() }
}

describe('nhip', () => {
  test('help lists every verb that is a file, in both languages', async () => {
    for (const lang of ['vi', 'en']) {
      const { code, out } = await nhip('help', '--lang', lang)
      expect(code).toBe(0)
      for (const verb of verbNames()) expect(out).toMatch(new RegExp(`^ {2}${verb} +\\S`, 'm'))
    }
    expect(verbNames()).toEqual(
      expect.arrayContaining(['serve', 'import', 'user', 'token', 'lake', 'doctor', 'export']),
    )
  })

  test('every verb has help in both languages, and help does nothing else', async () => {
    for (const verb of verbNames())
      for (const lang of ['vi', 'en']) {
        const { code, out, err } = await nhip(verb, '--help', '--lang', lang)
        expect([verb, code, err]).toEqual([verb, 0, ''])
        expect(out.length).toBeGreaterThan(40)
      }
  })

  test('an unknown verb is exit 2 and names the nearest', async () => {
    const { code, err } = await nhip('sevre', '--lang', 'en')
    expect(code).toBe(2)
    expect(err).toContain('Did you mean "serve"?')
  })

  test('no verb at all is exit 2 with the list', async () => {
    const { code, out } = await nhip()
    expect(code).toBe(2)
    expect(out).toContain('serve')
  })

  test.each([
    [['serve', '--prot', '1'], '--port'],
    [['import', 'x.csv', '--datset', 'a'], '--dataset'],
    [['import'], 'Exactly one file'],
    [['import', '/no/such/file.csv', '--dataset', 'a'], '/no/such/file.csv'],
    [['import', 'package.json'], '--dataset'],
    [['import', 'package.json', '--dataset', 'a', '--on-error', 'stop'], 'abort'],
    [['import', 'package.json', '--dataset', 'a', '--map', '/no/map.json'], '/no/map.json'],
    [['user', 'add', 'an', '--role', 'king'], 'administrator'],
    [['user', 'forget'], 'nhip user'],
    [['token', 'create', '--user', 'an'], '--scope'],
    [['token', 'create', '--user', 'an', '--scope', 'all'], 'ingest'],
    [['lake', 'drain'], 'nhip lake'],
    [['export', 'map'], 'nhip export'],
    [['serve', '--host', '0.0.0.0', '--data', '/tmp/none'], '--tls-cert'],
  ])('%j is exit 2 and says why', async (argv, words) => {
    const { code, out, err } = await nhip(...argv, '--lang', 'en')
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(words)
  })
})

test('flags: with a space, with =, switches, the last one wins', () => {
  const { rest, own, settings } = parseArguments(
    ['file.csv', '--data', 'a', '--data=b', '--dry-run', 'more', '--insecure-http'],
    { dryRun: 'switch' },
  )
  expect({ rest, own, settings }).toEqual({
    rest: ['file.csv', 'more'],
    own: { dryRun: '' },
    settings: { data: 'b', insecureHttp: '' },
  })
})

test('durations of tokens', () => {
  const from = new Date('2026-01-31T00:00:00Z')
  expect(addDuration(from, 'P90D')).toBe('2026-05-01T00:00:00.000Z')
  expect(addDuration(from, 'P1Y')).toBe('2027-01-31T00:00:00.000Z')
  expect(() => addDuration(from, '90')).toThrow()
})
