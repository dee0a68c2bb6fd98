import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { crashRounds } from './crash-rounds.ts'
import { temporaryCluster, temporaryServer } from './temporary-records.ts'

/** The stated size with NHIP_FULL=1; else as much as a build can wait for. */
const rounds = process.env.NHIP_FULL === '1' ? 100 : 8

test(`${rounds} × kill -9 under load on the embedded store`, async () => {
  const folder = await temporaryCluster()
  const result = await crashRounds({ folder, rounds, random: Math.random })
  console.log(`embedded: ${JSON.stringify(result)}`)
  expect(result.acknowledged).toBeGreaterThan(rounds)
  expect(result).toMatchObject({ lost: [], doubled: [], outboxWhole: true })
  expect(result.slowestOpenMs).toBeLessThan(5000)
  await rm(folder, { recursive: true, force: true })
})

test(`${rounds} × kill -9 under load on a server, the server itself in every fifth`, async (context) => {
  const server = await temporaryServer()
  if (typeof server === 'string') {
    console.log(`skipped: ${server}`)
    return context.skip(server)
  }
  const databaseUrl = await server.database()
  const result = await crashRounds({
    folder: '',
    databaseUrl,
    rounds,
    server,
    random: Math.random,
  })
  console.log(`server: ${JSON.stringify(result)}`)
  expect(result.acknowledged).toBeGreaterThan(rounds)
  expect(result).toMatchObject({ lost: [], doubled: [], outboxWhole: true })
  expect(result.slowestOpenMs).toBeLessThan(5000)
  await server.end()
})
