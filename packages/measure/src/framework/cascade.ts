import { createHash } from 'node:crypto'
import { type MeasureProblem, say } from '../problem.ts'
import { isMapping } from './fields.ts'
import { readYamlSource, type YamlSource } from './yaml-source.ts'

/** A framework file as text; `read` gives the text of another by its path, or null. */
export interface FrameworkText {
  path: string
  text: string
  read(path: string): string | null
}

/** A node of a file before it is read, with the path and the file where it stands. */
export interface NodeText {
  raw: unknown
  path: string
  source: YamlSource
}

/** A framework with its parents laid under it: own keys over theirs, the patch applied to their nodes. */
export interface Cascade {
  source: YamlSource
  /** Top-level keys with those that the parent states and the file does not. */
  top: Record<string, unknown>
  /** Of each top-level key the file it comes from. */
  origin: Map<string, YamlSource>
  nodes: NodeText[]
  extends: { code: string; version: string; sha256: string; codes: readonly string[] } | null
  sha256: string
}

/** Top-level keys that are a file's own and never come from its parent. */
const OWN_KEYS = new Set([
  'framework',
  'version',
  'status',
  'title',
  'source',
  'extends',
  'extends_sha256',
  'patch',
  'nodes',
  'crosswalk',
])
const MAX_DEPTH = 8

