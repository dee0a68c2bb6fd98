import type { Node } from '@nhip/feel/ast'
import { BUILT_IN_NAMES } from '@nhip/feel/builtins'
import { parse } from '@nhip/feel/parse'
import { type FeelProblem, problemAt } from '@nhip/feel/problem'
import type { Cube } from './cube.ts'
import type { Expr, FormulaType } from './expression.ts'
import { itemsOf } from './items-of.ts'
import { Lowering } from './lowering.ts'
import { FUNCTION_NAMES } from './mechanisms.ts'
import type { FormulaScope } from './scope.ts'
import { toJs } from './to-js.ts'
import type { Column } from './value.ts'

/**
 * A problem in a formula, with its place. Codes: `formula-syntax`, `formula-not-allowed`, `formula-type`,
 * `uom-mismatch`, `unknown-item`, `cycle`.
 */
export type FormulaProblem = FeelProblem

/** A formula that is sound: parsed, typed, ready to be evaluated. */
export interface Formula {
  readonly text: string
  readonly expr: Expr
  readonly type: FormulaType
  /** Codes of the items it reads, those inside derived indicators included. */
  readonly items: ReadonlySet<string>
  /** Its values for all units of a cube in a period (position among the cube's periods; the last one when not said). */
  evaluate(cube: Cube, period?: number): Column
}

// Names of FEEL that formulas refuse must still be read as functions, so that the refusal can name them.
const ALL_NAMES: readonly string[] = [...new Set([...FUNCTION_NAMES, ...BUILT_IN_NAMES])]

/** Reads a text by FEEL's grammar in a scope of item codes. There is always a tree; `problems` says what it lacks. */
export function parseFormula(text: string, scope: FormulaScope): { ast: Node; problems: FormulaProblem[] } {
  const { ast, problems } = parse(text, { names: scope.items.keys(), functions: ALL_NAMES })
  return { ast, problems: problems.map(renamed) }
}

function renamed(problem: FeelProblem): FormulaProblem {
  return { ...problem, code: problem.code === 'name.unknown' ? 'unknown-item' : 'formula-syntax' }
}

/** Gives a tree its types and units of measure and its meaning; everything refused is a problem with its place. */
export function typeFormula(
  ast: Node,
  scope: FormulaScope,
  text: string,
): { expr: Expr; type: FormulaType; problems: FormulaProblem[] } {
  return typed(ast, scope, text, [])
}

/** Reads and types a formula; `formula` is null as soon as there is one problem. */
export function compileFormula(
  text: string,
  scope: FormulaScope,
): { formula: Formula | null; problems: FormulaProblem[] } {
  const { expr, problems } = read(text, scope, [])
  if (problems.length > 0) return { formula: null, problems }
  return { formula: { text, expr, type: expr.type, items: itemsOf(expr), evaluate: toJs(expr) }, problems }
}

/** Codes of definitions whose formulas are being read, outermost first. */
type Stack = readonly string[]

function read(text: string, scope: FormulaScope, stack: Stack): { expr: Expr; problems: FormulaProblem[] } {
  const { ast, problems } = parseFormula(text, scope)
  const result = typed(ast, scope, text, stack)
  const seen = new Set(problems.map((problem) => problem.start))
  // An unknown name is told by the parser already.
  return { expr: result.expr, problems: [...problems, ...result.problems.filter((p) => !seen.has(p.start))] }
}

function typed(ast: Node, scope: FormulaScope, text: string, stack: Stack) {
  const lowering = new Lowering(scope, text, (definition, span) => {
    const { code, formula } = definition
    if (stack.includes(code)) {
      const circle = [...stack.slice(stack.indexOf(code)), code].join(' → ')
      lowering.problems.push(
        problemAt('error', 'cycle', span, text, {
          vi: `công thức đi vòng: ${circle}`,
          en: `the formulas go round in a circle: ${circle}`,
        }),
      )
      return null
    }
    const inner = read(formula as string, scope, [...stack, code])
    for (const problem of inner.problems) {
      lowering.problems.push({
        ...problem,
        path: problem.path ?? code,
        start: span.start,
        end: span.end,
        message: {
          vi:
            problem.path === undefined
              ? `trong công thức của "${code}": ${problem.message.vi}`
              : problem.message.vi,
          en:
            problem.path === undefined
              ? `in the formula of "${code}": ${problem.message.en}`
              : problem.message.en,
        },
      })
    }
    return inner.expr
  })
  const expr = lowering.expr(ast)
  return { expr, type: expr.type, problems: lowering.problems }
}

/** Reads the formulas of all derived definitions: problems of each, cycles among them included. */
export function checkDefinitions(scope: FormulaScope): FormulaProblem[] {
  return [...scope.items.values()].flatMap(({ code, formula }) =>
    formula === undefined
      ? []
      : read(formula, scope, [code]).problems.map((problem) => ({ ...problem, path: problem.path ?? code })),
  )
}
