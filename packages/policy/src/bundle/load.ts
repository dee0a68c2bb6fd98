import type { Message, Problem } from '@nhip/canonical/problem'
import { loadDmn } from '../dmn/link.ts'
import { readDmn } from '../dmn/read.ts'
import { compileProgram, type Program } from '../interpret/program.ts'
import { Bundle } from './bundle.ts'
import type { BundleModel, DecisionFile, Parameter } from './model.ts'
import { suggestion } from './nearest.ts'
import { isOpenFiscaParameter, readOpenFiscaParameters } from './openfisca-parameters.ts'
import { type PolicyTest, readTests } from './policy-test.ts'
import { pathOf, readFolder, readParameter } from './read-parameter.ts'
import { readPolicy } from './read-policy.ts'
import { type ReformFile, readReform } from './reform.ts'
import { readYaml } from './yaml-file.ts'

export interface Loaded {
  /** Absent when the frame of the bundle could not be read; then `problems` say why. */
  readonly bundle?: Bundle
  readonly problems: readonly Problem[]
}

/**
 * Loads a policy bundle from its files by path (`policy.yaml`, `parameters/…`, `reforms/…`, `tests/…`, `*.dmn`) and
 * collects everything wrong with it in one pass. A bundle with errors among its problems is given for looking at, not
 * for evaluating.
 */
export function loadBundle(files: ReadonlyMap<string, string>): Loaded {
  const problems: Problem[] = []
  const main = files.get('policy.yaml')
  if (main === undefined) {
    const near = [...files.keys()].find((name) => /(^|\/)policy\.ya?ml$/.test(name))
    return {
      problems: [
        {
          severity: 'error',
          code: 'bundle.missing',
          file: 'policy.yaml',
          message: { vi: 'thư mục không có policy.yaml', en: 'the folder has no policy.yaml' },
          ...(near ? { hint: { vi: `có "${near}"`, en: `there is "${near}"` } } : {}),
        },
      ],
    }
  }
  const yaml = readYaml(main, 'policy.yaml')
  problems.push(...yaml.problems)
  const policy = yaml.yaml && readPolicy(yaml.yaml, problems)
  const parameters = new Map<string, Parameter>()
  const folders = new Map<string, Message>()
  const reforms: ReformFile[] = []
  const tests: PolicyTest[] = []
  const decisions = new Map<string, DecisionFile>()
  const unreadPaths: string[] = []
  const unreferenced: string[] = []
  const sources = policy?.sources ?? new Map()
  // In this order parameters come before the reforms that set them.
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (path.endsWith('.dmn')) {
      const read = readDmn(text, path)
      problems.push(...read.problems)
      if (read.definitions) decisions.set(path, { path, definitions: read.definitions })
      continue
    }
    if (path === 'policy.yaml' || !/\.ya?ml$/.test(path)) continue
    const [room] = path.split('/')
    if (room !== 'parameters' && room !== 'reforms' && room !== 'tests') {
      const hint = suggestion(room ?? '', ['parameters', 'reforms', 'tests', 'policy.yaml'])
      problems.push({
        severity: 'warning',
        code: 'file.unknown',
        file: path,
        message: {
          vi: `tệp này không được đọc: không nằm trong parameters, reforms hay tests`,
          en: 'this file is not read: it is in none of parameters, reforms, tests',
        },
        ...(hint ? { hint } : {}),
      })
      continue
    }
    const read = readYaml(text, path)
    problems.push(...read.problems)
    if (!read.yaml) {
      unreadPaths.push(`parameters.${pathOf(path)}`)
      continue
    }
    if (room === 'parameters' && /\/index\.ya?ml$/.test(path)) {
      const title = readFolder(read.yaml)
      if (title) folders.set(pathOf(path.replace(/\/index(\.ya?ml)$/, '$1')), title)
    } else if (room === 'parameters' && isOpenFiscaParameter(read.yaml)) {
      for (const parameter of readOpenFiscaParameters(read.yaml, problems)) {
        parameters.set(parameter.path, parameter)
        if (!hasReference(parameter)) unreferenced.push(parameter.path)
      }
    } else if (room === 'parameters') {
      const parameter = readParameter(read.yaml, sources, problems)
      if (parameter) parameters.set(parameter.path, parameter)
      else unreadPaths.push(`parameters.${pathOf(path)}`)
    } else if (room === 'reforms') {
      const reform = policy && readReform(read.yaml, { ...policy, parameters }, problems)
      if (reform) reforms.push(reform)
    } else tests.push(...readTests(read.yaml, problems))
  }
  if (unreferenced.length > 0) {
    problems.push({
      severity: 'warning',
      code: 'reference.missing',
      file: 'parameters',
      value: String(unreferenced.length),
      message: {
        vi: `${unreferenced.length} tham số lấy từ OpenFisca không ghi căn cứ: ${unreferenced.slice(0, 5).join(', ')}…`,
        en: `${unreferenced.length} parameters taken from OpenFisca name no source: ${unreferenced.slice(0, 5).join(', ')}…`,
      },
    })
  }
  for (const file of decisions.values()) {
    const others = [...files].filter(([name]) => name.endsWith('.dmn') && name !== file.path)
    const linked = loadDmn(
      { name: file.path, text: files.get(file.path) ?? '' },
      others.map(([name, text]) => ({ name, text })),
    )
    problems.push(...linked.problems.filter((p) => p.file === file.path && !problems.some((q) => same(p, q))))
  }
  // Without policy.yaml nobody knows the sources: that one problem is enough.
  if (!policy) return { problems: problems.filter(({ code }) => code !== 'source.unknown') }
  const unread = new Set([...policy.unread, ...unreadPaths])
  const model: BundleModel = { ...policy, unread, parameters, folders, decisions }
  const compiled = compileProgram(model)
  problems.push(...compiled.problems)
  const program: Program = compiled.program
  return { bundle: new Bundle(model, program, reforms, tests), problems }
}

const same = (a: Problem, b: Problem) =>
  a.code === b.code && a.file === b.file && a.line === b.line && a.column === b.column

function hasReference({ values, brackets }: Parameter): boolean {
  return [...values, ...brackets.flatMap((b) => [...b.threshold, ...b.amount])].some(
    (entry) => entry.reference !== null,
  )
}
