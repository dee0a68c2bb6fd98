import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkFramework } from '@nhip/measure/framework/check'
import { type Crosswalk, checkCrosswalk, readCrosswalk } from '@nhip/measure/framework/crosswalk'
import type { Framework } from '@nhip/measure/framework/framework'
import type { MeasureProblem } from '@nhip/measure/problem'
import type { Io } from '../verb.ts'
import { loadFile, printProblems, readText } from './open.ts'
import { problemJson } from './problem-json.ts'

/** `nhip measure check FRAMEWORK.yaml`: everything that is wrong with a framework file, its parents and its crosswalks. */
export async function check(args: string[], io: Io): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} })
  const path = positionals[0]
  const { framework, outline, problems, sha256, locate } = loadFile(path)
  const all: MeasureProblem[] = [...problems, ...(framework ? checkFramework(framework, locate) : [])]
  if (framework) all.push(...crosswalkProblems(path!, framework))
  const ok = framework !== null && !all.some((p) => p.severity === 'error')
  if (io.json) {
    const { code, version, status, nodes, leaves } = outline
    const answer = {
      ok,
      framework: { code, version, status, sha256 },
      nodes,
      leaves,
      problems: all.map(problemJson),
    }
    io.stdout.write(`${JSON.stringify(answer)}\n`)
  } else {
    printProblems(all, io)
    const name = `${outline.code ?? '?'}@${outline.version ?? '?'}`
    const errors = all.filter((p) => p.severity === 'error').length
    io.stdout.write(
      io.lang === 'vi'
        ? `${name}: ${outline.nodes} nút, ${outline.leaves} chỉ tiêu lá; ${errors} lỗi, ${all.length - errors} cảnh báo\n`
        : `${name}: ${outline.nodes} nodes, ${outline.leaves} leaves; ${errors} errors, ${all.length - errors} warnings\n`,
    )
  }
  return ok ? 0 : 1
}

/** Crosswalks that the framework lists, and those in the folder `crosswalk` beside it that name it. */
function crosswalkProblems(path: string, framework: Framework): MeasureProblem[] {
  const folder = dirname(path)
  const listed = framework.crosswalks.map((file) => join(folder, file))
  const beside = filesIn(join(folder, 'crosswalk'))
    .filter((name) => /--.*\.ya?ml$/.test(name))
    .map((name) => join(folder, 'crosswalk', name))
  const problems: MeasureProblem[] = []
  for (const file of new Set([...listed, ...beside])) {
    const isListed = listed.includes(file)
    const { crosswalk, problems: misread } = readCrosswalk(readText(file, file), file)
    const self = `${framework.code}@${framework.version}`
    if (!crosswalk) {
      if (isListed) problems.push(...misread)
      continue
    }
    if (crosswalk.from !== self && crosswalk.to !== self && !isListed) continue
    const [from, to] = [crosswalk.from, crosswalk.to].map((ref) =>
      ref === self ? framework : findFramework(folder, ref),
    )
    problems.push(...checkCrosswalk(crosswalk, from!, to!, file))
  }
  return problems
}

/** The framework `code@version` in a folder, by the file names that frameworks use. */
export function findFramework(folder: string, ref: string): Framework | null {
  const [code, version] = ref.split('@')
  for (const name of [`${code}-${version}.yaml`, `${ref}.yaml`, `${code}.yaml`]) {
    if (!filesIn(folder).includes(name)) continue
    const { framework } = loadFile(join(folder, name))
    if (framework && framework.code === code && framework.version === version) return framework
  }
  return null
}

/** The crosswalk between two frameworks, in the folder `crosswalk` beside either file; null without one. */
export function findCrosswalk(paths: readonly string[], from: Framework, to: Framework): Crosswalk | null {
  for (const path of paths) {
    const folder = join(dirname(path), 'crosswalk')
    for (const name of filesIn(folder)) {
      const { crosswalk } = readCrosswalk(readText(join(folder, name), name), name)
      if (crosswalk?.from === `${from.code}@${from.version}` && crosswalk.to === `${to.code}@${to.version}`)
        return crosswalk
    }
  }
  return null
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
