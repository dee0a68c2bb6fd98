import { SimulatedDisk } from '@nhip/durable/simulated-disk'
import { describe, expect, it } from 'vitest'
import { formatHead } from './checkpoint.ts'
import { folderReader } from './folder.ts'
import { Ledger } from './ledger.ts'
import { verifyConsistency } from './merkle.ts'
import { ED25519, signerKey } from './note.ts'
import { verifyReceipt } from './receipt.ts'
import { verifyLedger } from './verify.ts'

const key = signerKey('mau.nhip.example/log', ED25519, new Uint8Array(32).fill(1))
const entry = (n: number) =>
  new TextEncoder().encode(JSON.stringify({ outbox: n, action: 'decision.sign', object: `quyết định ${n}` }))
const folder = '/ledger'

async function open(fs: SimulatedDisk, more = {}) {
  return Ledger.open(folder, { key, fs, headEveryMs: 0, ...more })
}
async function appendAll(ledger: Ledger, from: number, to: number) {
  return Promise.all(Array.from({ length: to - from }, (_, i) => ledger.append(entry(from + i))))
}

describe('the ledger', () => {
  it('gives each entry its place in the order of arrival, and a head over all of them', async () => {
    const fs = new SimulatedDisk()
    const ledger = await open(fs)
    const places = await appendAll(ledger, 0, 700)
    expect(places.map((place) => place.index)).toEqual(Array.from({ length: 700 }, (_, i) => i))
    const head = await ledger.publish()
    expect(head.size).toBe(700)
    const verdict = await verifyLedger(folderReader(fs, folder), { keys: [key] })
    expect(verdict).toMatchObject({ ok: true, size: 700, trust: 'pinned', checked: { entries: 700 } })
    await ledger.close()
  })

  it('proves any entry to a stranger, and that it only ever grew', async () => {
    const fs = new SimulatedDisk()
    const ledger = await open(fs, { tailBytes: 1000 })
    const heads = []
    for (const size of [1, 2, 255, 256, 257, 511, 600, 1300]) {
      await appendAll(ledger, ledger.state().size, size)
      heads.push(await ledger.publish())
    }
    for (const index of [0, 255, 256, 599, 1299]) {
      const receipt = verifyReceipt(await ledger.receipt(index), { log: [key] })
      expect(receipt).toMatchObject({ index, size: 1300 })
      expect(receipt.entry).toEqual(entry(index))
    }
    const last = heads.at(-1)
    for (const old of heads) {
      if (!last) throw new Error('no head')
      const path = await ledger.consistency(old.size, last.size)
      expect(verifyConsistency(old.size, last.size, old.root, last.root, path)).toBe(true)
    }
    const verdict = await verifyLedger(folderReader(fs, folder), {
      keys: [key],
      since: heads.map(formatHead),
    })
    expect(verdict).toMatchObject({ ok: true, checked: { heads: 9 } })
    await ledger.close()
  })

  it('goes on after closing as if it had never been closed', async () => {
    const fs = new SimulatedDisk()
    for (let size = 0; size < 900; size += 130) {
      const ledger = await open(fs)
      expect(ledger.state().size).toBe(size)
      await appendAll(ledger, size, size + 130)
      await ledger.close()
    }
    expect((await verifyLedger(folderReader(fs, folder), { keys: [key] })).size).toBe(910)
  })

  it('tells a caller when a head covers the entry', async () => {
    const ledger = await open(new SimulatedDisk(), { headEveryMs: 20 })
    const { index } = await ledger.append(entry(0))
    expect((await ledger.covered(index)).size).toBe(1)
    await expect(ledger.covered(1)).rejects.toThrow('not below the size 1')
    await ledger.close()
    await expect(ledger.append(entry(1))).rejects.toMatchObject({ code: 'ledger-closed' })
  })

  it('refuses an entry that is a payload', async () => {
    const ledger = await open(new SimulatedDisk())
    await expect(ledger.append(new Uint8Array(20_000))).rejects.toMatchObject({ code: 'entry-too-large' })
    await ledger.close()
  })

  it('refuses to write on to a folder restored from an old copy', async () => {
    const fs = new SimulatedDisk()
    const ledger = await open(fs)
    await appendAll(ledger, 0, 10)
    await ledger.close()
    await expect(open(fs, { knownSize: 25 })).rejects.toMatchObject({ code: 'ledger-fork' })
    const again = await open(fs, { knownSize: 10 })
    expect(again.state().size).toBe(10)
    await again.close()
  })
})
