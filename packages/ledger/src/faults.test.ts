import { Crashed, type Fault, FaultyFileSystem } from '@nhip/durable/faulty-file-system'
import { type FileSystem, readWhole } from '@nhip/durable/file-system'
import { SimulatedDisk } from '@nhip/durable/simulated-disk'
import { describe, expect, it } from 'vitest'
import { folderReader } from './folder.ts'
import { Ledger } from './ledger.ts'
import { LedgerError } from './ledger-error.ts'
import { ED25519, signerKey } from './note.ts'
import { verifyLedger } from './verify.ts'

const key = signerKey('mau.nhip.example/log', ED25519, new Uint8Array(32).fill(1))
const folder = '/ledger'
const text = (n: number) => `mục ${n} ${'.'.repeat((n * 37) % 120)}`
const entry = (n: number) => new TextEncoder().encode(text(n))

/** Numbers in [0, 1) that a test can repeat. */
function dice(seed: number) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Appends in waves of different sizes with heads between them; returns what was acknowledged: index → text. */
async function work(fs: FileSystem, acknowledged: Map<number, string>, from: number): Promise<void> {
  const ledger = await Ledger.open(folder, { key, fs, headEveryMs: 0, tailBytes: 4000 })
  let next = from
  for (const wave of [1, 3, 60, 1, 250, 40]) {
    const answers = await Promise.allSettled(
      Array.from({ length: wave }, async () => {
        const n = next++
        const { index } = await ledger.append(entry(n))
        acknowledged.set(index, text(n))
      }),
    )
    for (const answer of answers) {
      if (answer.status === 'rejected' && !(answer.reason instanceof LedgerError)) throw answer.reason
    }
    if (ledger.state().mode === 'open') await ledger.publish().catch(passKnown)
  }
  await ledger.close().catch(passKnown)
}

function passKnown(error: unknown): void {
  if (!(error instanceof LedgerError)) throw error
}

/** Opens again without faults: everything acknowledged is there, once, and the log verifies and takes more. */
async function check(disk: SimulatedDisk, acknowledged: Map<number, string>): Promise<void> {
  const ledger = await Ledger.open(folder, { key, fs: disk, headEveryMs: 0 })
  const held: string[] = []
  for (let index = 0; index < ledger.state().size; index++) {
    held.push(new TextDecoder().decode(await ledger.entry(index)))
  }
  for (const [index, said] of acknowledged) expect(held[index]).toBe(said)
  expect(new Set(held).size).toBe(held.length)
  await ledger.append(entry(9_999))
  await ledger.close()
  const verdict = await verifyLedger(folderReader(disk, folder), { keys: [key] })
  expect(verdict.findings).toEqual([])
  expect(verdict.size).toBe(held.length + 1)
}

async function countOperations(): Promise<number> {
  let operations = 0
  const disk = new SimulatedDisk()
  const counting = new Proxy(disk, {
    get(target, name) {
      const method = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) => {
        operations++
        return Reflect.apply(method, target, args)
      }
    },
  })
  await work(counting, new Map(), 0)
  return operations
}

describe('faults', () => {
  const kinds: Fault['fault'][] = ['crash', 'torn', 'crash-after', 'EIO', 'ENOSPC', 'short']

  it.each(kinds)(
    'a %s at any operation loses nothing that was acknowledged',
    async (fault) => {
      // Content operations (write, sync, truncate) are not methods of the file system: the step is only a rough count.
      const operations = (await countOperations()) * 2
      const points = process.env.NHIP_FULL === '1' ? 300 : process.env.NHIP_TEST_ALL === '1' ? 40 : 3
      const every = Math.max(1, Math.floor(operations / points))
      for (let nth = 1; nth <= operations; nth += every) {
        const disk = new SimulatedDisk()
        const acknowledged = new Map<number, string>()
        const faulty = new FaultyFileSystem(disk, [{ on: fault === 'short' ? 'write' : 'any', nth, fault }])
        try {
          await work(faulty, acknowledged, 0)
        } catch (error) {
          const known =
            error instanceof Crashed ||
            error instanceof LedgerError ||
            (error instanceof Error && /injected fault|did not confirm|disk is full/.test(error.message))
          if (!known) throw error
        }
        if (nth % 2 === 0) disk.kill()
        else disk.powerCut(dice(nth))
        await check(disk, acknowledged)
      }
    },
    120_000,
  )

  it('a full disk is refused loudly and taken up again when there is room', async () => {
    const disk = new SimulatedDisk()
    const faulty = new FaultyFileSystem(disk, [{ on: 'write', nth: 3, fault: 'ENOSPC', times: 2 }])
    const ledger = await Ledger.open(folder, { key, fs: faulty, headEveryMs: 0 })
    const outcomes: string[] = []
    for (let n = 0; n < 6; n++) {
      outcomes.push(
        await ledger.append(entry(n)).then(
          () => ledger.state().mode,
          (error: LedgerError) => error.code,
        ),
      )
    }
    expect(outcomes).toEqual(['open', 'open', 'ledger-full', 'ledger-full', 'open', 'open'])
    expect(ledger.state().size).toBe(4)
    await ledger.close()
    expect((await verifyLedger(folderReader(disk, folder), { keys: [key] })).ok).toBe(true)
  })

  it('an unconfirmed sync ends this writer: nothing more is acknowledged until it is opened again', async () => {
    const disk = new SimulatedDisk()
    const faulty = new FaultyFileSystem(disk, [{ on: 'datasync', nth: 3, fault: 'EIO' }])
    const ledger = await Ledger.open(folder, { key, fs: faulty, headEveryMs: 0 })
    const codes: string[] = []
    for (let n = 0; n < 4; n++)
      codes.push(
        await ledger.append(entry(n)).then(
          () => 'ok',
          (error: LedgerError) => error.code,
        ),
      )
    expect(codes.filter((code) => code === 'ok').length).toBeLessThan(4)
    expect(codes.at(-1)).toBe('ledger-broken')
    await ledger.close()
  })
})

