import { rm } from 'node:fs/promises'
import { builtCluster } from './new-cluster.ts'
import { openRecords } from './open.ts'

// A step of the build, not of the program: leaves a migrated, empty cluster for new data folders to begin from.
await rm(builtCluster, { recursive: true, force: true })
const records = await openRecords({ folder: builtCluster })
await records.close()
