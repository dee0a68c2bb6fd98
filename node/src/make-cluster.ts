import { rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { openUnits } from './identity/units.ts'
import { UnitsCopy } from './identity/units-copy.ts'
import { openRecords } from './records/open.ts'
import { builtCluster, builtUnits } from './stores.ts'

// A step of the build, not of the program: leaves a migrated cluster that holds the administrative units and nothing
// else, for new data folders to begin from, with the copy of those units beside it. Importing 14,000 units takes seconds
// and memory that a node would keep.
const models = dirname(createRequire(import.meta.url).resolve('@nhip/models/package.json'))
// Under a name of its own first: two builds of one tree may run at once.
const unfinished = `${builtCluster}.${process.pid}`
await rm(unfinished, { recursive: true, force: true })
const records = await openRecords({ folder: unfinished })
await openUnits(records, join(models, 'admin-units'), await UnitsCopy.read(`${unfinished}.json`))
await records.close()
await rm(builtCluster, { recursive: true, force: true })
await rename(unfinished, builtCluster)
await rename(`${unfinished}.json`, builtUnits)
