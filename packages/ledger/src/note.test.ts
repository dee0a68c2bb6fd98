import { describe, expect, it } from 'vitest'
import { formatHead, openHead, parseHead, signCheckpoint } from './checkpoint.ts'
import { cosign, verifiedCosignatures } from './cosignature.ts'
import { CompactRange, leafHash } from './merkle.ts'
import {
  COSIGNATURE_ED25519,
  ED25519,
  formatNote,
  formatVerifierKey,
  NoteError,
  parseNote,
  parseSignerKey,
  parseVerifierKey,
  signerKey,
  signNote,
  verifiedSignatures,
} from './note.ts'
import { formatReceipt, parseReceipt, verifyReceipt } from './receipt.ts'
import { bundlePath, parseTilePath, tileOfNode, tilePath, tilesOf } from './tile-path.ts'

/** The example of the Go package golang.org/x/mod/sumdb/note: an outside implementation made this note and this key. */
const goKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const goNote = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`
const seed = (n: number) => new Uint8Array(32).fill(n)
const logKey = signerKey('mau.nhip.example/log', ED25519, seed(1))
const witness = signerKey('lang-gieng.nhip.example', COSIGNATURE_ED25519, seed(2))

describe('signed notes', () => {
  it('opens a note made by Go, and refuses it with one letter changed', () => {
    const key = parseVerifierKey(goKey)
    expect(formatVerifierKey(key)).toBe(goKey)
    expect(verifiedSignatures(parseNote(goNote), [key])).toEqual([key])
    expect(formatNote(parseNote(goNote))).toBe(goNote)
    expect(() => verifiedSignatures(parseNote(goNote.replace('problem,', 'problem.')), [key])).toThrow(
      NoteError,
    )
  })

  it('signs with a key made by Go', () => {
    const secret = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz'
    const key = parseSignerKey(secret)
    expect(formatVerifierKey(key)).toBe(goKey)
    const { text, signatures } = parseNote(goNote)
    expect(signNote(text, key)).toEqual(signatures[0])
    expect(() => parseSignerKey(secret.replace('c74f20a3', 'c74f20a4'))).toThrow('does not belong')
  })

  it('passes over signatures it does not know', () => {
    expect(verifiedSignatures(parseNote(goNote), [logKey])).toEqual([])
  })

  it.each([
    ['no blank line', 'a\n— x AAAAAAA=\n'],
    ['no newline at the end', 'a\n\n— x AAAAAAAA'],
    ['a hyphen for the dash', 'a\n\n- x AAAAAAAA\n'],
    ['a plus sign in the name', 'a\n\n— x+y AAAAAAAA\n'],
    ['bad base64', 'a\n\n— x AAAA_AAA\n'],
    ['a control character', 'a\u0007\n\n— x AAAAAAAA\n'],
    ['no text', '\n— x AAAAAAAA\n'],
  ])('refuses a note with %s', (_, text) => {
    expect(() => parseNote(text)).toThrow(NoteError)
  })

  it('refuses a key whose id is not its own', () => {
    expect(() => parseVerifierKey(goKey.replace('c74f20a3', 'c74f20a4'))).toThrow('key id c74f20a4')
  })
})

describe('heads and receipts', () => {
  const entries = ['một', 'hai', 'ba'].map((text) => new TextEncoder().encode(text))
  const range = new CompactRange()
  for (const entry of entries) range.append(leafHash(entry))
  const head = signCheckpoint({ origin: logKey.name, size: 3, root: range.root() }, logKey)

  it('reads back what it signed, and no other key opens it', () => {
    expect(openHead(formatHead(head), [logKey])).toMatchObject({ origin: logKey.name, size: 3 })
    const stranger = signerKey(logKey.name, ED25519, seed(9))
    expect(() => openHead(formatHead(head), [stranger])).toThrow('no signature')
    expect(() => signCheckpoint({ ...head, origin: 'khac.example' }, logKey)).toThrow('does not sign for')
  })

  it('takes cosignatures with their time', () => {
    const cosigned = parseHead(
      formatHead({
        ...head,
        note: {
          ...head.note,
          signatures: [...head.note.signatures, cosign(head.note.text, 1_795_000_000, witness)],
        },
      }),
    )
    expect(verifiedCosignatures(cosigned.note, [witness])).toEqual([{ key: witness, time: 1_795_000_000 }])
    const later = cosigned.note.signatures[1]
    if (!later) throw new Error('the cosignature is missing')
    later.bytes[7] = (later.bytes[7] ?? 0) ^ 1
    expect(() => verifiedCosignatures(cosigned.note, [witness])).toThrow(NoteError)
  })

  it('gives a receipt that stands alone', () => {
    const [a, b, c] = entries.map(leafHash)
    if (!a || !b || !c || !entries[0]) throw new Error('three entries')
    const text = formatReceipt({ index: 0, path: [b, c], entry: entries[0], head })
    expect(verifyReceipt(text, { log: [logKey] })).toMatchObject({
      origin: logKey.name,
      index: 0,
      size: 3,
      cosigned: [],
    })
    expect(parseReceipt(text).path).toHaveLength(2)
    // The bytes carried along are nobody's word: other bytes must not pass.
    const swapped = text.replace(/^extra .*$/m, `extra ${Buffer.from('khác').toString('base64')}`)
    expect(() => verifyReceipt(swapped, { log: [logKey] })).toThrow('not at index 0')
    expect(() => verifyReceipt(text.replace('index 0', 'index 1'), { log: [logKey] })).toThrow(
      'not at index 1',
    )
    expect(() => verifyReceipt(text, { log: [] })).toThrow('no signature')
  })
})

describe('tile paths', () => {
  it('spells them as the specification does', () => {
    expect(tilePath({ level: 0, index: 1234067, width: 256 })).toBe('tile/0/x001/x234/067')
    expect(tilePath({ level: 3, index: 5, width: 17 })).toBe('tile/3/005.p/17')
    expect(bundlePath(0, 256)).toBe('tile/entries/000')
    for (const path of ['tile/0/x001/x234/067', 'tile/3/005.p/17', 'tile/entries/x012/345.p/1']) {
      const tile = parseTilePath(path)
      if (!tile) throw new Error(path)
      expect(tile.kind === 'hashes' ? tilePath(tile) : bundlePath(tile.index, tile.width)).toBe(path)
    }
    for (const bad of [
      'tile/0/1',
      'tile/0/x000/001',
      'tile/0/001.p/256',
      'tile/64/000',
      'tile/00/000',
      'tile/0/../x',
      'tile/-1/000',
    ]) {
      expect(parseTilePath(bad)).toBeUndefined()
    }
  })

  it('lists the tiles of a tree and finds a node in them', () => {
    expect([...tilesOf(70_000)].filter((tile) => tile.width < 256)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ])
    expect(tileOfNode(3, 33)).toEqual({ level: 0, index: 1, first: 8, count: 8 })
    expect(tileOfNode(8, 300)).toEqual({ level: 1, index: 1, first: 44, count: 1 })
  })
})
