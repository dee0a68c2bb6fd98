import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import type { Units } from '../identity/units.ts'
import type { Records } from '../records/contract.ts'
import { openRecords } from '../records/open.ts'
import { temporaryCluster } from '../records/temporary-records.ts'
import { openCatalogue } from './open.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-catalogue-'))
const template = await temporaryCluster()
const records = await openRecords({ folder: join(folder, 'records'), template })
afterAll(async () => {
  await records.close()
  for (const made of [folder, template]) rmSync(made, { recursive: true, force: true })
})

test('a dataset that was closed stays closed although another change was still being read', async () => {
  let answersWait: Promise<void> | null = null
  // Answers of one reading come late, as they do from a busy server.
  const slow = {
    tx: records.tx.bind(records),
    async read(query: Parameters<Records['read']>[0]) {
      const wait = answersWait
      answersWait = null
      const rows = await records.read(query)
      await wait
      return rows
    },
  } as unknown as Records
  const catalogue = await openCatalogue(slow, {} as Units)
  const actor = { id: 'test' }
  const named = (code: string) => ({ code, name: { vi: code, en: code } })
  await catalogue.saveDatasets(actor, [{ ...named('ho-so'), class: 'shared' }])

  let arrive = () => {}
  answersWait = new Promise((resolve) => {
    arrive = resolve
  })
  const other = catalogue.saveDatasets(actor, [named('khac')])
  while (answersWait !== null) await sleep(5)
  const closing = catalogue.saveDatasets(actor, [{ ...named('ho-so'), class: 'restricted' }])
  const stored = () =>
    records.read<{ class: string }>(() => sql`SELECT class FROM dataset WHERE code = 'ho-so'`)
  while ((await stored())[0]?.class !== 'restricted') await sleep(5)
  await Promise.race([closing, sleep(500)])
  arrive()
  await Promise.all([other, closing])
  expect(catalogue.dataset('ho-so')?.class).toBe('restricted')
})