describe('a tail cut or changed at any byte', () => {
  async function prepared() {
    const disk = new SimulatedDisk()
    const ledger = await Ledger.open(folder, { key, fs: disk, headEveryMs: 0 })
    for (let n = 0; n < 6; n++) await ledger.append(entry(n))
    await ledger.publish()
    for (let n = 6; n < 12; n++) await ledger.append(entry(n))
    disk.kill()
    const [name] = await disk.list(`${folder}/tail`)
    const path = `${folder}/tail/${name}`
    const file = await disk.open(path, 'read')
    const bytes = new Uint8Array(await file.size())
    await file.read(bytes, 0)
    return { disk, path, bytes, frameOf: (n: number) => 44 + entry(n).length }
  }

  it('opens with exactly the whole frames', async () => {
    const { disk, path, bytes, frameOf } = await prepared()
    const last = [9, 10, 11].map(frameOf)
    const start = bytes.length - last.reduce((a, b) => a + b, 0)
    for (let length = start; length <= bytes.length; length++) {
      const file = await disk.open(path, 'update')
      await file.truncate(0)
      await file.write([bytes.subarray(0, length)], 0)
      const rest = length - start
      const whole =
        9 +
        (rest >= (last[0] ?? 0) ? 1 : 0) +
        (rest >= (last[0] ?? 0) + (last[1] ?? 0) ? 1 : 0) +
        (length === bytes.length ? 1 : 0)
      // The head signed at the last opening covers what was whole then: begin each time from the first head.
      const { disk: fresh } = await replay(bytes.subarray(0, length))
      const ledger = await Ledger.open(folder, { key, fs: fresh, headEveryMs: 0 })
      expect(ledger.state().size).toBe(whole)
      await ledger.close()
    }
  })

  it('refuses a changed byte in the middle, naming entry and place', async () => {
    const { bytes, frameOf } = await prepared()
    // In the last frame it would be a torn write: nothing good stands behind it.
    for (let at = 0; at < bytes.length - frameOf(11); at += 7) {
      const changed = bytes.slice()
      changed[at] = (changed[at] as number) ^ 0x40
      const { disk } = await replay(changed)
      await expect(Ledger.open(folder, { key, fs: disk, headEveryMs: 0 })).rejects.toMatchObject({
        code: 'ledger-damaged',
      })
    }
  })

  it('takes a hole in the last group for a power cut, and the same hole for damage once a later group stands behind it', async () => {
    const disk = new SimulatedDisk()
    const ledger = await Ledger.open(folder, { key, fs: disk, headEveryMs: 0 })
    for (let n = 0; n < 6; n++) await ledger.append(entry(n))
    await ledger.publish()
    await Promise.all(Array.from({ length: 20 }, (_, i) => ledger.append(entry(6 + i))))
    const grouped = await tailBytes(disk)
    await ledger.append(entry(26))
    const followed = await tailBytes(disk)
    const start =
      grouped.length - Array.from({ length: 20 }, (_, i) => 44 + entry(6 + i).length).reduce((a, b) => a + b)
    // The page with the tenth frame of the group never reached the disk, those around it did.
    const hole =
      start + Array.from({ length: 10 }, (_, i) => 44 + entry(6 + i).length).reduce((a, b) => a + b)
    const torn = await Ledger.open(folder, {
      key,
      fs: (await replay(grouped.slice().fill(0, hole, hole + 60))).disk,
      headEveryMs: 0,
    })
    expect(torn.state().size).toBe(16)
    await torn.close()
    const { disk: later } = await replay(followed.slice().fill(0, hole, hole + 60))
    await expect(Ledger.open(folder, { key, fs: later, headEveryMs: 0 })).rejects.toMatchObject({
      code: 'ledger-damaged',
    })
  })

  async function tailBytes(disk: SimulatedDisk): Promise<Uint8Array> {
    const [name] = await disk.list(`${folder}/tail`)
    return readWhole(disk, `${folder}/tail/${name}`)
  }

  /** The same folder with its head at six entries and another tail. */
  async function replay(tail: Uint8Array) {
    const disk = new SimulatedDisk()
    const ledger = await Ledger.open(folder, { key, fs: disk, headEveryMs: 0 })
    for (let n = 0; n < 6; n++) await ledger.append(entry(n))
    await ledger.publish()
    disk.kill()
    const [name] = await disk.list(`${folder}/tail`)
    const file = await disk.open(`${folder}/tail/${name}`, 'update')
    await file.truncate(0)
    await file.write([tail], 0)
    return { disk }
  }
})
