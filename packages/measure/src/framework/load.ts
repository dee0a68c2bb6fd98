import { type MeasureProblem, say } from '../problem.ts'
import { type Cascade, type FrameworkText, hashOfFile, readCascade } from './cascade.ts'
import { type FieldReport, Fields, isMapping } from './fields.ts'
import type { Framework, FrameworkNode, FrameworkStatus } from './framework.ts'
import { ARITHMETIC, NO_IMPUTE, NO_NORMALISE, NO_TREAT } from './methods.ts'
import { readAggregate, readImpute, readNormalise, readTransform, readTreat } from './read-methods.ts'
import { type RawNode, readMissing, readNode } from './read-node.ts'
import { readUncertainty } from './read-uncertainty.ts'

export type { FrameworkText } from './cascade.ts'

/** What can be said of a file even when it is no usable framework. */
export interface FrameworkOutline {
  code: string | null
  version: string | null
  status: string | null
  nodes: number
  leaves: number
}

export interface LoadedFramework {
  /** Null when the tree cannot be built: bad YAML, a double code, an unknown parent, a cycle, no single root. */
  framework: Framework | null
  outline: FrameworkOutline
  problems: MeasureProblem[]
  sha256: string
  /** Where a path stands; paths of a node belong to the file that states it. */
  locate(path: string, node?: number): { file: string; line: number; column: number }
}

/**
 * Reads a framework file (and the parents it extends) into a tree with every setting resolved.
 * Reports `schema`, `duplicate-code`, `unknown-parent`, `cycle`, `no-root`, `band-*`, `extends-hash`; what depends on
 * the meaning of the tree is left to `checkFramework`.
 */
