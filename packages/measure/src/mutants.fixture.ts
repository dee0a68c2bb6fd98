import { parse, stringify } from 'yaml'

/** A framework file with one thing changed. */
export interface Mutant {
  /** Kind of the change: `weight`, `parent`, `goalposts-swapped` … */
  rule: string
  /** Node or key that was changed. */
  at: string
  text: string
}

type Raw = Record<string, unknown>

/** Every single change of the known kinds that a careless edit of a framework file could make. */
export function mutantsOf(text: string): Mutant[] {
  const mutants: Mutant[] = []
  const original = parse(text) as Raw & { nodes: Raw[] }
  const change = (rule: string, at: string, edit: (file: Raw & { nodes: Raw[] }) => void) => {
    const copy = structuredClone(original)
    edit(copy)
    if (JSON.stringify(copy) !== JSON.stringify(original)) mutants.push({ rule, at, text: stringify(copy) })
  }
  original.nodes.forEach((node, i) => {
    const code = String(node.code)
    const put = (rule: string, key: string, value: unknown) =>
      change(rule, code, (file) => {
        if (value === undefined) delete file.nodes[i]![key]
        else file.nodes[i]![key] = value
      })
    const isInner = original.nodes.some((n) => n.parent === node.code)
    change('node-dropped', code, (file) => {
      file.nodes.splice(i, 1)
    })
    if (node.parent !== undefined) put('parent-removed', 'parent', undefined)
    for (const other of original.nodes) {
      const holds = original.nodes.some((n) => n.parent === other.code)
      if (holds && other.code !== node.parent && other.code !== node.code && node.parent !== undefined) {
        put(`parent-changed to ${String(other.code)}`, 'parent', other.code)
      }
    }
    put('direction-flipped', 'direction', node.direction === -1 ? 1 : -1)
    put('scored-flipped', 'scored', node.scored === false ? undefined : false)
    if (node.points === undefined) put('weight-doubled', 'weight', 2)
    else {
      put('points-changed', 'points', Number(node.points) + 10)
      put('points-to-weight', 'points', undefined)
    }
    if (Array.isArray(node.goalposts)) {
      const [low, high] = node.goalposts as [number, number]
      put('goalposts-swapped', 'goalposts', [high, low])
      put('goalposts-low', 'goalposts', [low + 1, high])
      put('goalposts-high', 'goalposts', [low, high * 1.05])
      put('goalposts-dropped', 'goalposts', undefined)
      put('clamp-dropped', 'normalise', { method: 'goalposts' })
    }
    put('transform-changed', 'transform', node.transform === undefined ? 'ln' : undefined)
    put('denominator-changed', 'denominator', node.denominator === undefined ? 'Population' : undefined)
    if (isInner)
      put(
        'aggregate-changed',
        'aggregate',
        node.aggregate === undefined ? { method: 'arithmetic' } : undefined,
      )
    if (node.normalise !== undefined) {
      put('normalise-dropped', 'normalise', undefined)
      const from = (node.normalise as Raw).from as [number, number] | undefined
      if (from)
        put('scale-changed', 'normalise', { ...(node.normalise as Raw), from: [from[0], from[1] + 1] })
    }
    if (node.score !== undefined) put('score-dropped', 'score', undefined)
  })
  original.nodes.forEach((node, i) => {
    original.nodes.forEach((other, k) => {
      if (k <= i || node.parent !== other.parent || node.points === other.points) return
      change('points-swapped', `${String(node.code)} ${String(other.code)}`, (file) => {
        const [a, b] = [file.nodes[i]!, file.nodes[k]!]
        ;[a.points, b.points] = [b.points, a.points]
        for (const n of [a, b]) if (n.points === undefined) delete n.points
      })
    })
  })
  const top = (rule: string, key: string, value: unknown) =>
    change(rule, key, (file) => {
      if (value === undefined) delete file[key]
      else file[key] = value
    })
  top('method', 'aggregate', { method: 'median' })
  top('method', 'normalise', { method: 'rank' })
  for (const key of [
    'normalise',
    'aggregate',
    'output',
    'rank',
    'source',
    'status',
    'impute',
    'treat',
    'missing',
  ]) {
    if (original[key] !== undefined) top('key-dropped', key, undefined)
  }
  if (original.treat) top('method', 'treat', { ...(original.treat as Raw), max_points: 2 })
  if (original.impute) top('method', 'impute', { method: 'mean' })
  if (original.output) top('method', 'output', { ...(original.output as Raw), decimals: 1 })
  if (original.rank) {
    top('method', 'rank', { ...(original.rank as Raw), order: 'asc' })
    top('method', 'rank', { ...(original.rank as Raw), ties: 'dense' })
  }
  return mutants
}
