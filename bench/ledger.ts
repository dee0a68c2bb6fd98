import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { formatHead, openHead } from '@nhip/ledger/checkpoint'
import { Ledger } from '@nhip/ledger/ledger'
import { leafHash, verifyInclusion } from '@nhip/ledger/merkle'
import { ED25519, signerKey } from '@nhip/ledger/note'
import { verifyFolder } from '@nhip/ledger/verify-folder'
import type { Bench, Context, Measure } from './contract.ts'
import { generateLog } from './load/generated-log.ts'

const key = signerKey('bench.nhip.example/log', ED25519, new Uint8Array(32).fill(1))
const callers = 64
/** What one second brings at the stated rate. */
const UNSIGNED = 20_000
const PROOFS = 500
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

/** What a piece of work took, and how much of it this process computed: on a shared machine the second says more. */
async function timed(work: () => Promise<unknown>): Promise<{ wallMs: number; cpuMs: number }> {
  const cpu = process.cpuUsage()
  const began = performance.now()
  await work()
  const wallMs = performance.now() - began
  const { user, system } = process.cpuUsage(cpu)
  return { wallMs, cpuMs: (user + system) / 1000 }
}

async function run({ folder, seconds, full, log }: Context): Promise<Measure[]> {
  const pressedFolder = join(folder, 'pressed')
  const ledger = await Ledger.open(pressedFolder, { key })
  const pressure = await pressed(Math.min(seconds, 10), (n) => ledger.append(text(n)))
  await ledger.close()

  const size = 256 * (full ? 39_063 : 3_907)
  log(`writing a log of ${size} entries`)
  const big = join(folder, 'big')
  await generateLog(big, size, key, text)
  // As a killed process leaves it: entries of the last second are in the tail and in no signed head yet.
  const killed = await Ledger.open(big, { key, headEveryMs: 0 })
  await Promise.all(Array.from({ length: UNSIGNED }, (_, i) => killed.append(text(size + i))))

  let opened = killed
  const reopen = await timed(async () => {
    opened = await Ledger.open(big, { key, headEveryMs: 0 })
  })
  const head = opened.head()
  if (head?.size !== size + UNSIGNED) throw new Error(`the log has ${head?.size} entries`)

  const indices = Array.from({ length: PROOFS }, (_, i) => (i * 7919 * 13) % head.size)
  const prove = () =>
    timed(async () => {
      for (const index of indices) {
        const path = await opened.inclusion(index, head.size)
        if (!verifyInclusion(index, head.size, leafHash(text(index)), path, head.root))
          throw new Error(`proof ${index} failed`)
      }
    })
  const cold = await prove()
  const warm = await prove()
  const heads = await timed(async () => {
    for (let i = 0; i < PROOFS; i++) openHead(formatHead(head), [key])
  })
  await opened.close()

  const verify = await timed(async () => {
    const verdict = await verifyFolder(big, { keys: [key] })
    if (!verdict.ok) throw new Error('the log does not verify')
  })
  return [
    ...appends(pressure),
    { name: 'proof made and checked', value: warm.wallMs / PROOFS, uom: 'ms', better: 'less', floor: 0.2 },
    { name: 'the same, tile read from disk first', value: cold.wallMs / PROOFS, uom: 'ms', better: 'less' },
    {
      name: "head's signature checked, once a head",
      value: heads.wallMs / PROOFS,
      uom: 'ms',
      better: 'less',
    },
    {
      name: `reopen, ${head.size} entries, ${UNSIGNED} unsigned`,
      value: reopen.wallMs,
      uom: 'ms',
      better: 'less',
      floor: 1000,
    },
    {
      name: 'verify',
      value: head.size / (verify.wallMs / 1000),
      uom: 'entries/s',
      better: 'more',
      floor: 300_000,
    },
    {
      name: 'verify, a second of this process',
      value: head.size / (verify.cpuMs / 1000),
      uom: 'entries/s',
      better: 'more',
    },
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
