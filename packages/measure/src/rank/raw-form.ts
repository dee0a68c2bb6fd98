import type { Pipeline } from '../compute/pipeline.ts'
import { ABSENT } from '../compute/raw-columns.ts'
import type { Framework, FrameworkNode } from '../framework/framework.ts'
import { CELL, type Panel } from '../panel.ts'

/**
 * The framework for leaves that are already read: no formulas, no divisions, levels already numbers. Over
 * {@link rawPanel} it gives the scores of the original over the original data, so that single answers can be
 * exchanged or moved without touching what several items share (a denominator, an input of formulas).
 */
export function rawForm(framework: Framework): Framework {
  const nodes = framework.nodes.map((node): FrameworkNode => {
    if (node.children.length > 0) return node
    const score: FrameworkNode['score'] =
      node.score?.kind === 'levels' ? { kind: 'linear', from: 0, to: 1, clamp: false } : node.score
    return { ...node, formula: null, denominator: null, score }
  })
  return { ...framework, nodes, denominators: [], inputs: [] }
}

/** The leaves of a prepared period as data: one item a scored leaf, after formula and division. */
export function rawPanel({ panel, leaves, units }: Pipeline): Panel {
  const size = units.length * leaves.length
  const raw: Panel = {
    period: panel.period,
    units,
    items: leaves.map((leaf) => leaf.node.code),
    value: new Float64Array(size),
    state: new Uint8Array(size).fill(CELL.missing),
    se: null,
    parts: null,
    attributes: panel.attributes,
  }
  leaves.forEach(({ raw: column }, l) => {
    for (let u = 0; u < units.length; u++) {
      const at = l * units.length + u
      const absent = column.absent[u]
      if (absent === ABSENT.no) {
        raw.value[at] = column.values[u]!
        raw.state[at] = CELL.ok
      } else if (absent !== ABSENT.missing) raw.state[at] = CELL.notApplicable
    }
  })
  return raw
}
