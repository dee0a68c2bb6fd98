import { join } from 'node:path'
import { addDays } from '@nhip/calendar/civil-date'
import { civilDay, startOfDay } from '@nhip/calendar/instant'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { makeFolderDurably, removeFile, replaceFile } from '@nhip/durable/replace-file'
import { type Records, SYSTEM } from './contract.ts'
import { addJob, dueKey, type JobHandler } from './jobs.ts'

export const upkeepJob = 'records.upkeep'

/** Minutes after midnight, +07:00. */
const NIGHTLY_AT = 30
const KEPT_SNAPSHOTS = 7

/** Puts the next run of each nightly job into the queue, once, however often this is called. A night slept through is made up for by the next. */
export async function queueNightly(records: Records, kinds: readonly string[], now: number): Promise<void> {
  const due = (date: string) => startOfDay(date) + NIGHTLY_AT * 60_000
  const today = civilDay(now)
  const day = due(today) > now ? today : addDays(today, 1)
  const runAt = new Date(due(day)).toISOString()
  await records.tx(SYSTEM, async (tx) => {
    for (const kind of kinds) await addJob(tx, { kind, key: dueKey(kind, day), runAt })
  })
}

/** What the embedded store needs by night: vacuum, checkpoint, and a compressed snapshot of which the newest seven are kept. */
export function upkeepHandler(records: Records, folder: string, now: () => number): JobHandler {
  return async () => {
    await records.maintain()
    await records.checkpoint()
    if (records.state().driver !== 'pglite') return { snapshot: null }
    await makeFolderDurably(nodeFileSystem, folder)
    const name = `${civilDay(now())}.tar.gz`
    await replaceFile(nodeFileSystem, join(folder, name), await records.snapshot())
    const old = (await nodeFileSystem.list(folder))
      .filter((file) => /^\d{4}-\d{2}-\d{2}\.tar\.gz$/.test(file))
      .sort()
    for (const file of old.slice(0, -KEPT_SNAPSHOTS)) await removeFile(nodeFileSystem, join(folder, file))
    return { snapshot: name }
  }
}
