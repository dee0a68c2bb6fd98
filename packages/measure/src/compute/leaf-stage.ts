import type { Framework, FrameworkNode } from '../framework/framework.ts'
import type { ImputeSpec, NormaliseSpec } from '../framework/methods.ts'
import { MeasureError, type MeasureProblem, say } from '../problem.ts'
import { impute } from './impute.ts'
import type { ItemColumns } from './item-columns.ts'
import { normalise, poolOf } from './normalise.ts'
import { ABSENT, type RawColumn, rawColumn } from './raw-columns.ts'
import { scoreNumber } from './score-rule.ts'
import { transform } from './transform.ts'
import { type Treatment, treat } from './treat.ts'

/** A scored leaf up to its transformed values; columns hold NaN where there is nothing. */
export interface LeafStage {
  node: FrameworkNode
  raw: RawColumn
  /** 1 where impute put the value. */
  filled: Uint8Array
  /** After impute and treat, before transform; screened units left out. */
  treated: Float64Array
  treatment: Treatment
  changed: number
  transformed: Float64Array
  warnings: MeasureProblem[]
}

/** A leaf as it enters the aggregation; null when the item is excluded because it does not vary. */
export type LeafValues = Float64Array | null

/** Everything of the leaves that does not depend on later choices. */
export interface LeafInput {
  node: FrameworkNode
  raw: RawColumn
}

export function readLeaves(
  framework: Framework,
  columns: ItemColumns,
  warnings: MeasureProblem[],
): LeafInput[] {
  return framework.leaves
    .map((i) => framework.nodes[i]!)
    .filter((node) => node.scored)
    .map((node) => ({ node, raw: rawColumn(framework, node, columns, warnings) }))
}

/** Imputes, screens out, treats and transforms one leaf. */
export function stageLeaf(
  leaf: LeafInput,
  all: readonly LeafInput[],
  columns: ItemColumns,
  screened: Uint8Array,
  earlier: readonly Float64Array[],
  spec: ImputeSpec,
  maxPoints: number | null,
): LeafStage {
  const { node, raw } = leaf
  const warnings: MeasureProblem[] = []
  const fixed = raw.absent.map((a) => (a === ABSENT.notApplicable || a === ABSENT.otherGroup ? 1 : 0))
  const on = spec.on === null ? all.filter((l) => l !== leaf) : all.filter((l) => l.node.code === spec.on)
  const { column, filled, unfilled } = impute(raw.values, fixed, spec, {
    labels: spec.group === null ? null : columns.labels(spec.group),
    earlier,
    predictors: on.map((l) => l.raw.values),
  })
  for (const { unit, group } of unfilled) {
    warnings.push({
      severity: 'warning',
      code: 'not-imputed',
      unit: columns.units[unit]!,
      item: node.code,
      message: say(
        `Không có giá trị nào${group === null ? '' : ` trong nhóm "${group}"`} để bù cho "${node.code}" của "${columns.units[unit]}"`,
        `No value${group === null ? '' : ` in group "${group}"`} to impute "${node.code}" of "${columns.units[unit]}" from`,
      ),
    })
  }
  const kept = screened.includes(1) ? column.map((x, u) => (screened[u] ? Number.NaN : x)) : column
  const isText = node.score !== null
  const done = isText ? null : treat(kept, maxPoints === null ? node.treat : { ...node.treat, maxPoints })
  if (done?.tooFew) {
    warnings.push({
      severity: 'warning',
      code: 'too-few-values',
      item: node.code,
      message: say(
        `"${node.code}" có dưới 4 giá trị: không xử lý ngoại lai`,
        `"${node.code}" has fewer than 4 values: outliers are not treated`,
      ),
    })
  }
  const treated = done?.column ?? kept
  const transformed = isText ? treated : transform(treated, node.transform)
  if (transformed !== treated) {
    transformed.forEach((x, u) => {
      if (!Number.isNaN(x) || Number.isNaN(treated[u]!)) return
      warnings.push(domainWarning(columns.units[u]!, node.code, treated[u]!, node.transform))
    })
  }
  return {
    node,
    raw,
    filled,
    treated,
    treatment: done?.treatment ?? 'none',
    changed: done?.changed ?? 0,
    transformed,
    warnings,
  }
}

export function domainWarning(unit: string, item: string, x: number, what: string): MeasureProblem {
  return {
    severity: 'warning',
    code: 'domain',
    unit,
    item,
    value: String(x),
    message: say(
      `${what} không xác định tại ${x} ("${item}" của "${unit}"): coi là thiếu`,
      `${what} is not defined at ${x} ("${item}" of "${unit}"): missing`,
    ),
  }
}

/**
 * The leaf on the framework's scale.
 * @param peers the same leaf in the other periods, for `pool: all`
 * @returns null when the item does not vary and is to be excluded
 * @throws {MeasureError} `constant-item`, `no-reference`
 */
export function leafValues(
  stage: LeafStage,
  spec: NormaliseSpec,
  columns: ItemColumns,
  peers: () => readonly Float64Array[],
  warnings: MeasureProblem[] | null,
): LeafValues {
  const { node, transformed } = stage
  if (node.score !== null) return scoreByRule(stage, columns, warnings)
  const at = typeof spec.reference === 'string' ? columns.units.indexOf(spec.reference) : -1
  const result = normalise(transformed, spec, {
    direction: node.direction,
    goalposts: node.goalposts,
    transform: node.transform,
    pool: poolOf(spec.pool === 'all' ? [transformed, ...peers()] : [transformed]),
    reference: at < 0 ? Number.NaN : transformed[at]!,
  })
  return result.column ?? refuseOrExclude(node, spec, result.failure!, warnings)
}

/** @returns null, with a warning, when the framework excludes what does not vary */
export function refuseOrExclude(
  node: FrameworkNode,
  spec: NormaliseSpec,
  failure: 'constant' | 'no-reference',
  warnings: MeasureProblem[] | null,
): null {
  if (failure === 'no-reference') {
    throw new MeasureError({
      code: 'no-reference',
      item: node.code,
      value: String(spec.reference),
      message: say(
        `Không có mốc so sánh "${spec.reference}" cho "${node.code}" hoặc mốc trùng giá trị thấp nhất`,
        `"${node.code}" has no reference "${spec.reference}", or it is the least value itself`,
      ),
    })
  }
  const message = say(
    `"${node.code}" bằng nhau ở mọi đơn vị: không chuẩn hóa được`,
    `"${node.code}" is the same for every unit: it cannot be normalised`,
  )
  if (spec.constant === 'error') {
    const hint = say(
      'Đặt "constant: exclude" để bỏ chỉ số này ra',
      'State "constant: exclude" to leave the item out',
    )
    throw new MeasureError({ code: 'constant-item', item: node.code, message, hint })
  }
  warnings?.push({ severity: 'warning', code: 'constant-item', item: node.code, message })
  return null
}

function scoreByRule(
  stage: LeafStage,
  columns: ItemColumns,
  warnings: MeasureProblem[] | null,
): Float64Array {
  const { node, transformed } = stage
  const rule = node.score!
  if (rule.kind === 'levels') return transformed
  return transformed.map((x, u) => {
    const value = scoreNumber(x, rule)
    if (Number.isNaN(value) && !Number.isNaN(x))
      warnings?.push(domainWarning(columns.units[u]!, node.code, x, 'bands'))
    return value
  })
}
