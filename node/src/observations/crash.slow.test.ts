import { expect, test } from 'vitest'
import { fileLimitTrial, fullDiskTrial, killTrial } from './crash/trials.ts'

/** The stated size with NHIP_FULL=1; else as much as a build can wait for. */
const full = process.env.NHIP_FULL === '1'
const kills = full ? 100 : 10

test(`${kills} × SIGKILL under load: 0 lost, 0 doubled`, async () => {
  const witness = await killTrial(kills)
  expect(witness.acknowledged).toBeGreaterThan(5 * kills)
  expect(witness.slowestOpenMs).toBeLessThan(5_000)
})

test('a disk that fills up and empties, again and again', async (context) => {
  const witness = await fullDiskTrial(full ? 12 : 2)
  if (!witness) return context.skip('no right to mount a small tmpfs')
  expect(witness.errors.length).toBeGreaterThan(0)
})

test('files that may not grow (ulimit -f)', async () => {
  expect((await fileLimitTrial()).acknowledged).toBeGreaterThan(10)
})
