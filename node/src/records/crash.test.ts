import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { crashRounds } from './crash-rounds.ts'
import { temporaryCluster } from './temporary-records.ts'

test('kill -9 under load on the embedded store: nothing acknowledged is lost or doubled', async () => {
  const folder = await temporaryCluster()
  // Past the first acknowledgement: a life that ends before it proves nothing by itself.
  const result = await crashRounds({ folder, rounds: 1, random: () => 0.5 })
  expect(result.acknowledged).toBeGreaterThan(0)
  expect(result).toMatchObject({ lost: [], doubled: [], outboxWhole: true })
  await rm(folder, { recursive: true, force: true })
  // Starts of a process and of the engine: seconds, but minutes on a machine that does much else.
}, 180_000)
