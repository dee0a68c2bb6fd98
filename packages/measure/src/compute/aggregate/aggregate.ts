import type { AggregateSpec } from '../../framework/methods.ts'
import { arithmetic } from './arithmetic.ts'
import { benefitOfDoubt } from './benefit-of-doubt.ts'
import { borda } from './borda.ts'
import type { Aggregated, Children } from './children.ts'
import { copeland } from './copeland.ts'
import { mazziottaPareto } from './mazziotta-pareto.ts'
import { medianOf } from './median.ts'
import { geometric, harmonic, power } from './power.ts'

/** The value of a node from the values of its children, unit by unit or, for the rank-based methods, all units at once. */
export function aggregate(children: Children, spec: AggregateSpec): Aggregated {
  switch (spec.method) {
    case 'points':
    case 'arithmetic':
      return arithmetic(children)
    case 'geometric':
      return geometric(children)
    case 'harmonic':
      return harmonic(children)
    case 'power':
      return power(children, spec.p)
    case 'median':
      return medianOf(children)
    case 'copeland':
      return copeland(children)
    case 'borda':
      return borda(children)
    case 'mazziotta_pareto':
      return mazziottaPareto(children, spec.penalty)
    case 'benefit_of_doubt':
      return benefitOfDoubt(children, spec.bounds)
  }
}
