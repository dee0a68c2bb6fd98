import { expect, test } from 'vitest'
import { fileLimitTrial, fullDiskTrial, killTrial } from './crash/trials.ts'

test('100 × SIGKILL under load: 0 lost, 0 doubled', async () => {
  const witness = await killTrial(100)
  expect(witness.acknowledged).toBeGreaterThan(1_000)
  expect(witness.slowestOpenMs).toBeLessThan(5_000)
})

test('a disk that fills up and empties, again and again', async (context) => {
  const witness = await fullDiskTrial(12)
  if (!witness) return context.skip('no right to mount a small tmpfs')
  expect(witness.errors.length).toBeGreaterThan(0)
})

test('files that may not grow (ulimit -f)', async () => {
  expect((await fileLimitTrial()).acknowledged).toBeGreaterThan(10)
})
