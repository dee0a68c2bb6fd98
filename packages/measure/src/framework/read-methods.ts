import { type FieldReport, Fields, isMapping } from './fields.ts'
import {
  AGGREGATE_METHODS,
  type AggregateSpec,
  ARITHMETIC,
  defaultRange,
  IMPUTE_METHODS,
  type ImputeSpec,
  NO_IMPUTE,
  NO_NORMALISE,
  NO_TREAT,
  NORMALISE_METHODS,
  type NormaliseSpec,
  TRANSFORM_METHODS,
  TREAT_METHODS,
  type TransformMethod,
  type TreatSpec,
} from './methods.ts'

/**
 * A method may be written as its name, as `{method: minmax, range: [0, 100]}` or short as `{minmax: [0, 100]}`.
 * @returns the mapping form
 */
function methodFields(
  raw: unknown,
  path: string,
  methods: readonly string[],
  shortKey: string,
  report: FieldReport,
): Fields | null {
  if (typeof raw === 'string') return new Fields({ method: raw }, path, report)
  if (isMapping(raw)) {
    const keys = Object.keys(raw)
    const [only] = keys
    if (keys.length === 1 && only !== undefined && methods.includes(only)) {
      return new Fields({ method: only, [shortKey]: raw[only] }, path, report)
    }
    return new Fields(raw, path, report)
  }
  const list = methods.join(', ')
  report(
    'schema',
    path,
    raw,
    `Cần tên phương pháp (${list}) hoặc {method: …}`,
    `Want a method (${list}) or {method: …}`,
  )
  return null
}

export function readImpute(raw: unknown, path: string, report: FieldReport): ImputeSpec {
  const fields = methodFields(raw, path, IMPUTE_METHODS, 'group', report)
  if (!fields) return NO_IMPUTE
  const spec: ImputeSpec = {
    method: fields.oneOf('method', IMPUTE_METHODS, 'none'),
    group: fields.text('group'),
    on: fields.text('on'),
  }
  if (spec.method.startsWith('group_') && spec.group === null) {
    fields.wrong(
      'group',
      `"${spec.method}" cần "group": mục phân nhóm`,
      `"${spec.method}" needs "group": an attribute item`,
    )
  }
  fields.finish()
  return spec
}

export function readTreat(raw: unknown, path: string, report: FieldReport): TreatSpec {
  const fields = methodFields(raw, path, TREAT_METHODS, 'max_points', report)
  if (!fields) return NO_TREAT
  const spec: TreatSpec = {
    method: fields.oneOf('method', TREAT_METHODS, 'none'),
    maxPoints: fields.number('max_points') ?? NO_TREAT.maxPoints,
    skew: fields.number('skew') ?? NO_TREAT.skew,
    kurtosis: fields.number('kurtosis') ?? NO_TREAT.kurtosis,
    lambda: fields.number('lambda'),
  }
  if (!Number.isInteger(spec.maxPoints) || spec.maxPoints < 0) {
    fields.wrong(
      'max_points',
      '"max_points" phải là số nguyên không âm',
      '"max_points" must be a whole number, 0 or more',
    )
  }
  fields.finish()
  return spec
}

export function readTransform(raw: unknown, path: string, report: FieldReport): TransformMethod {
  const fields = methodFields(raw, path, TRANSFORM_METHODS, 'method', report)
  if (!fields) return 'none'
  const method = fields.oneOf('method', TRANSFORM_METHODS, 'none')
  fields.finish()
  return method
}

