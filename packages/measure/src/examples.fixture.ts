import { stringify } from 'yaml'
import { compute, type Scores } from './compute/compute.ts'
import { readData } from './data/read-data.ts'
import { checkFramework } from './framework/check.ts'
import { dataRoles } from './framework/data-roles.ts'
import type { Framework } from './framework/framework.ts'
import { loadFramework } from './framework/load.ts'
import { MeasureError, type MeasureProblem } from './problem.ts'

/** A table in an example: the first column names the units, blank is missing. */
export type Table = Record<string, (string | number | null)[]>

export interface Example {
  name: string
  /** Top-level keys; `nodes` may be left out, then every column is a child of the root `T`. */
  framework?: Record<string, unknown>
  /** Keys of the nodes that are made of the columns. */
  leaves?: Record<string, Record<string, unknown>>
  data: Table
  expected: Record<string, unknown>
}

/** The framework of an example, checked. */
export function frameworkOf(example: Example): { framework: Framework | null; problems: MeasureProblem[] } {
  const [, ...items] = Object.keys(example.data)
  const {
    attributes = [],
    denominators = [],
    items: inputs = [],
  } = (example.framework ?? {}) as Record<string, string[]>
  const aside = new Set([...attributes, ...denominators, ...inputs])
  const own = items.filter((item) => !aside.has(item))
  const nodes = [{ code: 'T' }, ...own.map((code) => ({ code, parent: 'T', ...example.leaves?.[code] }))]
  const text = stringify({ framework: 'example', version: '1', status: 'draft', nodes, ...example.framework })
  const { framework, problems, locate } = loadFramework({ path: 'example.yaml', text, read: () => null })
  return { framework, problems: [...problems, ...(framework ? checkFramework(framework, locate) : [])] }
}

/** Scores of an example, or the code by which the framework or the data are refused. */
export function scoresOf(example: Example): { scores: Scores; framework: Framework } | { refused: string } {
  const { framework, problems } = frameworkOf(example)
  const wrong = problems.find((p) => p.severity === 'error')
  if (!framework || wrong) return { refused: wrong!.code }
  const columns = Object.keys(example.data)
  const lines = example.data[columns[0]!]!.map((_, u) =>
    columns.map((c) => example.data[c]![u] ?? '').join(','),
  )
  const roles = dataRoles(framework)
  const csv = [columns.join(','), ...lines].join('\n')
  const { data, problems: misread } = readData(csv, {
    wide: columns[0]!,
    roles: (item) => roles.get(item) ?? 'unused',
  })
  if (!data) return { refused: misread[0]!.code }
  const last = data.panels.at(-1)!
  try {
    return { scores: compute(framework, last, data.panels.slice(0, -1)), framework }
  } catch (error) {
    if (error instanceof MeasureError) return { refused: error.problem.code }
    throw error
  }
}
