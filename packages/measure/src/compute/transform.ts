import type { TransformMethod } from '../framework/methods.ts'

const functions: Record<TransformMethod, (x: number) => number> = {
  none: (x) => x,
  ln: (x) => (x > 0 ? Math.log(x) : Number.NaN),
  log10: (x) => (x > 0 ? Math.log10(x) : Number.NaN),
  sqrt: (x) => (x >= 0 ? Math.sqrt(x) : Number.NaN),
}

/** A number on the transformed scale; NaN outside the function's domain. */
export function transformOne(x: number, method: TransformMethod): number {
  return functions[method](x)
}

export function transform(column: Float64Array, method: TransformMethod): Float64Array {
  return method === 'none' ? column : column.map(functions[method])
}