export function readNormalise(raw: unknown, path: string, report: FieldReport): NormaliseSpec {
  const short = isMapping(raw) && Object.keys(raw)[0] === 'distance_to_reference' ? 'reference' : 'range'
  const fields = methodFields(raw, path, NORMALISE_METHODS, short, report)
  if (!fields) return NO_NORMALISE
  const method = fields.oneOf('method', NORMALISE_METHODS, 'none')
  const ends = (low: string, high: string): [number, number] | null =>
    fields.has(low) || fields.has(high) ? [fields.number(low) ?? 0, fields.number(high) ?? 1] : null
  const range =
    fields.pair('range') ??
    fields.pair('to') ??
    ends('a', 'b') ??
    (method === 'zscore' ? (ends('mean', 'sd') ?? ends('m', 's')) : null)
  const spec: NormaliseSpec = {
    method,
    range: range ?? defaultRange(method),
    clamp: fields.flag('clamp', false),
    from: fields.pair('from') ?? NO_NORMALISE.from,
    reference: readReference(fields),
    constant: fields.oneOf('constant', ['error', 'exclude'], 'error'),
    pool: fields.oneOf('pool', ['period', 'all'], 'period'),
  }
  if (method === 'distance_to_reference' && spec.reference === null) {
    fields.wrong(
      'reference',
      'Cần "reference": một đơn vị hoặc một số',
      'Want "reference": a unit or a number',
    )
  }
  if (method === 'scale' && spec.from[0] === spec.from[1]) {
    fields.wrong('from', 'Hai đầu của thang gốc phải khác nhau', 'The two ends of the raw scale must differ')
  }
  if (method === 'zscore' ? spec.range[1] <= 0 : spec.range[0] >= spec.range[1]) {
    fields.wrong(
      'range',
      'Thang kết quả phải tăng (zscore: độ lệch chuẩn dương)',
      'The resulting scale must ascend (zscore: a positive deviation)',
    )
  }
  fields.finish()
  return spec
}

function readReference(fields: Fields): string | number | null {
  const value = fields.any('reference')
  if (value === undefined) return null
  if (typeof value === 'number' || typeof value === 'string') return value
  fields.wrong('reference', '"reference" là một đơn vị hoặc một số', '"reference" is a unit or a number')
  return null
}

export function readAggregate(raw: unknown, path: string, report: FieldReport): AggregateSpec {
  const name = isMapping(raw) ? Object.keys(raw)[0] : undefined
  const short = name === 'mazziotta_pareto' ? 'penalty' : name === 'benefit_of_doubt' ? 'bounds' : 'p'
  const fields = methodFields(raw, path, AGGREGATE_METHODS, short, report)
  if (!fields) return ARITHMETIC
  const method = fields.oneOf('method', AGGREGATE_METHODS, 'arithmetic')
  const p = fields.number('p')
  if (method === 'power' && p === null)
    fields.wrong('p', '"power" cần số mũ "p"', '"power" needs its exponent "p"')
  const bounds = fields.pair('bounds')
  if (bounds && (bounds[0] < 0 || bounds[1] > 1 || bounds[0] > bounds[1])) {
    fields.wrong(
      'bounds',
      '"bounds" là hai tỷ lệ tăng dần trong 0..1',
      '"bounds" are two ascending shares within 0..1',
    )
  }
  const spec: AggregateSpec = { method, p: p ?? 1, penalty: readPenalty(fields, method), bounds }
  fields.finish()
  return spec
}

function readPenalty(fields: Fields, method: string): 1 | -1 {
  const key = fields.has('sign') ? 'sign' : 'penalty'
  const value = fields.any(key)
  if (value === undefined) {
    if (method === 'mazziotta_pareto') {
      fields.wrong(
        'penalty',
        '"mazziotta_pareto" phải nói dấu của phần phạt: "penalty: minus" hoặc "plus"',
        '"mazziotta_pareto" must state the sign of its penalty: "penalty: minus" or "plus"',
      )
    }
    return -1
  }
  if (value === 'minus' || value === 'negative' || value === '-' || value === -1) return -1
  if (value === 'plus' || value === 'positive' || value === '+' || value === 1) return 1
  fields.wrong(key, `"${key}" là minus hoặc plus`, `"${key}" is minus or plus`)
  return -1
}
