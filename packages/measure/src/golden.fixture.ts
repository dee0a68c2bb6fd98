import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { computePipeline, type Scores } from './compute/compute.ts'
import { prepareAll } from './compute/pipeline.ts'
import { readCsv } from './data/csv.ts'
import { type ReadDataOptions, readData } from './data/read-data.ts'
import { checkFramework } from './framework/check.ts'
import { dataRoles } from './framework/data-roles.ts'
import type { Framework } from './framework/framework.ts'
import { loadFramework } from './framework/load.ts'
import type { MeasureProblem } from './problem.ts'

const root = join(import.meta.dirname, '../../..')
const folder = join(root, 'models/frameworks')

/** Folder of the published figures that the files are tested against; absent on a bare clone. */
export const SHARED = process.env.NHIP_SHARED ?? join(root, '../shared')

export function sharedFile(path: string): string | null {
  const file = join(SHARED, path)
  if (existsSync(file)) return readFileSync(file, 'utf8')
  console.info(`skipped: no ${path} under NHIP_SHARED`)
  return null
}

export function frameworkText(name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

/** Loads and checks a file of `models/frameworks`, or the changed text of one. */
export function openModel(
  name: string,
  text = frameworkText(name),
): { framework: Framework | null; problems: MeasureProblem[] } {
  const { framework, problems, locate } = loadFramework({
    path: join(folder, name),
    text,
    read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
  })
  return { framework, problems: [...problems, ...(framework ? checkFramework(framework, locate) : [])] }
}

/** Scores of every period of a table. */
export function scoresOfText(framework: Framework, csv: string, options: ReadDataOptions): Scores[] {
  const roles = dataRoles(framework)
  const { data, problems } = readData(csv, { roles: (item) => roles.get(item) ?? 'unused', ...options })
  if (!data) throw new Error(JSON.stringify(problems[0]))
  return prepareAll(framework, data.panels).map(computePipeline)
}

/** Rows of a CSV as records by header. */
export function records(csv: string): Record<string, string>[] {
  const [head, ...rows] = readCsv(csv)
  return rows.map((row) => Object.fromEntries(head!.cells.map((c, i) => [c.text, row.cells[i]!.text])))
}
