import { afterAll, beforeAll, expect, test } from 'vitest'
import { Attacked } from './attack.fixture.ts'
import { hostileInputs, wholeCount } from './generate.fixture.ts'

/** All with NHIP_FULL=1; else a third of every family. */
const count = process.env.NHIP_FULL === '1' ? wholeCount : Math.ceil(wholeCount / 3)

let attacked: Attacked
beforeAll(async () => {
  attacked = await Attacked.start()
}, 300_000)
afterAll(() => attacked?.stop())

test(`${count} hostile inputs over HTTP: each refused or flagged, the store as it was, memory bounded`, async () => {
  const inputs = await hostileInputs(count, process.env.NHIP_SEED ?? 'all of them')
  expect(wholeCount).toBeGreaterThanOrEqual(500)
  expect(inputs.length).toBeGreaterThanOrEqual(count - 10)
  const refusable = inputs.filter((input) => input.door === 'socket' || input.outcome === 'refused')
  const others = inputs.filter((input) => !refusable.includes(input))

  const hash = await attacked.node.observations.contentHash()
  const before = process.memoryUsage().rss
  let most = before
  const faults: string[] = []
  const began = performance.now()
  for (const input of [...refusable, ...others]) {
    if (input === others[0]) expect(await attacked.node.observations.contentHash()).toBe(hash)
    const fault = await attacked.send(input)
    if (fault !== null) faults.push(`${input.family}: ${input.what}: ${fault}`)
    most = Math.max(most, process.memoryUsage().rss)
  }
  const grown = (most - before) / 2 ** 20
  process.stdout.write(
    `${inputs.length} inputs (${refusable.length} to be refused) in ${((performance.now() - began) / 1000).toFixed(1)} s, resident memory grew by ${grown.toFixed(0)} MiB\n`,
  )
  expect(faults).toEqual([])
  expect(await attacked.isWell()).toBe(true)
  // The generator itself builds sixty-megabyte bombs in this process.
  expect(grown).toBeLessThan(800)
})