/** SHA-256 of a file's bytes, by which editions name it and cascades pin it. */
export function hashOfFile(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

/**
 * Reads a file and, by `extends: code@version` with its `extends_sha256`, its parents.
 * Problems: `schema`, and `extends-hash` when a parent is absent or not the pinned bytes.
 */
export function readCascade(text: FrameworkText, problems: MeasureProblem[], depth = 0): Cascade | null {
  const { source, problems: misread } = readYamlSource(text.text, text.path)
  problems.push(...misread)
  if (!source) return null
  const sha256 = hashOfFile(text.text)
  const report = (code: string, path: string, vi: string, en: string, value?: string) =>
    problems.push({
      severity: 'error',
      code,
      file: text.path,
      ...source.place(path),
      path,
      ...(value === undefined ? {} : { value }),
      message: say(vi, en),
    })
  const own = source.value
  const cascade: Cascade = {
    source,
    top: { ...own },
    origin: new Map(Object.keys(own).map((key) => [key, source])),
    nodes: [],
    extends: null,
    sha256,
  }
  if (own.extends === undefined || own.extends === null) {
    if (own.patch !== undefined)
      report('schema', 'patch', '"patch" chỉ dùng cùng "extends"', '"patch" only goes with "extends"')
    if (!Array.isArray(own.nodes))
      report('schema', 'nodes', 'Thiếu danh sách "nodes"', 'The list "nodes" is missing')
    else cascade.nodes = own.nodes.map((raw, i) => ({ raw, path: `nodes[${i}]`, source }))
    return cascade
  }
  if (own.nodes !== undefined)
    report(
      'schema',
      'nodes',
      'Tệp kế thừa sửa các nút bằng "patch", không có "nodes"',
      'A file that extends another changes its nodes by "patch" and has no "nodes"',
    )
  const ref = parentRef(own)
  if (!ref) {
    report(
      'schema',
      'extends',
      '"extends" có dạng bộ-chỉ-số@phiên-bản',
      '"extends" is written framework@version',
    )
    return cascade
  }
  if (ref.sha256 === null)
    report(
      'extends-hash',
      'extends',
      'Thiếu "extends_sha256": tệp cha phải được ghim bằng mã băm',
      '"extends_sha256" is missing: the parent must be pinned by its hash',
    )
  const parentText = depth < MAX_DEPTH ? findParent(text, ref) : null
  if (!parentText) {
    report(
      'extends-hash',
      'extends',
      `Không tìm thấy tệp cha ${ref.code}@${ref.version}`,
      `The parent ${ref.code}@${ref.version} was not found`,
      `${ref.code}@${ref.version}`,
    )
    return cascade
  }
  const parent = readCascade(parentText, problems, depth + 1)
  if (!parent) return cascade
  if (ref.sha256 !== null && parent.sha256 !== ref.sha256) {
    report(
      'extends-hash',
      own.extends_sha256 === undefined ? 'extends' : 'extends_sha256',
      `Tệp cha có mã băm ${parent.sha256}, không phải mã đã ghim`,
      `The parent's hash is ${parent.sha256}, not the pinned one`,
      ref.sha256,
    )
  }
  if (String(parent.top.framework) !== ref.code || String(parent.top.version) !== ref.version) {
    report(
      'extends-hash',
      'extends',
      `Tệp cha là ${parent.top.framework}@${parent.top.version}`,
      `The parent is ${parent.top.framework}@${parent.top.version}`,
    )
  }
  for (const [key, value] of Object.entries(parent.top)) {
    if (OWN_KEYS.has(key) || key in own) continue
    cascade.top[key] = value
    cascade.origin.set(key, parent.origin.get(key)!)
  }
  const codes = parent.nodes.map((n) => codeOf(n.raw))
  cascade.extends = { code: ref.code, version: ref.version, sha256: parent.sha256, codes }
  cascade.nodes = patched(parent.nodes, own.patch, source, report)
  return cascade
}

function parentRef(
  own: Record<string, unknown>,
): { code: string; version: string; sha256: string | null } | null {
  const inner = isMapping(own.extends) ? own.extends : null
  const ref = inner ? inner.framework : own.extends
  const hash = inner?.sha256 ?? own.extends_sha256
  const m =
    typeof ref === 'string' ? /^([^@#\s]+)@([^@#\s]+?)(?:#(?:sha256[:-])?([0-9a-f]{64}))?$/.exec(ref) : null
  if (!m) return null
  return {
    code: m[1]!,
    version: m[2]!,
    sha256: m[3] ?? (typeof hash === 'string' ? hash.toLowerCase() : null),
  }
}

function findParent(text: FrameworkText, ref: { code: string; version: string }): FrameworkText | null {
  const folder = text.path.includes('/') ? text.path.slice(0, text.path.lastIndexOf('/') + 1) : ''
  for (const name of [`${ref.code}@${ref.version}`, `${ref.code}-${ref.version}`, ref.code]) {
    for (const ending of ['.yaml', '.yml']) {
      const path = `${folder}${name}${ending}`
      const found = text.read(path)
      if (found !== null) return { path, text: found, read: text.read }
    }
  }
  return null
}

/** `drop`, then `add`, then `set`. A dropped node takes all below it along. */
function patched(
  parent: readonly NodeText[],
  patch: unknown,
  source: YamlSource,
  report: (code: string, path: string, vi: string, en: string, value?: string) => void,
): NodeText[] {
  if (patch === undefined || patch === null) return [...parent]
  if (!isMapping(patch)) {
    report('schema', 'patch', '"patch" có dạng {drop, add, set}', '"patch" is {drop, add, set}')
    return [...parent]
  }
  for (const key of Object.keys(patch)) {
    if (!['drop', 'add', 'set'].includes(key))
      report(
        'schema',
        `patch.${key}`,
        `Không có khóa "${key}"; các khóa là: add, drop, set`,
        `There is no key "${key}"; the keys are: add, drop, set`,
        key,
      )
  }
  const drop = new Set<string>()
  const list = (key: string): unknown[] => {
    const value = patch[key]
    if (value === undefined || value === null) return []
    if (Array.isArray(value)) return value
    report('schema', `patch.${key}`, `"${key}" phải là danh sách`, `"${key}" must be a list`)
    return []
  }
  const known = new Set(parent.map((n) => codeOf(n.raw)))
  list('drop').forEach((code, i) => {
    if (known.has(String(code))) drop.add(String(code))
    else
      report(
        'unknown-item',
        `patch.drop[${i}]`,
        `Bộ chỉ số cha không có "${code}"`,
        `The parent has no "${code}"`,
        String(code),
      )
  })
  for (let size = -1; size !== drop.size; ) {
    size = drop.size
    for (const node of parent) {
      if (isMapping(node.raw) && drop.has(String(node.raw.parent))) drop.add(codeOf(node.raw))
    }
  }
  const nodes = parent.filter((n) => !drop.has(codeOf(n.raw)))
  nodes.push(...list('add').map((raw, i) => ({ raw, path: `patch.add[${i}]`, source })))
  const set = patch.set
  if (set === undefined || set === null) return nodes
  if (!isMapping(set)) {
    report('schema', 'patch.set', '"set" có dạng {mã: {khóa: giá trị}}', '"set" is {code: {key: value}}')
    return nodes
  }
  for (const [code, keys] of Object.entries(set)) {
    const path = /^[A-Za-z_][\w-]*$/.test(code) ? `patch.set.${code}` : `patch.set["${code}"]`
    const i = nodes.findIndex((n) => codeOf(n.raw) === code)
    const node = nodes[i]
    if (!node || !isMapping(node.raw))
      report('unknown-item', path, `Không có nút "${code}" để sửa`, `There is no node "${code}" to set`, code)
    else if (!isMapping(keys)) report('schema', path, 'Cần {khóa: giá trị}', 'Want {key: value}')
    else nodes[i] = { raw: { ...node.raw, ...keys }, path, source }
  }
  return nodes
}

function codeOf(raw: unknown): string {
  return isMapping(raw) ? String(raw.code ?? '') : ''
}
