import type { MeasureProblem } from '../problem.ts'
import { checkNodeFormula } from './check-formula.ts'
import { checkReferences } from './check-references.ts'
import { checkWeights } from './check-weights.ts'
import type { Framework, FrameworkNode } from './framework.ts'
import type { LoadedFramework } from './load.ts'
import { erasesTheLast } from './low-end.ts'

/** Says that a framework is wrong at a key of a node, or of the file when `node` is null. */
export type Complain = (
  code: string,
  node: FrameworkNode | null,
  key: string,
  value: string | number | null,
  vi: string,
  en: string,
  severity?: 'error' | 'warning',
) => void

/**
 * Everything that is wrong with the meaning of a framework whose tree could be built: sums of points, weights,
 * references, units of measure, formulas, posts, methods that do not fit one another.
 *
 * @param locate where paths stand, from the loader; without it problems name file and path only
 */
export function checkFramework(framework: Framework, locate?: LoadedFramework['locate']): MeasureProblem[] {
  const problems: MeasureProblem[] = []
  const complain: Complain = (code, node, key, value, vi, en, severity = 'error') => {
    const path = node ? `${node.path}.${key}` : key
    problems.push({
      severity,
      code,
      ...(locate ? locate(path, node?.index) : { file: framework.file }),
      path,
      ...(value === null ? {} : { value: String(value) }),
      message: { vi, en },
      ...(node ? { item: node.code } : {}),
    })
  }
  if (framework.status === 'official' && !framework.source?.document) {
    complain(
      'official-without-source',
      null,
      'status',
      'official',
      'Bộ chỉ số chính thức phải nêu văn bản ở "source.document"',
      'An official framework must name its document in "source.document"',
    )
  }
  checkWeights(framework, complain)
  checkReferences(framework, complain)
  for (const node of framework.nodes) {
    if (node.children.length === 0) checkLeaf(node, complain)
    else checkInner(framework, node, complain)
    checkNodeFormula(framework, node, complain)
  }
  checkUncertainty(framework, complain)
  return problems
}

const LEAF_KEYS = ['impute', 'treat', 'transform', 'goalposts', 'score', 'denominator']

function checkInner(framework: Framework, node: FrameworkNode, complain: Complain): void {
  const useless = LEAF_KEYS.filter((key) => node.own.has(key))
  if (node.own.has('direction') && !node.own.has('normalise')) useless.push('direction')
  for (const key of useless) {
    complain(
      'schema',
      node,
      key,
      null,
      `"${key}" không có tác dụng ở nút có nút con`,
      `"${key}" has no effect on a node with children`,
    )
  }
  if (node.scored && !node.children.some((c) => framework.nodes[c]!.scored)) {
    complain(
      'schema',
      node,
      'code',
      node.code,
      `"${node.code}" không có nút con nào được tính điểm`,
      `"${node.code}" has no scored child`,
    )
  }
  const erased = erasesTheLast(framework, node, node.aggregate, null)
  if (erased) {
    const { method } = node.aggregate
    complain(
      'geometric-nonpositive',
      node,
      'aggregate',
      method,
      `"${method}" cần giá trị dương, nhưng thang của "${erased.code}" đưa đơn vị cuối về 0 hoặc âm: dùng minmax [1, 100] hoặc mốc cố định`,
      `"${method}" needs positive values, but the scale of "${erased.code}" puts its last units at 0 or below: use minmax [1, 100] or fixed posts`,
    )
  }
}

function checkLeaf(node: FrameworkNode, complain: Complain): void {
  if (node.own.has('aggregate')) {
    complain(
      'schema',
      node,
      'aggregate',
      null,
      '"aggregate" không có tác dụng ở nút không có nút con',
      '"aggregate" has no effect on a node without children',
      'warning',
    )
  }
  if (node.score !== null) {
    for (const key of ['normalise', 'goalposts', 'transform', 'treat'].filter((k) => node.own.has(k))) {
      complain(
        'schema',
        node,
        key,
        null,
        `"${key}" và "score" loại trừ nhau`,
        `"${key}" and "score" exclude one another`,
      )
    }
    if (node.direction === -1) {
      complain(
        'schema',
        node,
        'direction',
        -1,
        '"direction" không có tác dụng khi có "score"',
        '"direction" has no effect beside "score"',
        'warning',
      )
    }
    return
  }
  const posts = node.goalposts
  const needsPosts = node.scored && node.normalise?.method === 'goalposts'
  if (needsPosts && posts === null) {
    complain(
      'schema',
      node,
      'goalposts',
      null,
      `"${node.code}" thiếu "goalposts: [thấp, cao]"`,
      `"${node.code}" lacks "goalposts: [low, high]"`,
    )
  }
  if (posts === null) return
  if (posts[0] >= posts[1]) {
    complain(
      'goalposts-order',
      node,
      'goalposts',
      posts.join(', '),
      'Mốc thấp phải nhỏ hơn mốc cao (chiều xấu–tốt do "direction" quy định)',
      'The low post must be below the high one ("direction" says which is better)',
    )
  } else if (
    ((node.transform === 'ln' || node.transform === 'log10') && posts[0] <= 0) ||
    (node.transform === 'sqrt' && posts[0] < 0)
  ) {
    complain(
      'goalposts-order',
      node,
      'goalposts',
      posts[0],
      `Mốc ${posts[0]} nằm ngoài miền xác định của ${node.transform}`,
      `The post ${posts[0]} is outside the domain of ${node.transform}`,
    )
  }
  if (!needsPosts && node.scored) {
    complain(
      'schema',
      node,
      'goalposts',
      null,
      '"goalposts" không có tác dụng với cách chuẩn hóa này',
      '"goalposts" have no effect with this normalisation',
      'warning',
    )
  }
}

/** Alternatives of a sensitivity analysis that would erase the last unit are allowed, but the reader is warned. */
function checkUncertainty(framework: Framework, complain: Complain): void {
  const { aggregate, normalise } = framework.uncertainty ?? { aggregate: null, normalise: null }
  for (const [i, spec] of (aggregate ?? []).entries()) {
    const scales = normalise ?? [null]
    const erased = scales.some((scale) =>
      framework.nodes.some(
        (node) =>
          node.children.length > 0 &&
          !node.own.has('aggregate') &&
          erasesTheLast(framework, node, spec, scale),
      ),
    )
    if (!erased) continue
    complain(
      'geometric-nonpositive',
      null,
      `uncertainty.aggregate[${i}]`,
      spec.method,
      `"${spec.method}" gặp giá trị 0 hoặc âm ở một cách chuẩn hóa: đơn vị cuối bị xóa điểm`,
      `"${spec.method}" meets 0 or negative values under one normalisation: the last unit loses its score`,
      'warning',
    )
  }
}
