import { writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { NewObservation } from '../observations.ts'
import { openObservations } from '../open.ts'

/**
 * The process that crash tests kill: `writer.ts FOLDER FIRST_BATCH [options]`. It stores numbered batches and writes
 * `ack N` to stdout once batch N is acknowledged; nothing else may count as stored. A batch that is refused is sent
 * again until it is taken, as a client would.
 */
export const ROWS = 40
export const STATIONS = 8
const IN_FLIGHT = 6

/** Batch `n`, the same whenever it is made: station and time are the key, the batch number is the value. */
export function batch(n: number): NewObservation[] {
  return Array.from({ length: ROWS }, (_, i) => ({
    dataset: 'crash',
    entity: `urn:nhip:Station:${i % STATIONS}`,
    property: 'level',
    breakdown: '',
    from: Date.UTC(2026, 0, 1) + (n * (ROWS / STATIONS) + Math.floor(i / STATIONS)) * 1000,
    to: null,
    value: n,
    uom: 0,
    status: 'A' as const,
    quality: 0,
    source: 'crash',
  }))
}

async function main(): Promise<void> {
  const [folder, first, ...options] = process.argv.slice(2) as [string, string, ...string[]]
  const jumping = options.includes('--clock-jumps')
  const sealing = options.includes('--seal')
  const now = jumping ? () => Date.now() + Math.round((Math.random() - 0.5) * 7_200_000) : Date.now
  const store = await openObservations({ folder, now, threads: 1, memory: '256MB', hotDays: 0 })
  writeSync(1, 'open\n')
  if (sealing) setInterval(() => void store.seal({ all: true }).catch(() => undefined), 120)
  let next = Number(first)
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (;;) {
        const n = next++
        for (;;) {
          try {
            await store.append(batch(n))
            writeSync(1, `ack ${n}\n`)
            break
          } catch (error) {
            writeSync(2, `${n}: ${String(error)}\n`)
            await new Promise((resolve) => setTimeout(resolve, 100))
          }
        }
      }
    }),
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
