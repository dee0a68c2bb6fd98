import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { folderReader } from '@nhip/ledger/folder'
import { Ledger } from '@nhip/ledger/ledger'
import { leafHash, verifyInclusion } from '@nhip/ledger/merkle'
import { ED25519, signerKey } from '@nhip/ledger/note'
import { verifyLedger } from '@nhip/ledger/verify'
import type { Bench, Context, Measure } from './contract.ts'

const key = signerKey('bench.nhip.example/log', ED25519, new Uint8Array(32).fill(1))
const callers = 64
const text = (n: number) =>
  new TextEncoder().encode(
    `{"action":"verdict.give","object":{"id":"v-${n}","type":"verdict"},"outbox":${n},"v":1,"pad":"${'x'.repeat(180)}"}`,
  )

/** Lets 64 callers append one after another for a while; appends a second and the time a caller waited. */
async function pressed(
  seconds: number,
  append: (n: number) => Promise<unknown>,
): Promise<{ rate: number; p99: number; count: number }> {
  const waits: number[] = []
  let next = 0
  const began = performance.now()
  const end = began + seconds * 1000
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < end) {
        const start = performance.now()
        await append(next++)
        waits.push(performance.now() - start)
      }
    }),
  )
  waits.sort((a, b) => a - b)
  return {
    rate: waits.length / ((performance.now() - began) / 1000),
    p99: waits[Math.floor(waits.length * 0.99)] ?? 0,
    count: waits.length,
  }
}

function appends({ rate, p99 }: { rate: number; p99: number }): Measure[] {
  return [
    { name: `appends, ${callers} callers`, value: rate, uom: '/s', better: 'more', floor: 20_000 },
    { name: 'wait of a caller, p99', value: p99, uom: 'ms', better: 'less', floor: 25 },
  ]
}

async function run({ folder, seconds, full, log }: Context): Promise<Measure[]> {
  const pressedFolder = join(folder, 'pressed')
  const ledger = await Ledger.open(pressedFolder, { key })
  const pressure = await pressed(Math.min(seconds, 10), (n) => ledger.append(text(n)))
  await ledger.close()

  const size = full ? 10_000_000 : 100_000
  log(`building a log of ${size} entries`)
  const big = join(folder, 'big')
  let log_ = await Ledger.open(big, { key, headEveryMs: 500 })
  for (let n = 0; n < size; n += 4096) {
    await Promise.all(Array.from({ length: Math.min(4096, size - n) }, (_, i) => log_.append(text(n + i))))
  }
  await log_.close()
  let began = performance.now()
  log_ = await Ledger.open(big, { key, headEveryMs: 0 })
  const reopen = performance.now() - began

  const head = log_.head()
  if (!head) throw new Error('the log has no head')
  const proofs = 500
  began = performance.now()
  for (let i = 0; i < proofs; i++) {
    const index = (i * 7919) % size
    const path = await log_.inclusion(index, size)
    if (!verifyInclusion(index, size, leafHash(text(index)), path, head.root))
      throw new Error(`proof ${index} failed`)
  }
  const proof = (performance.now() - began) / proofs
  await log_.close()

  began = performance.now()
  const verdict = await verifyLedger(folderReader(nodeFileSystem, big), { keys: [key] })
  if (!verdict.ok) throw new Error('the log does not verify')
  const verify = size / ((performance.now() - began) / 1000)
  return [
    ...appends(pressure),
    { name: 'proof made and checked', value: proof, uom: 'ms', better: 'less', floor: 0.2 },
    { name: `reopen, ${size} entries`, value: reopen, uom: 'ms', better: 'less', floor: 1000 },
    { name: 'verify', value: verify, uom: 'entries/s', better: 'more', floor: 300_000 },
  ]
}

/** What the disk allows: the same bytes, the same grouping, no tree: one write and one fdatasync a group. */
async function bare({ folder, seconds }: Context): Promise<Measure[]> {
  const file = await open(join(folder, 'bare'), 'w')
  let queue: { bytes: Uint8Array; done: () => void }[] = []
  let running = false
  let at = 0
  const drain = async () => {
    running = true
    await Promise.resolve()
    while (queue.length > 0) {
      const group = queue
      queue = []
      const { bytesWritten } = await file.writev(
        group.map((item) => item.bytes),
        at,
      )
      at += bytesWritten
      await file.datasync()
      for (const item of group) item.done()
    }
    running = false
  }
  const result = await pressed(Math.min(seconds, 10), (n) => {
    const written = new Promise<void>((done) => queue.push({ bytes: text(n), done }))
    if (!running) void drain()
    return written
  })
  await file.close()
  return appends(result).map((measure) => ({ ...measure, floor: undefined }))
}

export default {
  name: 'ledger',
  about:
    '64 callers append entries of 260 bytes, acknowledged after fdatasync; then a log is reopened, proved and verified',
  peers: [{ who: 'bare write + fdatasync', version: process.version, run: bare }],
  run,
} satisfies Bench
