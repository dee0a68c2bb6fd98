import type { Framework, FrameworkNode } from '../framework/framework.ts'
import type { AggregateSpec } from '../framework/methods.ts'
import { MeasureError, type MeasureProblem, say } from '../problem.ts'
import { aggregate } from './aggregate/aggregate.ts'
import { NOTE } from './aggregate/children.ts'
import { childFormula } from './formula-column.ts'
import { ABSENT, type RawColumn } from './raw-columns.ts'
import { roundHalfUp } from './round.ts'

/** What a node has for a unit. */
export const STATE = {
  ok: 0,
  missing: 1,
  notApplicable: 2,
  otherGroup: 3,
  /** The item does not vary and is left out for everybody. */
  excluded: 4,
} as const

/** The result of one node for every unit; `value` is NaN where `state` is not ok. */
export interface NodeColumn {
  value: Float64Array
  state: Uint8Array
  /** The aggregated value before the node normalised it once more; null when it does not. */
  raw: Float64Array | null
  /** Points and the most that were applicable, in a framework of points; null otherwise. */
  points: Float64Array | null
  max: Float64Array | null
}

/** Choices that may differ from the framework's own in one evaluation. */
export interface EvaluateChoice {
  /** Weight or points of each node, already varied; siblings are renormalised. */
  weights: Float64Array | null
  /** In place of the framework's method, for nodes that have none of their own. */
  aggregate: AggregateSpec | null
}

/** What a node needs beside its children. */
export interface EvaluateContext {
  framework: Framework
  units: readonly string[]
  screened: Uint8Array
  choice: EvaluateChoice
  /** Marks units for which a missing answer counted as zero. */
  incomplete: Uint8Array
  warnings: MeasureProblem[] | null
  renormalise(node: FrameworkNode, column: Float64Array): Float64Array | null
}

export function leafColumn(
  node: FrameworkNode,
  raw: RawColumn,
  values: Float64Array | null,
  context: EvaluateContext,
): NodeColumn {
  const n = context.units.length
  const state = new Uint8Array(n)
  const value = new Float64Array(n).fill(Number.NaN)
  for (let u = 0; u < n; u += 1) {
    if (values === null) state[u] = STATE.excluded
    else if (raw.absent[u] === ABSENT.notApplicable) state[u] = STATE.notApplicable
    else if (raw.absent[u] === ABSENT.otherGroup) state[u] = STATE.otherGroup
    else if (Number.isNaN(values[u]!)) state[u] = STATE.missing
    else value[u] = values[u]!
  }
  if (node.points === null) return { value, state, raw: null, points: null, max: null }
  const max = new Float64Array(n)
  const points = new Float64Array(n).fill(Number.NaN)
  for (let u = 0; u < n; u += 1) {
    const applies =
      state[u] === STATE.ok ||
      state[u] === STATE.missing ||
      (state[u] === STATE.notApplicable && node.notApplicable === 'zero')
    max[u] = applies ? node.points : 0
    points[u] = node.points * value[u]!
  }
  return { value, state, raw: null, points, max }
}

/** One inner node from the columns of its children. */
export function innerColumn(
  node: FrameworkNode,
  columns: readonly (NodeColumn | null)[],
  context: EvaluateContext,
): NodeColumn {
  const { framework, choice, units, screened } = context
  const n = units.length
  const kids = node.children.map((c) => framework.nodes[c]!).filter((k) => k.scored)
  const spec = node.own.has('aggregate') ? node.aggregate : (choice.aggregate ?? node.aggregate)
  const byPoints = spec.method === 'points'
  const entered = kids.map((kid) => enteringColumn(node, kid, columns[kid.index]!, byPoints, context))
  const weights = kids.map((k) => choice.weights?.[k.index] ?? (byPoints ? (k.points ?? 0) : k.weight))
  const result: NodeColumn =
    node.formula !== null
      ? withPoints(node, childFormula(node, kids, entered, units))
      : byPoints
        ? sumPoints(kids, weights, entered, columns, context)
        : meanOf(node, kids, weights, entered, spec, context)
  for (let u = 0; u < n; u += 1) {
    if (screened[u]) result.value[u] = Number.NaN
    if (
      !Number.isNaN(result.value[u]!) &&
      node.missing.minShare > 0 &&
      shareOf(kids, columns, u) < node.missing.minShare
    ) {
      result.value[u] = Number.NaN
    }
  }
  const own = node.normalise
  if (own !== null && own.method !== 'none') {
    result.raw = result.value
    const again = context.renormalise(node, result.value)
    result.value = again ?? new Float64Array(n).fill(Number.NaN)
    if (again === null) {
      result.state.fill(STATE.excluded)
      return result
    }
    if (result.max) result.points = result.max.map((m, u) => m * result.value[u]!)
  }
  if (framework.output.roundNodes && node.parent >= 0) roundNode(result, framework.output.decimals!)
  for (let u = 0; u < n; u += 1) {
    if (!Number.isNaN(result.value[u]!)) continue
    result.state[u] = stateWithout(kids, columns, u)
    if (result.points) result.points[u] = Number.NaN
  }
  return result
}

