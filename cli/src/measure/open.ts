import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Problem } from '@nhip/canonical/problem'
import type { MeasureData } from '@nhip/measure/data/measure-data'
import { type ReadDataOptions, readData } from '@nhip/measure/data/read-data'
import { checkFramework } from '@nhip/measure/framework/check'
import { dataRoles } from '@nhip/measure/framework/data-roles'
import type { Framework } from '@nhip/measure/framework/framework'
import { type LoadedFramework, loadFramework } from '@nhip/measure/framework/load'
import type { MeasureProblem } from '@nhip/measure/problem'
import { type Io, UsageError } from '../verb.ts'

/** Exit 2 with these problems on stderr. */
export class Unusable extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map((p) => p.message.en).join('; '))
    this.problems = problems
  }
}

/** Text of a file that the command line names. */
export function readText(path: string | undefined, what: string): string {
  if (path === undefined) throw new UsageError({ vi: `Thiếu ${what}.`, en: `${what} is missing.` })
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new UsageError({ vi: `Không đọc được tệp "${path}".`, en: `The file "${path}" cannot be read.` })
  }
}

/** Loads a framework without refusing it: `measure check` shows what is wrong. */
export function loadFile(path: string | undefined): LoadedFramework {
  const text = readText(path, 'FRAMEWORK.yaml')
  return loadFramework({
    path: path!,
    text,
    read: (other) => {
      try {
        return readFileSync(other, 'utf8')
      } catch {
        return null
      }
    },
  })
}

/**
 * A framework that may be computed with.
 * @throws {Unusable} when `check` finds an error
 */
export function openFramework(path: string | undefined): {
  framework: Framework
  problems: MeasureProblem[]
} {
  const { framework, problems, locate } = loadFile(path)
  const all = [...problems, ...(framework ? checkFramework(framework, locate) : [])]
  if (!framework || all.some((p) => p.severity === 'error')) throw new Unusable(all)
  return { framework, problems: all }
}

export interface DataFlags {
  wide?: string
  time?: string
  'as-published'?: string
}

/** Command-line options that say how DATA.csv is read, for `parseArgs`. */
export const dataOptions = {
  wide: { type: 'string' },
  time: { type: 'string' },
  'as-published': { type: 'string' },
} as const

/**
 * Reads DATA.csv for a framework; items that the framework does not know come back as warnings.
 * @throws {Unusable} when the data cannot be read
 */
export function openData(
  framework: Framework,
  path: string | undefined,
  flags: DataFlags,
): { data: MeasureData; problems: MeasureProblem[] } {
  const roles = dataRoles(framework)
  const options: ReadDataOptions = {
    file: path === undefined ? '' : basename(path),
    roles: (item) => roles.get(item) ?? 'unused',
    ...(flags.wide === undefined ? {} : { wide: flags.wide }),
    ...(flags.time === undefined ? {} : { time: flags.time }),
    ...(flags['as-published'] === undefined ? {} : { asPublished: flags['as-published'] }),
  }
  const { data, problems } = readData(readText(path, 'DATA.csv'), options)
  if (!data) throw new Unusable(problems)
  const unknown = [...new Set(data.rows.map((row) => row.item))].filter((item) => !roles.has(item)).sort()
  for (const item of unknown) {
    problems.push({
      severity: 'warning',
      code: 'unknown-item',
      item,
      value: item,
      message: {
        vi: `Bộ chỉ số không có mục "${item}": bỏ qua`,
        en: `The framework has no item "${item}": ignored`,
      },
    })
  }
  const present = new Set(data.rows.map((row) => row.item))
  for (const node of framework.leaves.map((i) => framework.nodes[i]!)) {
    if (!node.scored || node.formula !== null || present.has(node.code)) continue
    problems.push({
      severity: 'warning',
      code: 'item-without-data',
      item: node.code,
      message: {
        vi: `Dữ liệu không có mục "${node.code}": thiếu ở mọi đơn vị`,
        en: `The data have no item "${node.code}": missing for every unit`,
      },
    })
  }
  return { data, problems }
}

/** Problems for people, one a line, with place. */
export function printProblems(problems: readonly Problem[], io: Io): void {
  for (const p of problems) {
    const place = [p.file, p.line, p.column].filter((x) => x !== undefined).join(':')
    const at = [place, p.path].filter((x) => x !== undefined && x !== '').join(' ')
    const hint = p.hint ? ` (${p.hint[io.lang]})` : ''
    io.stderr.write(`${at === '' ? '' : `${at}: `}${p.severity} ${p.code}: ${p.message[io.lang]}${hint}\n`)
  }
}

/** Runs an action; what cannot be used is printed and becomes exit 2. */
export async function withUsable(io: Io, act: () => Promise<number> | number): Promise<number> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof Unusable)) throw error
    printProblems(error.problems, io)
    return 2
  }
}
