import { execFileSync } from 'node:child_process'
import { canonicalJson } from '@nhip/canonical/canonical-json'
import { describe, expect, it } from 'vitest'
import { commit, type Envelope, envelopeBytes, newNonce, newSalt, opens, parseEnvelope } from './envelope.ts'

const verdict = { unit: '00364', indicator: 'DTI-1.2', value: '0.75', by: 'người thẩm định 7' }

const envelope: Envelope = {
  v: 1,
  id: '019a9c1e-0000-7000-8000-000000000001',
  nonce: newNonce(),
  outbox: 41,
  time: '2026-11-21T08:00:00+07:00',
  node: 'mau.nhip.example',
  who: 'p-7f3a',
  purpose: 'assessment',
  legalBasis: 'ND-224-2026/8',
  action: 'verdict.give',
  object: { type: 'verdict', id: 'v-1' },
}

describe('a commitment', () => {
  it('opens with the payload and its salt, and with nothing else', () => {
    const salt = newSalt()
    const commitment = commit(verdict, salt)
    expect(opens(commitment, { ...verdict }, salt)).toBe(true)
    expect(opens(commitment, { ...verdict, value: '0.76' }, salt)).toBe(false)
    expect(opens(commitment, verdict, newSalt())).toBe(false)
    expect(() => commit(verdict, salt.slice(1))).toThrow('31 bytes')
  })

  it('is what openssl computes by hand', (context) => {
    const salt = newSalt()
    const args = ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${Buffer.from(salt).toString('hex')}`]
    let printed: string
    try {
      printed = execFileSync('openssl', args, {
        input: canonicalJson(verdict),
        stdio: ['pipe', 'pipe', 'ignore'],
      }).toString()
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error
      return context.skip('no openssl')
    }
    expect(printed.trim().split(' ').at(-1)).toBe(commit(verdict, salt).value)
  })

  it('says nothing once its salt is destroyed: the entry stays provable, the person is forgotten', () => {
    const salt = newSalt()
    const entry = envelopeBytes({
      ...envelope,
      object: { ...envelope.object, commitment: commit(verdict, salt) },
    })
    salt.fill(0)
    const kept = parseEnvelope(entry)
    expect(kept?.object.commitment?.value).toMatch(/^[0-9a-f]{64}$/)
    expect(new TextDecoder().decode(entry)).not.toContain('người thẩm định')
    // Even somebody who guesses the payload exactly cannot tell that it was this one.
    expect(opens(kept?.object.commitment ?? { alg: 'hmac-sha256', value: '' }, verdict, salt)).toBe(false)
  })
})

describe('an envelope', () => {
  it('reads back from its bytes, and only from the canonical ones', () => {
    const bytes = envelopeBytes(envelope)
    expect(parseEnvelope(bytes)).toEqual(envelope)
    const spaced = new TextEncoder().encode(new TextDecoder().decode(bytes).replace(',', ', '))
    expect(parseEnvelope(spaced)).toBeUndefined()
    expect(parseEnvelope(new TextEncoder().encode('{"v":1}'))).toBeUndefined()
    expect(parseEnvelope(Uint8Array.of(0xff))).toBeUndefined()
  })
})
