import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './contract.ts'
import { BenchNode } from './load/node.ts'
import { describeSensors, sendReadings } from './load/sensors.ts'

const STEPS = 200
/** A node is idle once the roll-ups of the readings are done and memory has been given back. */
const IDLE_MS = 15_000

const bench: Bench = {
  name: 'restart',
  about: `a node with 1,000 series is killed under load and started again: time to the ready line; memory after ${IDLE_MS / 1000} s without work`,
  peers: [],
  async run(context) {
    const data = join(context.folder, 'data')
    const first = await BenchNode.start(data)
    let idleMb = Number.NaN
    try {
      await describeSensors(first)
      for (let step = 0; step < STEPS; step++) await sendReadings(first, step, 300_000)
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
      idleMb = residentMb(first.pid)
    } finally {
      await first.stop('SIGKILL')
    }
    const again = await BenchNode.start(data)
    const killed = again.startedMs
    await again.stop()
    const third = await BenchNode.start(data)
    await third.stop()
    return [
      { name: 'first start', value: first.startedMs, uom: 'ms', better: 'less', floor: 10_000 },
      { name: 'restart after SIGKILL', value: killed, uom: 'ms', better: 'less', floor: 2_000 },
      { name: 'restart after a clean stop', value: third.startedMs, uom: 'ms', better: 'less', floor: 2_000 },
      ...(Number.isNaN(idleMb)
        ? []
        : [{ name: 'RSS idle', value: idleMb, uom: 'MB', better: 'less' as const, floor: 450 }]),
    ]
  },
}
export default bench

/** Resident memory from /proc; not a number where there is none. */
function residentMb(pid: number): number {
  try {
    const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return kb ? Number(kb[1]) / 1024 : Number.NaN
  } catch {
    return Number.NaN
  }
}