export function loadFramework(text: FrameworkText): LoadedFramework {
  const problems: MeasureProblem[] = []
  const cascade = readCascade(text, problems)
  if (!cascade)
    return {
      framework: null,
      outline: { code: null, version: null, status: null, nodes: 0, leaves: 0 },
      problems,
      sha256: hashOfFile(text.text),
      locate: () => ({ file: text.path, line: 1, column: 1 }),
    }
  const raws: RawNode[] = []
  const sources: Cascade['source'][] = []
  for (const node of cascade.nodes) {
    const read = readNode(
      node.raw,
      node.path,
      reporter(cascade, problems, node.source.file, node.source.place),
    )
    if (!read) continue
    raws.push(read)
    sources.push(node.source)
  }
  const top = readTop(cascade, problems)
  const codes = new Set(raws.map((n) => n.parentCode))
  const outline: FrameworkOutline = {
    code: top.code || null,
    version: top.version || null,
    status: typeof cascade.top.status === 'string' ? cascade.top.status : null,
    nodes: raws.length,
    leaves: raws.filter((n) => !codes.has(n.code)).length,
  }
  const locate: LoadedFramework['locate'] = (path, node) => {
    const source =
      (node === undefined ? cascade.origin.get(path.split(/[.[]/)[0]!) : sources[node]) ?? cascade.source
    return { file: source.file, ...source.place(path) }
  }
  const tree = linkTree(raws, cascade, problems)
  if (!tree) return { framework: null, outline, problems, sha256: cascade.sha256, locate }
  const { missing, transform, notApplicable, ...kept } = top
  const nodes = resolve(raws, tree, { ...kept, missing, transform, notApplicable })
  return {
    framework: {
      ...kept,
      sha256: cascade.sha256,
      file: text.path,
      nodes,
      root: tree.root,
      bottomUp: tree.bottomUp,
      leaves: nodes.filter((n) => n.children.length === 0).map((n) => n.index),
      extends: cascade.extends,
    },
    outline,
    problems,
    sha256: cascade.sha256,
    locate,
  }
}

function reporter(
  cascade: Cascade,
  problems: MeasureProblem[],
  file: string,
  place: (path: string) => { line: number; column: number },
): FieldReport {
  return (code, path, value, vi, en) => {
    problems.push({
      severity: 'error',
      code,
      file,
      ...place(path),
      path,
      ...(typeof value === 'string' || typeof value === 'number' ? { value: String(value) } : {}),
      message: say(vi, en),
      ...(file === cascade.source.file ? {} : { hint: say('Tệp cha', 'In the parent file') }),
    })
  }
}

type Top = Omit<Framework, 'nodes' | 'root' | 'bottomUp' | 'leaves' | 'sha256' | 'file' | 'extends'> & {
  missing: ReturnType<typeof readMissing>
  transform: ReturnType<typeof readTransform>
  notApplicable: 'rebase' | 'zero'
}

function readTop(cascade: Cascade, problems: MeasureProblem[]): Top {
  const report: FieldReport = (code, path, value, vi, en) => {
    const source = cascade.origin.get(path.split(/[.[]/)[0]!) ?? cascade.source
    reporter(cascade, problems, source.file, source.place)(code, path, value, vi, en)
  }
  const f = new Fields(cascade.top, '', report)
  for (const key of ['nodes', 'patch', 'extends', 'extends_sha256']) f.any(key)
  const code = f.text('framework') ?? ''
  const version = f.text('version') ?? ''
  if (code === '')
    f.wrong(
      'framework',
      'Thiếu "framework": mã của bộ chỉ số',
      '"framework", the code of the index set, is missing',
    )
  if (version === '') f.wrong('version', 'Thiếu "version": phiên bản', '"version" is missing')
  if (!f.has('status'))
    f.wrong(
      'status',
      'Thiếu "status": official, illustrative hoặc draft',
      '"status" is missing: official, illustrative or draft',
    )
  const status = f.oneOf<FrameworkStatus>('status', ['official', 'illustrative', 'draft'], 'draft')
  const read = <T>(key: string, by: (raw: unknown, path: string, r: FieldReport) => T, byDefault: T): T =>
    f.has(key) ? by(f.any(key), key, report) : byDefault
  const output = f.mapping('output')
  const decimals = output?.number('decimals') ?? null
  if (decimals !== null && (!Number.isInteger(decimals) || decimals < 0 || decimals > 12)) {
    output!.wrong(
      'decimals',
      '"decimals" là số nguyên từ 0 đến 12',
      '"decimals" is a whole number from 0 to 12',
    )
  }
  const roundNodes = output?.flag('round_nodes', false) ?? false
  if (roundNodes && decimals === null)
    output!.wrong('round_nodes', '"round_nodes" cần "decimals"', '"round_nodes" needs "decimals"')
  const outputScore = output?.oneOf('score', ['value', 'points'], 'value') ?? 'value'
  output?.finish()
  const rank = f.mapping('rank')
  const rankRule: Framework['rank'] = {
    order: rank?.oneOf('order', ['desc', 'asc'], 'desc') ?? 'desc',
    ties: rank?.oneOf('ties', ['min', 'dense', 'mean'], 'min') ?? 'min',
    compare:
      rank?.oneOf('compare', ['published', 'raw'], decimals === null ? 'raw' : 'published') ??
      (decimals === null ? 'raw' : 'published'),
    within: rank?.text('within') ?? null,
  }
  rank?.finish()
  const source = f.mapping('source')
  const groups = f.any('groups')
  const groupBy = isMapping(groups) ? f.mapping('groups')!.text('by') : f.text('groups')
  const result: Top = {
    code,
    version,
    status,
    title: f.words('title'),
    source: source
      ? { ...source.raw, document: typeof source.raw.document === 'string' ? source.raw.document : null }
      : null,
    attributes: f.texts('attributes'),
    denominators: f.texts('denominators'),
    inputs: readInputs(f),
    groupBy: groupBy ?? rankRule.within,
    screen: readScreen(f),
    normalise: read('normalise', readNormalise, NO_NORMALISE),
    aggregate: read('aggregate', readAggregate, ARITHMETIC),
    impute: read('impute', readImpute, NO_IMPUTE),
    treat: read('treat', readTreat, NO_TREAT),
    transform: read('transform', readTransform, 'none'),
    missing: readMissing(f),
    notApplicable: f.oneOf('not_applicable', ['rebase', 'zero'], 'rebase'),
    output: { decimals, roundNodes, score: outputScore },
    rank: rankRule,
    uncertainty: f.has('uncertainty') ? readUncertainty(f.mapping('uncertainty'), report) : null,
    crosswalks: f.texts('crosswalk'),
  }
  f.finish()
  return result
}

function readScreen(f: Fields): Framework['screen'] {
  const screen = f.mapping('screen')
  if (!screen) return null
  const minShare = screen.number('min_share')
  if (minShare === null || minShare < 0 || minShare > 1) {
    screen.wrong('min_share', '"min_share" là tỷ lệ trong 0..1', '"min_share" is a share within 0..1')
  }
  screen.finish()
  return { minShare: minShare ?? 0 }
}

/** `items`: codes, or `{code, uom, breakdowns}`, that formulas may use beside the nodes. */
function readInputs(f: Fields): Framework['inputs'] {
  const list = f.any('items')
  if (list === undefined) return []
  if (!Array.isArray(list)) {
    f.wrong('items', '"items" phải là danh sách mã', '"items" must be a list of codes')
    return []
  }
  return list.flatMap((item, i) => {
    if (typeof item === 'string') return [{ code: item.normalize('NFC'), uom: null, breakdowns: [] }]
    if (!isMapping(item)) {
      f.problem(
        'schema',
        `items[${i}]`,
        null,
        'Cần mã hoặc {code, uom, breakdowns}',
        'Want a code or {code, uom, breakdowns}',
      )
      return []
    }
    const fields = f.inner(item, `items[${i}]`)
    const read = {
      code: fields.text('code') ?? '',
      uom: fields.text('uom'),
      breakdowns: fields.texts('breakdowns'),
    }
    fields.finish()
    return read.code === '' ? [] : [read]
  })
}

/** Levels of a tree; index sets have five or six, and what walks the tree may rely on a limit. */
const DEEPEST = 100

interface Tree {
  parent: number[]
  children: number[][]
  root: number
  bottomUp: number[]
}

function linkTree(raws: readonly RawNode[], cascade: Cascade, problems: MeasureProblem[]): Tree | null {
  const before = problems.length
  const source = (node: RawNode) => cascade.nodes.find((n) => n.path === node.path)?.source ?? cascade.source
  const report = (
    code: string,
    node: RawNode | null,
    key: string,
    value: string | null,
    vi: string,
    en: string,
  ) => {
    const at = node ? source(node) : cascade.source
    const path = node ? `${node.path}.${key}` : key
    problems.push({
      severity: 'error',
      code,
      file: at.file,
      ...at.place(path),
      path,
      ...(value === null ? {} : { value }),
      message: say(vi, en),
    })
  }
  const at = new Map<string, number>()
  raws.forEach((node, i) => {
    if (at.has(node.code))
      report(
        'duplicate-code',
        node,
        'code',
        node.code,
        `Mã "${node.code}" có hai lần`,
        `The code "${node.code}" appears twice`,
      )
    else at.set(node.code, i)
  })
  const parent = raws.map((node) => {
    if (node.parentCode === null) return -1
    const i = at.get(node.parentCode)
    if (i !== undefined) return i
    report(
      'unknown-parent',
      node,
      'parent',
      node.parentCode,
      `Không có nút "${node.parentCode}"`,
      `There is no node "${node.parentCode}"`,
    )
    return -2
  })
  const roots = parent.flatMap((p, i) => (p === -1 ? [i] : []))
  if (roots.length !== 1) {
    const list = roots.map((i) => raws[i]!.code).join(', ')
    if (roots.length === 0)
      report(
        'no-root',
        null,
        'nodes',
        null,
        'Không có nút gốc (nút không có "parent")',
        'There is no root (a node without "parent")',
      )
    else
      report(
        'no-root',
        raws[roots[1]!]!,
        'code',
        list,
        `Có ${roots.length} nút không có "parent": ${list}; phải có đúng một`,
        `${roots.length} nodes have no "parent": ${list}; exactly one must`,
      )
  }
  const children: number[][] = raws.map(() => [])
  parent.forEach((p, i) => {
    if (p >= 0) children[p]!.push(i)
  })
  const seen = new Set<number>()
  const depth = new Map<number, number>()
  for (let i = 0; i < raws.length; i += 1) {
    const path: number[] = []
    let at = i
    while (at >= 0 && !seen.has(at) && !path.includes(at)) {
      path.push(at)
      at = parent[at]!
    }
    if (at >= 0 && path.includes(at)) {
      const ring = [...path.slice(path.indexOf(at)), at].map((k) => raws[k]!.code).join(' → ')
      report('cycle', raws[at]!, 'parent', raws[at]!.parentCode, `Vòng lặp: ${ring}`, `A cycle: ${ring}`)
    }
    for (const k of path.reverse()) {
      seen.add(k)
      depth.set(k, (depth.get(parent[k]!) ?? 0) + 1)
    }
    if (depth.get(i) === DEEPEST + 1)
      report(
        'schema',
        raws[i]!,
        'parent',
        raws[i]!.parentCode,
        `Cây có hơn ${DEEPEST} tầng`,
        `The tree has more than ${DEEPEST} levels`,
      )
  }
  if (problems.length > before) return null
  const bottomUp: number[] = []
  const visit = (i: number): void => {
    for (const c of children[i]!) visit(c)
    bottomUp.push(i)
  }
  visit(roots[0]!)
  return { parent, children, root: roots[0]!, bottomUp }
}

/** Fills in from the file what a node does not say, and points of parents from their children. */
function resolve(raws: readonly RawNode[], tree: Tree, top: Top): FrameworkNode[] {
  const nodes = raws.map((raw, index): FrameworkNode => {
    const { parentCode: _, own, weight, ...rest } = raw
    const isLeaf = tree.children[index]!.length === 0
    return {
      ...rest,
      index,
      parent: tree.parent[index]!,
      children: tree.children[index]!,
      weight: weight ?? 1,
      impute: own.has('impute') ? raw.impute : top.impute,
      treat: own.has('treat') ? raw.treat : top.treat,
      transform: own.has('transform') ? raw.transform : top.transform,
      normalise: own.has('normalise') ? raw.normalise : isLeaf ? top.normalise : null,
      aggregate: own.has('aggregate') ? raw.aggregate : top.aggregate,
      missing: raw.ownMissing ? raw.missing : top.missing,
      notApplicable: own.has('not_applicable') ? raw.notApplicable : top.notApplicable,
      own,
    }
  })
  for (const i of [...tree.bottomUp].reverse()) {
    const node = nodes[i]!
    if (node.parent >= 0 && !nodes[node.parent]!.scored) node.scored = false
  }
  for (const i of tree.bottomUp) {
    const node = nodes[i]!
    if (node.points !== null || node.children.length === 0 || node.aggregate.method !== 'points') continue
    const parts = node.children.map((c) => nodes[c]!).filter((c) => c.scored)
    if (parts.length > 0 && parts.every((c) => c.points !== null))
      node.points = parts.reduce((sum, c) => sum + c.points!, 0)
  }
  return nodes
}
