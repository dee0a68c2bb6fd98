import type { Pipeline } from '../compute/pipeline.ts'

/**
 * Is every score linear in the unit's own cells? Then errors propagate exactly. Settled by the methods in use, not by
 * trying: data-driven scales, bands, transforms, cut goalposts, filled cells and divisors with errors all bend it.
 */
export function isLinear(pipeline: Pipeline): boolean {
  const { framework, panel } = pipeline
  if (framework.output.roundNodes) return false
  const unsure = new Set(
    panel.items.filter((_, i) => {
      const from = i * panel.units.length
      return panel.se?.subarray(from, from + panel.units.length).some((se) => se > 0)
    }),
  )
  return (
    framework.nodes.every((node) => node.children.length === 0 || !node.scored || addsUp(node)) &&
    pipeline.stages().every(({ node, filled }) => {
      if (node.formula !== null) return false
      if (node.denominator !== null && unsure.has(node.denominator)) return false
      if (!unsure.has(node.code)) return true
      if (filled.includes(1)) return false
      if (node.score !== null) return node.score.kind === 'linear' && !node.score.clamp
      return node.treat.method === 'none' && node.transform === 'none' && isStraight(node)
    })
  )
}

/** Is a node the weighted mean or sum of its children and nothing more? */
export function addsUp(node: Pipeline['framework']['nodes'][number]): boolean {
  const { method } = node.aggregate
  return (
    (method === 'arithmetic' || method === 'points') &&
    (node.normalise === null || node.normalise.method === 'none') &&
    node.missing.minShare === 0
  )
}

function isStraight({ normalise }: Pipeline['framework']['nodes'][number]): boolean {
  const method = normalise?.method ?? 'none'
  return method === 'none' || ((method === 'goalposts' || method === 'scale') && !normalise!.clamp)
}
