import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bundleSpans, formatBundle } from './bundle.ts'
import { ClaimScan } from './claims.ts'
import { type Envelope, envelopeBytes } from './envelope.ts'

const start = Date.parse('2026-11-22T01:00:00Z')
const minute = 60_000
const envelope = (outbox: number, more: Partial<Envelope> = {}): Uint8Array =>
  envelopeBytes({
    v: 1,
    id: `0000-${outbox}`,
    nonce: '00',
    outbox,
    time: new Date(start + outbox * minute).toISOString(),
    node: 'mau',
    who: 'p-1',
    purpose: 'operation',
    action: 'verdict.give',
    object: { type: 'verdict', id: 'v' },
    ...more,
  })

function scan(entries: Uint8Array[], stamps: { size: number; time: number }[] = []) {
  const claims = new ClaimScan(stamps)
  for (let first = 0; first < entries.length; first += 256) {
    const bytes = formatBundle(entries.slice(first, first + 256))
    claims.onBundle(first, bytes, bundleSpans(bytes) ?? [])
  }
  return claims.findings.map(({ kind, severity, index }) => `${severity} ${kind} ${index}`)
}
const run = (n: number, change: (outbox: number) => Uint8Array = envelope) =>
  Array.from({ length: n }, (_, i) => change(i + 1))

describe('what entries claim of themselves', () => {
  it('is in order in an honest log, across bundles', () => {
    const stamps = [100, 300].map((size) => ({ size, time: start + size * minute }))
    expect(scan(run(600), stamps)).toEqual([])
  })

  it('names the entry before which an audit row is missing, or repeated', () => {
    const entries = run(600)
    expect(scan([...entries.slice(0, 400), ...entries.slice(401)])).toEqual(['error missing 400'])
    expect(scan([...entries.slice(0, 10), envelope(10), ...entries.slice(10)])).toEqual(['error missing 10'])
  })

  it('names entries whose time lies before the stamp before them or behind the one after', () => {
    const stamps = [100, 300].map((size) => ({ size, time: start + size * minute }))
    const lie = (at: number, minutes: number) =>
      run(400, (n) =>
        n === at + 1 ? envelope(n, { time: new Date(start + minutes * minute).toISOString() }) : envelope(n),
      )
    expect(scan(lie(200, 90), stamps)).toEqual(['warning backdated 200'])
    expect(scan(lie(200, 310), stamps)).toEqual(['warning backdated 200'])
    expect(scan(lie(200, 96), stamps)).toEqual([])
    expect(scan(lie(350, 9_000), stamps)).toEqual([])
  })

  it('is not misled by texts that look like it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('"outbox":7', '"time":"2020', '\\"outbox":9', '"', '\\', 'ố', ','), {
          maxLength: 8,
        }),
        (parts) => {
          const purpose = parts.join('')
          expect(
            scan(
              run(5, (n) => envelope(n, { purpose, who: purpose, legalBasis: purpose })),
              [{ size: 3, time: start + 3 * minute }],
            ),
          ).toEqual([])
        },
      ),
    )
  })

  it('is not looked for in entries that are no envelopes', () => {
    expect(scan(run(300, (n) => new TextEncoder().encode(`{"số":${n}}`)))).toEqual([])
  })
})
