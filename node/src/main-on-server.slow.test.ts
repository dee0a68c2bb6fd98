import { afterAll, test } from 'vitest'
import { temporaryServer } from './records/temporary-records.ts'

// The tests of the whole node over HTTP, once more with its records on a database server.
const server = await temporaryServer()
if (typeof server === 'string') {
  console.log(`skipped: the node's HTTP tests on a database server: ${server}`)
  test.skip(`the node's HTTP tests on a database server: ${server}`, () => undefined)
} else {
  process.env.NHIP_TEST_RECORDS_URL = await server.database()
  afterAll(() => server.end())
  await import('./main.test.ts')
}
