import { argsOf, type IrNode } from '../ir/node.ts'
import type { Plan } from './merge.ts'

/**
 * The order of work in a household: values of the group that need no member (stage 0), then in turn a pass over the
 * members (stage 1, 2 …) and the group's values that rest on it.
 */
export interface Schedule {
  /** Nodes that are needed, by stage: the members' pass of a stage comes before the group's part of it. */
  readonly person: readonly (readonly IrNode[])[]
  readonly group: readonly (readonly IrNode[])[]
  readonly stageOf: (id: number) => number
  /** Nodes whose value has a place of its own; others stand inside the one expression that reads them. */
  readonly named: ReadonlySet<number>
  /** Members' values that a later stage reads. */
  readonly kept: ReadonlySet<number>
}

export function scheduleOf(plan: Plan): Schedule {
  const { nodes } = plan
  const roots = [...plan.outputs, ...plan.accumulators].map(({ node }) => node)
  const needed = new Set<number>(roots)
  for (let id = nodes.length - 1; id >= 0; id--)
    if (needed.has(id)) for (const arg of argsOf(nodes[id] as IrNode)) needed.add(arg)
  const stages = stagesOf(nodes)
  const stageOf = (id: number) => stages[id] as number

  const uses = new Map<number, number>()
  const kept = new Set<number>()
  const named = new Set<number>(roots.filter((id) => nodes[id]?.level !== 'constant'))
  for (const node of nodes) {
    if (!needed.has(node.id)) continue
    for (const arg of argsOf(node)) {
      const from = nodes[arg] as IrNode
      uses.set(arg, (uses.get(arg) ?? 0) + 1)
      const reads = node.level === 'person' || node.op === 'aggregate'
      if (
        from.level === 'person' &&
        reads &&
        from.op !== 'input' &&
        from.op !== 'project' &&
        stageOf(arg) < stageOf(node.id)
      )
        kept.add(arg)
      // What crosses between a group and its members, or is read several times within one step, has a name.
      if (from.level === 'group' && (node.op === 'project' || stageOf(arg) < stageOf(node.id))) named.add(arg)
      if (node.op === 'piecewise' || node.op === 'pick' || node.op === 'is-null') named.add(arg)
    }
  }
  // A short test is worked out again wherever it is read, so that it costs nothing in branches that are not taken.
  const sizes: number[] = []
  for (const node of nodes) {
    const below = argsOf(node).map((arg) =>
      (uses.get(arg) ?? 0) > 1 && !SHORT.has((nodes[arg] as IrNode).op) ? 0 : (sizes[arg] ?? 0),
    )
    sizes.push(below.reduce((a, b) => a + b, LEAF.has(node.op) ? 0 : 1))
  }
  const isShort = (id: number) => SHORT.has((nodes[id] as IrNode).op) && (sizes[id] as number) <= 4
  for (const [id, count] of uses) if (count > 1 && !isShort(id)) named.add(id)
  // What stands in a short test needs a name instead.
  for (const node of nodes)
    if (needed.has(node.id) && (uses.get(node.id) ?? 0) > 1 && isShort(node.id))
      nameBelow(node, nodes, isShort, named)
  for (const { id, op, level } of nodes)
    if (op === 'aggregate' || kept.has(id)) named.add(id)
    else if (op === 'project' || level === 'constant') named.delete(id)
  const count = 1 + Math.max(0, ...[...needed].map(stageOf))
  const empty = (): IrNode[][] => Array.from({ length: count + 1 }, () => [])
  const [person, group] = [empty(), empty()]
  for (const node of nodes) {
    if (!needed.has(node.id) || node.level === 'constant') continue
    ;(node.level === 'person' ? person : group)[stageOf(node.id)]?.push(node)
  }
  return { person, group, stageOf, named, kept }
}

const SHORT: ReadonlySet<IrNode['op']> = new Set<IrNode['op']>(['compare', 'is-null', 'not', 'and', 'or'])
const LEAF: ReadonlySet<IrNode['op']> = new Set<IrNode['op']>(['input', 'constant', 'project'])

function nameBelow(
  node: IrNode,
  nodes: readonly IrNode[],
  isShort: (id: number) => boolean,
  named: Set<number>,
): void {
  for (const arg of argsOf(node)) {
    if (isShort(arg)) nameBelow(nodes[arg] as IrNode, nodes, isShort, named)
    else named.add(arg)
  }
}

function stagesOf(nodes: readonly IrNode[]): number[] {
  const stages: number[] = []
  for (const node of nodes) {
    const below = Math.max(0, ...argsOf(node).map((arg) => stages[arg] as number))
    if (node.op === 'project') stages.push(below + 1)
    else if (node.level === 'person' || node.op === 'aggregate') stages.push(Math.max(1, below))
    else stages.push(below)
  }
  return stages
}