/** The child's values with what is missing or not applicable settled: 0 where it counts as zero, NaN where left out. */
function enteringColumn(
  node: FrameworkNode,
  kid: FrameworkNode,
  column: NodeColumn,
  byPoints: boolean,
  context: EvaluateContext,
): Float64Array {
  let out = column.value
  const isLeaf = kid.children.length === 0
  const policy =
    (isLeaf && kid.ownMissing ? kid.missing.policy : null) ??
    node.missing.policy ??
    (byPoints ? 'zero' : 'skip')
  for (let u = 0; u < out.length; u += 1) {
    const state = column.state[u]
    if (state === STATE.ok || context.screened[u]) continue
    const counts =
      state === STATE.missing
        ? policy === 'zero'
        : state === STATE.notApplicable && kid.notApplicable === 'zero'
    if (state === STATE.missing && policy === 'error') {
      throw new MeasureError({
        code: 'missing-value',
        unit: context.units[u]!,
        item: kid.code,
        message: say(
          `"${context.units[u]}" thiếu "${kid.code}"`,
          `"${context.units[u]}" lacks "${kid.code}"`,
        ),
      })
    }
    if (!counts) continue
    if (state === STATE.missing) context.incomplete[u] = 1
    if (out === column.value) out = out.slice()
    out[u] = 0
  }
  return out
}

function meanOf(
  node: FrameworkNode,
  kids: readonly FrameworkNode[],
  weights: readonly number[],
  entered: readonly Float64Array[],
  spec: AggregateSpec,
  context: EvaluateContext,
): NodeColumn {
  const n = context.units.length
  const { column, notes } = aggregate({ columns: entered, weights, units: n }, spec)
  if (context.warnings) {
    for (let u = 0; u < n; u += 1) {
      if (notes[u] === NOTE.none || context.screened[u]) continue
      const isZero = notes[u] === NOTE.zero
      const lowest = kids[entered.findIndex((c) => (isZero ? c[u] === 0 : c[u]! < 0))]?.code ?? node.code
      context.warnings.push({
        severity: 'warning',
        code: isZero ? 'zero-value' : 'domain',
        unit: context.units[u]!,
        item: node.code,
        message: isZero
          ? say(
              `"${lowest}" bằng 0 nên "${node.code}" của "${context.units[u]}" bằng 0`,
              `"${lowest}" is 0, so "${node.code}" of "${context.units[u]}" is 0`,
            )
          : say(
              `"${node.code}" của "${context.units[u]}" không tính được bằng ${spec.method}: giá trị ngoài miền xác định`,
              `"${node.code}" of "${context.units[u]}" has no ${spec.method} value: outside its domain`,
            ),
      })
    }
  }
  return withPoints(node, column)
}

function withPoints(node: FrameworkNode, value: Float64Array): NodeColumn {
  const state = new Uint8Array(value.length)
  const most = node.points
  if (most === null) return { value, state, raw: null, points: null, max: null }
  return {
    value,
    state,
    raw: null,
    points: value.map((v) => v * most),
    max: new Float64Array(value.length).fill(most),
  }
}

/** Points and maxima of the children that count; the value is their quotient. */
function sumPoints(
  kids: readonly FrameworkNode[],
  weights: readonly number[],
  entered: readonly Float64Array[],
  columns: readonly (NodeColumn | null)[],
  context: EvaluateContext,
): NodeColumn {
  const n = context.units.length
  const points = new Float64Array(n)
  const max = new Float64Array(n)
  const weighed = new Float64Array(n)
  const weighedMax = new Float64Array(n)
  const varied = context.choice.weights !== null
  kids.forEach((kid, k) => {
    const column = columns[kid.index]!
    const factor = varied && kid.points ? weights[k]! / kid.points : 1
    for (let u = 0; u < n; u += 1) {
      const value = entered[k]![u]!
      if (Number.isNaN(value)) continue
      if (!varied && (value < 0 || value > 1 + 1e-12)) refuseValue(context, u, kid.code, value)
      const most = column.max?.[u] ?? 0
      const own = column.state[u] === STATE.ok ? column.points![u]! : most * value
      points[u] = points[u]! + own
      max[u] = max[u]! + most
      weighed[u] = weighed[u]! + factor * own
      weighedMax[u] = weighedMax[u]! + factor * most
    }
  })
  const value = new Float64Array(n)
  for (let u = 0; u < n; u += 1) {
    value[u] = weighedMax[u]! > 0 ? weighed[u]! / weighedMax[u]! : Number.NaN
    if (varied) points[u] = value[u]! * max[u]!
  }
  return { value, state: new Uint8Array(n), raw: null, points, max }
}

function refuseValue(context: EvaluateContext, u: number, item: string, value: number): never {
  throw new MeasureError({
    code: 'value-out-of-range',
    unit: context.units[u]!,
    item,
    value: String(value),
    message: say(
      `Giá trị ${value} của "${item}" ("${context.units[u]}") nằm ngoài 0..1`,
      `The value ${value} of "${item}" ("${context.units[u]}") is outside 0..1`,
    ),
  })
}

/** Share of the children that apply to a unit which have a value. */
function shareOf(kids: readonly FrameworkNode[], columns: readonly (NodeColumn | null)[], u: number): number {
  let [ok, all] = [0, 0]
  for (const kid of kids) {
    const state = columns[kid.index]!.state[u]
    if (state === STATE.ok) ok += 1
    if (state === STATE.ok || state === STATE.missing) all += 1
  }
  return all === 0 ? 0 : ok / all
}

function stateWithout(
  kids: readonly FrameworkNode[],
  columns: readonly (NodeColumn | null)[],
  u: number,
): number {
  const states = kids.map((k) => columns[k.index]!.state[u]!)
  if (states.some((s) => s === STATE.ok || s === STATE.missing) || states.length === 0) return STATE.missing
  if (states.every((s) => s === STATE.otherGroup)) return STATE.otherGroup
  return states.includes(STATE.notApplicable) ? STATE.notApplicable : STATE.excluded
}

function roundNode(column: NodeColumn, decimals: number): void {
  if (column.points && column.max) {
    const { points, max } = column
    column.points = points.map((p) => roundHalfUp(p, decimals))
    column.value = column.value.map((v, u) => (Number.isNaN(v) ? v : column.points![u]! / max[u]!))
  } else column.value = column.value.map((v) => roundHalfUp(v, decimals))
}
