import { rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importUnits } from './identity/units.ts'
import { SYSTEM } from './records/contract.ts'
import { openRecords } from './records/open.ts'

// A step of the build, not of the program: leaves a migrated cluster that holds the administrative units and nothing
// else, for new data folders to begin from. Importing 14,000 units takes seconds and memory that a node would keep.
const models = dirname(createRequire(import.meta.url).resolve('@nhip/models/package.json'))
const folder = fileURLToPath(new URL('../dist/cluster', import.meta.url))
// Under a name of its own first: two builds of one tree may run at once.
const unfinished = `${folder}.${process.pid}`
await rm(unfinished, { recursive: true, force: true })
const records = await openRecords({ folder: unfinished })
await importUnits(records, SYSTEM, join(models, 'admin-units'))
await records.close()
await rm(folder, { recursive: true, force: true })
await rename(unfinished, folder)
