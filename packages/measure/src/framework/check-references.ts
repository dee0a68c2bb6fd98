import type { Complain } from './check.ts'
import type { Framework, FrameworkNode } from './framework.ts'

/** Codes `unknown-item` and, where children of different units of measure are averaged raw, `uom-mismatch`. */
export function checkReferences(framework: Framework, complain: Complain): void {
  const attributes = new Set(framework.attributes)
  const denominators = new Set(framework.denominators)
  const codes = new Map(framework.nodes.map((n) => [n.code, n]))
  const wantAttribute = (node: FrameworkNode | null, key: string, code: string | null) => {
    if (code === null || attributes.has(code)) return
    complain(
      'unknown-item',
      node,
      key,
      code,
      `"${code}" không có trong "attributes"`,
      `"${code}" is not among "attributes"`,
    )
  }
  wantAttribute(null, 'impute.group', framework.impute.group)
  wantAttribute(null, 'rank.within', framework.rank.within)
  if (framework.groupBy !== framework.rank.within) wantAttribute(null, 'groups', framework.groupBy)
  for (const code of [...framework.attributes, ...framework.denominators]) {
    const node = codes.get(code)
    if (node && (attributes.has(code) || node.children.length > 0)) {
      complain(
        'duplicate-code',
        node,
        'code',
        code,
        `"${code}" vừa là nút vừa là mục phụ trợ`,
        `"${code}" is a node and an auxiliary item as well`,
      )
    }
  }
  for (const node of framework.nodes) {
    if (node.own.has('impute')) wantAttribute(node, 'impute.group', node.impute.group)
    if (node.denominator !== null && !denominators.has(node.denominator)) {
      complain(
        'unknown-item',
        node,
        'denominator',
        node.denominator,
        `"${node.denominator}" không có trong "denominators"`,
        `"${node.denominator}" is not among "denominators"`,
      )
    }
    if (node.groups !== null && framework.groupBy === null) {
      complain(
        'unknown-item',
        node,
        'groups',
        node.groups.join(', '),
        'Bộ chỉ số chưa nói mục nào phân nhóm ("groups" hoặc "rank.within")',
        'The framework does not say which item holds the groups ("groups" or "rank.within")',
      )
    }
    const { on } = node.impute
    if (on !== null && (node.own.has('impute') || node.index === framework.root)) {
      const predictor = codes.get(on)
      const isLeaf = predictor !== undefined && predictor.children.length === 0 && predictor.scored
      if (!isLeaf) {
        complain(
          'unknown-item',
          node.own.has('impute') ? node : null,
          'impute.on',
          on,
          `"${on}" không phải là một chỉ tiêu được tính điểm`,
          `"${on}" is no scored leaf`,
        )
      }
    }
    if (node.feeds !== null && !framework.extends?.codes.includes(node.feeds)) {
      complain(
        'unknown-item',
        node,
        'feeds',
        node.feeds,
        `Bộ chỉ số cha không có "${node.feeds}"`,
        `The parent framework has no "${node.feeds}"`,
      )
    }
    checkUoms(framework, node, complain)
  }
}

/** Raw values (not normalised, not scored) are averaged only when they have one unit of measure. */
function checkUoms(framework: Framework, node: FrameworkNode, complain: Complain): void {
  if (
    !node.scored ||
    node.children.length === 0 ||
    ['copeland', 'borda', 'benefit_of_doubt'].includes(node.aggregate.method)
  )
    return
  const raw = node.children
    .map((c) => framework.nodes[c]!)
    .filter(
      (c) =>
        c.scored &&
        c.children.length === 0 &&
        c.uom !== null &&
        c.score === null &&
        (c.normalise?.method ?? 'none') === 'none',
    )
  const [first] = raw
  const other = raw.find((c) => c.uom !== first!.uom)
  if (!first || !other) return
  complain(
    'uom-mismatch',
    other,
    'uom',
    other.uom,
    `Không gộp được "${first.uom}" với "${other.uom}" khi chưa chuẩn hóa`,
    `"${first.uom}" and "${other.uom}" cannot be aggregated without normalisation`,
  )
}
