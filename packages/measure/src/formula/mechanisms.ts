import type { Call } from './call.ts'
import type { Expr } from './expression.ts'
import { abs } from './functions/abs.ts'
import { add, negation } from './functions/add.ts'
import { and } from './functions/and.ts'
import { at } from './functions/at.ts'
import { band } from './functions/band.ts'
import { between } from './functions/between.ts'
import { children } from './functions/children.ts'
import { clamp } from './functions/clamp.ts'
import { coalesce } from './functions/coalesce.ts'
import { compare } from './functions/compare.ts'
import { divide } from './functions/divide.ts'
import { exp } from './functions/exp.ts'
import { conditional } from './functions/if.ts'
import { isIn } from './functions/in.ts'
import { isMissing, isNotApplicable } from './functions/is-missing.ts'
import { level } from './functions/level.ts'
import { linear } from './functions/linear.ts'
import { log } from './functions/log.ts'
import { extreme } from './functions/min.ts'
import { multiply } from './functions/multiply.ts'
import { not } from './functions/not.ts'
import { or } from './functions/or.ts'
import { parent } from './functions/parent.ts'
import { peers } from './functions/peers.ts'
import { percentile } from './functions/percentile.ts'
import { power } from './functions/power.ts'
import { previous } from './functions/previous.ts'
import { rank } from './functions/rank.ts'
import { percent, ratio } from './functions/ratio.ts'
import { rolling } from './functions/rolling.ts'
import { roundHalfUp } from './functions/round-half-up.ts'
import { shareOfParent } from './functions/share-of-parent.ts'
import { sqrt } from './functions/sqrt.ts'
import { sub } from './functions/sub.ts'
import { sumOf } from './functions/sum-of.ts'
import { ytd } from './functions/ytd.ts'
import { zeroIfMissing } from './functions/zero-if-missing.ts'

/** Every operator and function of formulas, by the name under which a text calls it. */
export const MECHANISMS: ReadonlyMap<string, (call: Call) => Expr> = new Map([
  // scalar
  ['+', add],
  ['-', add],
  ['negation', negation],
  ['*', multiply],
  ['/', divide],
  ['**', power],
  ['abs', abs],
  ['min', extreme],
  ['max', extreme],
  ['round half up', roundHalfUp],
  ['clamp', clamp],
  ['log', log],
  ['exp', exp],
  ['sqrt', sqrt],
  ['ratio', ratio],
  ['percent', percent],
  // logic
  ['compare', compare],
  ['and', and],
  ['or', or],
  ['not', not],
  ['if', conditional],
  ['in', isIn],
  ['between', between],
  // missing
  ['is missing', isMissing],
  ['is not applicable', isNotApplicable],
  ['coalesce', coalesce],
  ['zero if missing', zeroIfMissing],
  // scoring
  ['band', band],
  ['linear', linear],
  ['level', level],
  // periods
  ['previous', previous],
  ['at', at],
  ['ytd', ytd],
  ['rolling', rolling],
  // units
  ['children', children],
  ['parent', parent],
  ['share of parent', shareOfParent],
  ['peers', peers],
  ['rank', rank],
  ['percentile', percentile],
  // items
  ['sum of', sumOf],
  ['sub', sub],
])

const OPERATORS = new Set([
  '+',
  '-',
  '*',
  '/',
  '**',
  'negation',
  'compare',
  'and',
  'or',
  'if',
  'in',
  'between',
])

/** The functions that formulas may call; everything else is refused. */
export const FUNCTION_NAMES: readonly string[] = [
  'item',
  ...[...MECHANISMS.keys()].filter((name) => !OPERATORS.has(name)),
]
