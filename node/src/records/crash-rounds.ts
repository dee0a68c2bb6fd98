import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { programArguments } from '../thread.ts'
import { openRecords } from './open.ts'
import type { TemporaryServer } from './temporary-records.ts'

export interface CrashPlan {
  /** Of the embedded cluster, or '' with `databaseUrl`. */
  folder: string
  databaseUrl?: string
  rounds: number
  /** Kill this server too, in every fifth round. */
  server?: TemporaryServer
  /** Chooses the moments; numbers in [0, 1). */
  random: () => number
}

export interface CrashResult {
  acknowledged: number
  /** Acknowledged rows that are not there, or whose audit row is not there. */
  lost: string[]
  /** Rows written twice, or audit rows without their row. */
  doubled: string[]
  /** True when the outbox numbers run from 1 without gap. */
  outboxWhole: boolean
  slowestOpenMs: number
}

function start(plan: CrashPlan, round: number): ChildProcess {
  const writer = programArguments(new URL('./crash-load.worker.ts', import.meta.url))
  const args = [...writer, plan.folder, plan.databaseUrl ?? '', String(round)]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** One life of the writing process: what it acknowledged before it was killed, and how long it took to open. */
async function live(plan: CrashPlan, round: number): Promise<{ kept: string[]; openMs: number }> {
  const child = start(plan, round)
  let text = ''
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += String(chunk)
  })
  // One life in five may end before its first acknowledgement, the others are cut off in the middle of the work.
  const awaited = plan.random() < 0.2 ? 'open ' : 'kept '
  const opened = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      text += String(chunk)
      if (text.includes(awaited)) resolve()
    })
  })
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await Promise.race([opened, gone])
  if (text === '') throw new Error(`the writing process did not open: ${errors}`)
  await sleep(plan.random() * 300)
  if (plan.server && round % 5 === 4) await plan.server.crash()
  child.kill('SIGKILL')
  await gone
  const lines = text.split('\n').slice(0, -1)
  const kept = lines.filter((line) => line.startsWith('kept ')).map((line) => line.slice(5))
  return { kept, openMs: Number(lines[0]?.slice(5)) }
}

/** Kills the writing process again and again over one store, then counts. */
export async function crashRounds(plan: CrashPlan): Promise<CrashResult> {
  const acknowledged: string[] = []
  let slowestOpenMs = 0
  for (let round = 0; round < plan.rounds; round++) {
    const { kept, openMs } = await live(plan, round)
    acknowledged.push(...kept)
    slowestOpenMs = Math.max(slowestOpenMs, openMs)
  }
  const { folder, databaseUrl } = plan
  const records = await openRecords({ folder, ...(databaseUrl ? { databaseUrl } : {}) })
  const units = await records.read((db) => db.selectFrom('unit').select('code'))
  const audits = await records.read((db) =>
    db.selectFrom('audit').select(['outbox', 'target_id']).orderBy('outbox'),
  )
  const [size] = await records.read(() => sql<{ n: number }>`SELECT count(*)::int AS n FROM unit`)
  await records.close()
  const there = new Set(units.map((unit) => unit.code))
  const told = new Map<string, number>()
  for (const audit of audits) told.set(audit.target_id, (told.get(audit.target_id) ?? 0) + 1)
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((code) => !there.has(code) || !told.has(code)),
    doubled: [
      ...[...told].filter(([code, n]) => n !== 1 || !there.has(code)).map(([code]) => code),
      ...(size?.n === there.size ? [] : ['unit']),
    ],
    outboxWhole: audits.every((audit, i) => Number(audit.outbox) === i + 1) && audits.length === there.size,
    slowestOpenMs,
  }
}
