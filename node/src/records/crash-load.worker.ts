import { writeSync } from 'node:fs'
import { SYSTEM } from './contract.ts'
import { openRecords } from './open.ts'

// The process that the crash tests kill: opens the records, says so, then writes from eight sides at once and
// tells each row on stdout only after its transaction was acknowledged.

const [folder = '', databaseUrl = '', round = ''] = process.argv.slice(2)
const started = performance.now()
const records = await openRecords({ folder, ...(databaseUrl === '' ? {} : { databaseUrl }) })
writeSync(1, `open ${Math.round(performance.now() - started)}\n`)

async function write(writer: number): Promise<never> {
  for (let i = 0; ; i++) {
    const code = `${round}-${writer}-${i}`
    await records.tx(SYSTEM, async (tx) => {
      tx.audit({
        action: 'unit.add',
        targetType: 'unit',
        targetId: code,
        after: { code, text: 'x'.repeat(500) },
      })
      const unit = { id: `urn:nhip:unit:${code}@2025-07-01`, code, kind: 'office', valid_from: '2025-07-01' }
      await tx.db.insertInto('unit').values(unit).execute()
    })
    writeSync(1, `kept ${code}\n`)
  }
}

Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer))).catch((error: unknown) => {
  writeSync(2, `${String(error)}\n`)
  process.exit(3)
})
