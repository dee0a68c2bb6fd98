import type { Complain } from './check.ts'
import type { Framework, FrameworkNode } from './framework.ts'

/** Codes `points-sum`, `mixed-points-weight`, `weight-nonpositive`, `unscored-with-points`, and values beyond 0..1 under points. */
export function checkWeights(framework: Framework, complain: Complain): void {
  for (const node of framework.nodes) {
    if (!node.scored) {
      if (node.own.has('points') || node.own.has('weight')) {
        const key = node.own.has('points') ? 'points' : 'weight'
        complain(
          'unscored-with-points',
          node,
          key,
          node[key],
          `"${node.code}" không được tính điểm nên không thể có "${key}"`,
          `"${node.code}" is not scored and cannot have "${key}"`,
        )
      }
      continue
    }
    const parent = framework.nodes[node.parent]
    const isPart = parent?.aggregate.method === 'points'
    const isPointsRoot = !parent && node.aggregate.method === 'points' && node.children.length > 0
    if (node.own.has('points') && node.own.has('weight')) {
      complain(
        'mixed-points-weight',
        node,
        'weight',
        node.weight,
        `"${node.code}" có cả "points" và "weight"`,
        `"${node.code}" has both "points" and "weight"`,
      )
    } else if (node.own.has('points') && !isPart && !isPointsRoot) {
      complain(
        'mixed-points-weight',
        node,
        'points',
        node.points,
        `Nút cha của "${node.code}" gộp theo trọng số, không theo điểm`,
        `The parent of "${node.code}" aggregates by weights, not points`,
      )
    } else if (isPart && node.points === null) {
      const why = node.own.has('weight')
        ? ['có "weight"', 'has a "weight"']
        : ['không có "points"', 'has no "points"']
      complain(
        'mixed-points-weight',
        node,
        node.own.has('weight') ? 'weight' : 'code',
        node.code,
        `Nút cha gộp theo điểm nhưng "${node.code}" ${why[0]}`,
        `The parent aggregates by points, but "${node.code}" ${why[1]}`,
      )
    }
    if (node.own.has('weight') && !(node.weight > 0)) {
      complain(
        'weight-nonpositive',
        node,
        'weight',
        node.weight,
        'Trọng số phải dương',
        'A weight must be positive',
      )
    }
    if (node.own.has('points') && !(node.points! > 0)) {
      complain(
        'weight-nonpositive',
        node,
        'points',
        node.points,
        'Điểm tối đa phải dương',
        'Points must be positive',
      )
    }
    if (node.aggregate.method === 'points' && node.children.length > 0 && node.own.has('points'))
      checkSum(framework, node, complain)
    if (isPart && node.score) checkValues(node, complain)
  }
  const root = framework.nodes[framework.root]!
  if (framework.output.score === 'points' && root.aggregate.method !== 'points') {
    complain(
      'schema',
      null,
      'output.score',
      'points',
      'Điểm số chỉ là tổng điểm khi nút gốc gộp theo "points"',
      'The score can only be points when the root aggregates by "points"',
    )
  }
}

function checkSum(framework: Framework, node: FrameworkNode, complain: Complain): void {
  const parts = node.children.map((c) => framework.nodes[c]!).filter((c) => c.scored)
  if (parts.length === 0 || parts.some((c) => c.points === null)) return
  const sum = parts.reduce((total, c) => total + c.points!, 0)
  if (Math.abs(sum - node.points!) <= 1e-9 * Math.max(1, Math.abs(node.points!))) return
  complain(
    'points-sum',
    node,
    'points',
    node.points,
    `"${node.code}" có ${node.points} điểm nhưng các nút con cộng lại ${round(sum)}`,
    `"${node.code}" has ${node.points} points but its children add up to ${round(sum)}`,
  )
}

/** 0.1 + 0.2 is shown as 0.3. */
function round(x: number): number {
  return Number(x.toPrecision(12))
}

function checkValues(node: FrameworkNode, complain: Complain): void {
  const rule = node.score!
  const values =
    rule.kind === 'bands'
      ? rule.bands.map((b) => b.value)
      : rule.kind === 'levels'
        ? [...rule.levels.values()]
        : []
  const outside = values.find((v) => v < 0 || v > 1)
  if (outside === undefined) return
  complain(
    'schema',
    node,
    `score.${rule.kind}`,
    outside,
    `Trong bộ chỉ số tính điểm, giá trị nằm trong 0..1 (điểm = điểm tối đa × giá trị), không phải ${outside}`,
    `Under points a value is within 0..1 (points = maximum × value), not ${outside}`,
  )
}
