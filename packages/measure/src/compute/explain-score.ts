import type { Message } from '@nhip/canonical/problem'
import { formatNumber } from '@nhip/quantity/format'
import type { Framework, FrameworkNode, ScoreRule } from '../framework/framework.ts'
import type { AggregateSpec, NormaliseSpec } from '../framework/methods.ts'
import type { ItemScore, NodeScore, Scores, UnitScore } from './compute.ts'

/** One node of an explanation with everything that made its value. */
export interface ScoreTree extends NodeScore {
  code: string
  name: Message | null
  /** Share of the parent's weight or points, as the framework states it; null for the root and unscored nodes. */
  share: number | null
  /** How the value came about, in words. */
  how: Message
  children: ScoreTree[]
}

/** Why a unit has the value it has at a node: the tree below it, and one sentence. */
export function explainScore(
  framework: Framework,
  scores: Scores,
  unit: UnitScore,
  code?: string,
): { tree: ScoreTree; sentence: Message } | null {
  const node =
    code === undefined ? framework.nodes[framework.root]! : framework.nodes.find((n) => n.code === code)
  if (!node) return null
  const items = new Map(scores.items.map((i) => [i.item, i]))
  const tree = treeOf(framework, node, unit, items)
  return {
    tree,
    sentence: {
      vi: sentence(framework, unit, node, tree, 'vi'),
      en: sentence(framework, unit, node, tree, 'en'),
    },
  }
}

type Language = 'vi' | 'en'

function treeOf(
  framework: Framework,
  node: FrameworkNode,
  unit: UnitScore,
  items: ReadonlyMap<string, ItemScore>,
): ScoreTree {
  const score = unit.nodes[node.code]!
  return {
    code: node.code,
    name: node.name,
    ...score,
    share: shareOf(framework, node),
    how: {
      vi: how(framework, node, score, items.get(node.code), 'vi'),
      en: how(framework, node, score, items.get(node.code), 'en'),
    },
    children: node.children.map((c) => treeOf(framework, framework.nodes[c]!, unit, items)),
  }
}

function shareOf(framework: Framework, node: FrameworkNode): number | null {
  const parent = framework.nodes[node.parent]
  if (!parent || !node.scored) return null
  const size = (n: FrameworkNode) => (parent.aggregate.method === 'points' ? (n.points ?? 0) : n.weight)
  const all = parent.children.map((c) => framework.nodes[c]!).filter((n) => n.scored)
  const sum = all.reduce((total, n) => total + size(n), 0)
  return sum > 0 ? size(node) / sum : null
}

const number = (x: number, language: Language, decimals = 4) =>
  formatNumber(Number(x.toPrecision(12)), language, { maximumDecimals: decimals })

function how(
  framework: Framework,
  node: FrameworkNode,
  score: NodeScore,
  item: ItemScore | undefined,
  language: Language,
): string {
  const vi = language === 'vi'
  if (score.state === 'unscored') return vi ? 'chỉ thu thập, không tính điểm' : 'collected only, not scored'
  if (score.state === 'not_applicable') return vi ? 'không áp dụng' : 'not applicable'
  if (score.state === 'missing') return vi ? 'thiếu số liệu' : 'missing'
  if (node.children.length > 0) return aggregateWords(node, node.aggregate, language)
  const words: string[] = []
  const uom = node.uom === null ? '' : ` ${node.uom}`
  if (score.raw !== null)
    words.push(
      `${number(score.raw, language)}${uom}${node.denominator === null ? '' : vi ? ` (đã chia cho ${node.denominator})` : ` (divided by ${node.denominator})`}`,
    )
  if (score.imputed && score.treated !== null)
    words.push(
      vi ? `bù thành ${number(score.treated, language)}` : `imputed as ${number(score.treated, language)}`,
    )
  if (
    item?.treatment === 'winsorised' &&
    score.raw !== null &&
    score.treated !== score.raw &&
    score.treated !== null
  ) {
    words.push(
      vi
        ? `kéo ngoại lai về ${number(score.treated, language)}`
        : `pulled in to ${number(score.treated, language)}`,
    )
  }
  if (item?.treatment === 'log' || node.transform === 'ln')
    words.push(vi ? 'lấy lôgarit' : 'taken to its logarithm')
  words.push(
    node.score
      ? ruleWords(node.score, score, language)
      : normaliseWords(node, node.normalise, framework, language),
  )
  return words.filter((w) => w !== '').join('; ')
}

function ruleWords(rule: ScoreRule, score: NodeScore, language: Language): string {
  const vi = language === 'vi'
  const value = score.value === null ? '' : number(score.value, language)
  if (rule.kind === 'levels') return vi ? `mức có giá trị ${value}` : `a level worth ${value}`
  if (rule.kind === 'linear')
    return vi
      ? `trên đường từ ${number(rule.from, language)} đến ${number(rule.to, language)} được ${value}`
      : `on the line from ${number(rule.from, language)} to ${number(rule.to, language)} worth ${value}`
  const band = rule.bands.findLast((b) => score.raw !== null && score.raw >= b.from)
  if (!band) return ''
  if (band.from === -Infinity) return vi ? `bậc thấp nhất được ${value}` : `the lowest band, worth ${value}`
  return vi
    ? `từ ${number(band.from, language)} trở lên được ${value}`
    : `from ${number(band.from, language)} on worth ${value}`
}

