import { Arithmetic } from '../ir/arithmetic.ts'
import { Graph } from '../ir/graph.ts'
import { argsOf, type Ir, type IrInput, type IrNode, type Memo, type Operation } from '../ir/node.ts'
import type { Accumulator, KernelOutput } from './contract.ts'

/** What a kernel works out: a law and its reform in one graph, where what both share stands once. */
export interface Plan {
  readonly nodes: readonly IrNode[]
  readonly inputs: readonly IrInput[]
  readonly memos: readonly Memo[]
  readonly outputs: readonly (KernelOutput & { readonly node: number })[]
  readonly accumulators: readonly (Accumulator & { readonly node: number })[]
  readonly maxMembers: number
}

export interface KernelSpec {
  readonly base: Ir
  readonly reform?: Ir
  /** Names of outputs of the base (and, with a reform, of both). Default: all of the base's. */
  readonly outputs?: readonly string[]
  readonly accumulate?: readonly Accumulator[]
}

/**
 * @throws {RangeError} when an output is none of the forms', or both forms are not of one period
 */
export function planOf({ base, reform, outputs: names, accumulate = [] }: KernelSpec): Plan {
  if (reform && reform.period !== base.period)
    throw new RangeError(`base ${base.period} and reform ${reform.period} are of two periods`)
  const graph = new Graph()
  const arithmetic = new Arithmetic(graph)
  const memos: Memo[] = []
  const inputs = new Map<string, IrInput>()
  const load = (ir: Ir): ReadonlyMap<string, number> => {
    const offset = memos.length
    memos.push(...ir.memos)
    const ids = transfer(ir.nodes, graph, offset)
    for (const input of ir.inputs) inputs.set(input.column, { ...input, node: ids[input.node] as number })
    return new Map(ir.outputs.map(({ name, node }) => [name, ids[node] as number]))
  }
  const own = load(base)
  const other = reform ? load(reform) : undefined
  const levels = new Map(base.outputs.map(({ name, level }) => [name, level]))
  const found = (from: ReadonlyMap<string, number> | undefined, name: string): number => {
    const id = from?.get(name)
    if (id === undefined) throw new RangeError(`"${name}" is no output of the intermediate form`)
    return id
  }
  /** Base and reform at one scale, so that their columns can be compared. */
  const pair = (name: string): readonly [number, number] => {
    const [a, b] = [found(own, name), found(other, name)]
    const [x, y] = [graph.type(a), graph.type(b)]
    if (x.kind !== 'number' || y.kind !== 'number') return [a, b]
    const scale = Math.max(x.scale, y.scale)
    return [arithmetic.finer(a, scale) ?? a, arithmetic.finer(b, scale) ?? b]
  }
  const nodeOf = (of: string): { node: number; name: string } => {
    if (of.startsWith('reform:')) return { node: pair(of.slice(7))[1], name: of.slice(7) }
    if (!of.startsWith('change:')) return { node: other ? pair(of)[0] : found(own, of), name: of }
    const [a, b] = pair(of.slice(7))
    return { node: arithmetic.subtract(b, a), name: of.slice(7) }
  }
  const outputs = names ?? base.outputs.map(({ name }) => name)
  const wanted = outputs.flatMap((name) => (other ? [name, `reform:${name}`] : [name]))
  const columns = wanted.map((of) => {
    const { node, name } = nodeOf(of)
    const { type, nullable } = graph.node(node)
    return { name: of, level: levels.get(name) ?? 'person', type, nullable, node }
  })
  const accumulators = accumulate.map((one) => ({ ...one, node: nodeOf(one.of).node }))
  const maxMembers = Math.min(base.maxMembers, reform?.maxMembers ?? base.maxMembers)
  return {
    nodes: graph.nodes,
    inputs: [...inputs.values()],
    memos,
    outputs: columns,
    accumulators,
    maxMembers,
  }
}

/** Adds nodes of one form to a graph; the result has the new number of each. */
function transfer(nodes: readonly IrNode[], graph: Graph, memoOffset: number): number[] {
  const ids: number[] = []
  for (const node of nodes) {
    const { id: _id, level, type, nullable, ...operation } = node
    const args = argsOf(node).map((arg) => ids[arg] as number)
    const moved = {
      ...operation,
      ...('args' in operation ? { args } : {}),
      ...(operation.op === 'memo' ? { memo: operation.memo + memoOffset } : {}),
    } as Operation
    ids.push(graph.add(moved, type, nullable, level))
  }
  return ids
}