function normaliseWords(
  node: FrameworkNode,
  spec: NormaliseSpec | null,
  _framework: Framework,
  language: Language,
): string {
  const vi = language === 'vi'
  const lower = node.direction === -1 ? (vi ? ', càng thấp càng tốt' : ', the lower the better') : ''
  const ends = (posts: readonly [number, number]) =>
    `${number(posts[0], language)}–${number(posts[1], language)}`
  switch (spec?.method) {
    case 'goalposts':
      return (
        (vi ? `so với mốc ${ends(node.goalposts!)}` : `against the posts ${ends(node.goalposts!)}`) + lower
      )
    case 'scale':
      return (vi ? `trên thang ${ends(spec.from)}` : `on the scale ${ends(spec.from)}`) + lower
    case 'minmax':
      return (vi ? 'so với đơn vị thấp nhất và cao nhất' : 'against the lowest and highest unit') + lower
    case 'zscore':
      return (vi ? 'số độ lệch chuẩn so với trung bình' : 'in deviations from the mean') + lower
    case 'rank':
    case 'borda':
    case 'percentile':
      return (vi ? 'theo thứ hạng' : 'by rank') + lower
    case 'distance_to_max':
    case 'distance_to_reference':
      return (vi ? 'theo khoảng cách tới mốc so sánh' : 'by distance to the reference') + lower
    default:
      return ''
  }
}

function aggregateWords(node: FrameworkNode, spec: AggregateSpec, language: Language): string {
  const vi = language === 'vi'
  if (node.formula !== null) return vi ? `công thức ${node.formula}` : `formula ${node.formula}`
  const words: Record<AggregateSpec['method'], [string, string]> = {
    points: ['tổng điểm các chỉ số con', 'sum of the points below'],
    arithmetic: ['trung bình cộng có trọng số', 'weighted mean'],
    geometric: ['trung bình nhân', 'geometric mean'],
    harmonic: ['trung bình điều hòa', 'harmonic mean'],
    power: [`trung bình lũy thừa bậc ${number(spec.p, 'vi')}`, `power mean of order ${number(spec.p, 'en')}`],
    copeland: [
      'số lần thắng trừ số lần thua khi so từng đôi (Copeland)',
      'wins less losses against each other unit (Copeland)',
    ],
    borda: ['tổng số đơn vị đứng sau (Borda)', 'units left behind (Borda)'],
    median: ['trung vị', 'median'],
    mazziotta_pareto: [
      'trung bình có phạt mất cân đối (Mazziotta–Pareto)',
      'mean with a penalty for imbalance (Mazziotta–Pareto)',
    ],
    benefit_of_doubt: ['bộ trọng số có lợi nhất cho đơn vị', 'the weights that suit the unit best'],
  }
  return words[spec.method][vi ? 0 : 1]
}

/** `Đà Nẵng được 0,8002 …`: the value, what it is made of, what is missing, the rank. */
function sentence(
  framework: Framework,
  unit: UnitScore,
  node: FrameworkNode,
  tree: ScoreTree,
  language: Language,
): string {
  const vi = language === 'vi'
  const title =
    node.name?.[language] ?? (node.parent < 0 ? framework.title?.[language] : undefined) ?? node.code
  if (tree.value === null) {
    const why =
      unit.state === 'screened'
        ? vi
          ? 'không được chấm vì quá ít số liệu'
          : 'is not scored: too few data'
        : tree.how[language]
    return `${title} (${unit.unit}): ${why}.`
  }
  const shown = (t: ScoreTree) =>
    t.points !== null && t.max !== null
      ? vi
        ? `${number(t.points, language, 2)}/${number(t.max, language, 2)} điểm`
        : `${number(t.points, language, 2)} of ${number(t.max, language, 2)} points`
      : number(t.value!, language)
  const parts = tree.children
    .filter((c) => c.value !== null)
    .map((c) => `${c.name?.[language] ?? c.code} ${shown(c)}`)
  const text = [`${title} (${unit.unit}) = ${shown(tree)}`]
  if (parts.length > 0) text.push(`${tree.how[language]}: ${parts.join(', ')}`)
  else text.push(tree.how[language])
  const missing = missingBelow(tree)
  if (missing > 0) text.push(vi ? `còn thiếu ${missing} chỉ tiêu` : `${missing} items are missing`)
  if (node.index === framework.root && unit.rank !== null) {
    text.push(
      vi
        ? `xếp hạng ${number(unit.rank, language)} trên ${unit.of}`
        : `rank ${number(unit.rank, language)} of ${unit.of}`,
    )
  }
  return `${text.join('; ')}.`
}

function missingBelow(tree: ScoreTree): number {
  if (tree.children.length === 0) return tree.state === 'missing' ? 1 : 0
  return tree.children.reduce((sum, c) => sum + missingBelow(c), 0)
}
