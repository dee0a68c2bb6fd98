import type { Problem } from '@nhip/canonical/problem'
import type { Node, Span } from '@nhip/feel/ast'
import { walk } from '@nhip/feel/ast'
import { type Checked, check } from '@nhip/feel/check'
import { compile, type Program } from '@nhip/feel/compile'
import { parse } from '@nhip/feel/parse'
import type { FeelProblem } from '@nhip/feel/problem'
import { type FeelType, listOf, NUMBER, STRING } from '@nhip/feel/types'
import type { BundleModel, FormulaText, PeriodSize } from '../bundle/model.ts'
import { suggestion } from '../bundle/nearest.ts'
import { FUNCTION_NAMES, functionSignature, functionValue, SCALE_TYPE } from './library.ts'
import { type Access, type How, rewrite, type Surroundings } from './rewrite.ts'
import { MEMBER_TYPES, PERIOD_TYPE, typeOfVariable } from './types.ts'

/** An expression of a bundle that runs: what it reads, by the order of the program's inputs, and its type. */
export interface CompiledText {
  readonly text: FormulaText
  readonly ast: Node
  readonly program: Program
  /** One for each input of the program; undefined for the components of members, which members bring themselves. */
  readonly inputs: readonly (Access | undefined)[]
  readonly accesses: ReadonlyMap<string, Access>
  /** Folders of parameters in which it looks something up. */
  readonly folders: readonly string[]
  readonly type: FeelType
}

export interface FormulaScope extends Surroundings {
  /** The period size of the formula; null where there is none (a parameter's value). */
  readonly period: PeriodSize | null
  /** The types of the parser's names; made once an entity. */
  readonly names: ReadonlyMap<string, FeelType>
}

/** What an expression of an entity may name, for the parser: variables, members, groups, parameters. */
export function namesOf(around: Surroundings, parameters: FeelType): Map<string, FeelType> {
  const { model, entity, variablesOf } = around
  const names = new Map<string, FeelType>([['parameters', parameters]])
  if (entity === null) return names
  names.set('period', PERIOD_TYPE)
  const own = variablesOf(entity)
  for (const variable of own.values()) names.set(variable.name, typeOfVariable(variable, model))
  if (entity === model.person) {
    names.set('role', STRING)
    names.set('position', NUMBER)
    for (const group of model.groups) {
      const members = [...variablesOf(group).values()].map((v) => [v.name, typeOfVariable(v, model)] as const)
      names.set(group.key, { kind: 'context', members: new Map(members) })
    }
  } else {
    const members = [...variablesOf(model.person).values()].map(
      (v) => [v.name, typeOfVariable(v, model)] as const,
    )
    names.set(
      'members',
      listOf({ kind: 'context', nullable: false, members: new Map([...MEMBER_TYPES, ...members]) }),
    )
  }
  return names
}

/** Parses, checks strictly and compiles one expression. All its problems go to the list; undefined when it cannot run. */
export function compileText(
  text: FormulaText,
  scope: FormulaScope,
  problems: Problem[],
): CompiledText | undefined {
  const found: Problem[] = []
  const compiled = compileParsed(text, scope, found)
  // What is written but could not be read is reported where it stands, not again where it is used.
  const excused = [...scope.model.unread].some((name) => text.text.includes(name))
  if (!excused) problems.push(...found)
  return excused && found.length > 0 ? undefined : compiled
}

function compileParsed(
  text: FormulaText,
  scope: FormulaScope,
  problems: Problem[],
): CompiledText | undefined {
  const before = problems.length
  // Only names that occur can be meant; a trie of all of them for each formula would cost more than the formulas.
  const occurring = [...scope.names.keys()].filter((name) => text.text.includes(name))
  const parsed = parse(text.text, {
    names: occurring,
    typeOf: (name) => scope.names.get(name),
    functions: FUNCTION_NAMES,
  })
  for (const problem of parsed.problems) problems.push(syntaxProblem(problem, text, scope))
  if (parsed.problems.length > 0) return undefined
  const { ast, accesses, problems: misread } = rewrite(parsed.ast, scope)
  for (const { code, span, value, message, hint } of misread)
    problems.push(placed(text, span, { severity: 'error', code, value, message, ...(hint ? { hint } : {}) }))
  if (misread.length > 0) return undefined
  if (scope.period !== null)
    for (const access of accesses.values()) checkPeriod(access, scope.period, text, problems)
  const types = typesOf(accesses, scope)
  const checked = check(ast, { typeOf: (name) => types.get(name), functionOf: functionSignature }, 'strict')
  for (const problem of checked.problems) {
    const { start: _start, end: _end, line = 1, column = 1, ...rest } = problem
    problems.push(placed(text, { line, column }, rest))
  }
  checkEnumerations(ast, checked, text, problems)
  checkLookups(ast, checked, scope, text, problems)
  if (problems.length > before) return undefined
  const program = compile(ast, { functionOf: functionValue })
  const inputs = program.inputs.map((name) => accesses.get(name))
  const folders = [...accesses.values()].flatMap((access) => (access.from === 'folder' ? [access.path] : []))
  return { text, ast, program, inputs, accesses, folders, type: checked.type }
}

/** The same expression with a trace of every step, for explanations. */
export function traced(compiled: CompiledText): Program {
  return compile(compiled.ast, { functionOf: functionValue, trace: true })
}

function typesOf(accesses: ReadonlyMap<string, Access>, scope: FormulaScope): Map<string, FeelType> {
  const types = new Map<string, FeelType>()
  const member = new Map<string, FeelType>(MEMBER_TYPES)
  for (const access of accesses.values()) {
    switch (access.from) {
      case 'own':
      case 'group':
        types.set(access.name, typeOfAccess(access, scope.model))
        break
      case 'member':
        member.set(access.name, typeOfAccess(access, scope.model))
        break
      case 'parameter':
        types.set(access.name, typeOfParameter(access.path, scope.model))
        break
      case 'folder':
        types.set(access.name, { kind: 'context', members: new Map(), open: true, nullable: false })
        break
      case 'period':
        types.set('period', PERIOD_TYPE)
        break
      case 'role':
        types.set('role', STRING)
        break
      case 'position':
        types.set('position', NUMBER)
        break
      case 'members':
        break
    }
  }
  types.set('members', { ...listOf({ kind: 'context', nullable: false, members: member }), nullable: false })
  return types
}

function typeOfAccess(
  { variable, how }: Extract<Access, { variable: unknown }>,
  model: BundleModel,
): FeelType {
  const type = typeOfVariable(variable, model)
  // Sums and shares leave the declared interval and number of decimals.
  if (how.kind === 'month total' || how.kind === 'month mean' || how.kind === 'per month')
    return { kind: 'number', ...(type.nullable === false ? { nullable: false } : {}) }
  return type
}

function typeOfParameter(path: string, model: BundleModel): FeelType {
  const parameter = model.parameters.get(path)
  if (parameter === undefined || parameter.kind !== 'value') return SCALE_TYPE
  for (const { value } of parameter.values) {
    if (value === null) continue
    if (typeof value === 'string') return { kind: 'string', nullable: false }
    if (typeof value === 'boolean') return { kind: 'boolean', nullable: false }
    if (Array.isArray(value)) return listOf(typeof value[0] === 'string' ? STRING : NUMBER)
    return { kind: 'number', nullable: false }
  }
  return { kind: 'number', nullable: false }
}

const MONTHS: Readonly<Record<PeriodSize, number>> = {
  day: 1 / 31,
  week: 7 / 31,
  month: 1,
  quarter: 3,
  year: 12,
  eternity: Number.POSITIVE_INFINITY,
}

/** Periods never convert silently: whoever writes the rule says how. */
function checkPeriod(access: Access, own: PeriodSize, text: FormulaText, problems: Problem[]): void {
  const fault = 'variable' in access ? variableFault(access, own) : constantFault(access, own)
  if (fault !== null) problems.push(placed(text, access.span, { severity: 'error', ...fault }))
}

type Fault = Omit<Problem, 'severity'>

function constantFault({ from, name }: Access, own: PeriodSize): Fault | null {
  if (own !== 'eternity' || !(from === 'parameter' || from === 'folder' || from === 'period')) return null
  return {
    code: 'period.mismatch',
    value: name,
    message: {
      vi: `"${name}" đổi theo ngày, biến này thì không có kỳ (eternity)`,
      en: `"${name}" changes by date, this variable has no period (eternity)`,
    },
  }
}

function variableFault(
  { variable, how }: Extract<Access, { variable: unknown }>,
  own: PeriodSize,
): Fault | null {
  const { name, period: theirs } = variable
  if (!fitsPeriod(how.kind, theirs, own)) {
    const hint = hintFor(name, theirs, own)
    return {
      code: 'period.mismatch',
      value: name,
      message: {
        vi: `"${name}" theo ${PERIOD_VI[theirs]}, công thức này theo ${PERIOD_VI[own]}`,
        en: `"${name}" is by ${theirs}, this formula is by ${own}`,
      },
      ...(hint ? { hint } : {}),
    }
  }
  if (NUMERIC.has(how.kind) && variable.type !== 'number') {
    return {
      code: 'type.mismatch',
      value: name,
      message: { vi: `${how.kind}(…) cần biến kiểu số`, en: `${how.kind}(…) wants a number` },
    }
  }
  return null
}

const NUMERIC: ReadonlySet<string> = new Set(['month total', 'month mean', 'per month'])

function fitsPeriod(how: How['kind'], theirs: PeriodSize, own: PeriodSize): boolean {
  switch (how) {
    case 'same':
      return theirs === own
    case 'previous':
      return theirs === own && own !== 'eternity'
    case 'at':
      return theirs !== 'eternity' && own !== 'eternity'
    case 'held':
      return theirs === own || MONTHS[theirs] > MONTHS[own]
    case 'month total':
    case 'month mean':
      return theirs === 'month' && (own === 'quarter' || own === 'year')
    case 'per month':
      return own === 'month' && (theirs === 'year' || theirs === 'quarter')
  }
}

const PERIOD_VI: Readonly<Record<PeriodSize, string>> = {
  day: 'ngày',
  week: 'tuần',
  month: 'tháng',
  quarter: 'quý',
  year: 'năm',
  eternity: 'suốt đời (eternity)',
}

function hintFor(name: string, theirs: PeriodSize, own: PeriodSize): { vi: string; en: string } | undefined {
  const offer = (...forms: string[]) => ({
    vi: `viết ${forms.join(' hoặc ')}`,
    en: `write ${forms.join(' or ')}`,
  })
  if (theirs === 'month' && (own === 'year' || own === 'quarter'))
    return offer(`month total(${name})`, `month mean(${name})`, `at(${name}, @"P0M")`)
  if ((theirs === 'year' || theirs === 'quarter') && own === 'month')
    return offer(`per month(${name})`, `held(${name})`)
  return MONTHS[theirs] > MONTHS[own] ? offer(`held(${name})`) : undefined
}

/** A word compared with an enumeration must be one of it: else the comparison is never true. */
function checkEnumerations(ast: Node, { types }: Checked, text: FormulaText, problems: Problem[]): void {
  const compare = (enumerated: Node, word: Node) => {
    const values = types.get(enumerated)?.values
    if (word.kind !== 'string' || enumerated.kind === 'string' || !values || values.includes(word.value))
      return
    const known = values.map(String)
    const hint = suggestion(word.value, known)
    problems.push(
      placed(text, word, {
        severity: 'error',
        code: 'enum.unknown',
        value: word.value,
        message: {
          vi: `"${word.value}" không có trong danh mục (${known.join(', ')})`,
          en: `"${word.value}" is not in the enumeration (${known.join(', ')})`,
        },
        ...(hint ? { hint } : {}),
      }),
    )
  }
  walk(ast, (node) => {
    if (node.kind === 'binary' && (node.operator === '=' || node.operator === '!=')) {
      compare(node.left, node.right)
      compare(node.right, node.left)
    } else if (node.kind === 'in') {
      for (const test of node.tests) {
        if (test.kind === 'list') for (const item of test.items) compare(node.operand, item)
        else compare(node.operand, test)
      }
    }
  })
}

/** A folder that is looked into must have an entry for every word that the key can be. */
function checkLookups(
  ast: Node,
  { types }: Checked,
  scope: FormulaScope,
  text: FormulaText,
  problems: Problem[],
): void {
  walk(ast, (node) => {
    if (node.kind !== 'call' || node.callee.kind !== 'name' || !node.callee.name.startsWith('lookup')) return
    const [folder, key] = node.args
    const values = key && types.get(key)?.values
    const children =
      folder?.kind === 'name' ? scope.folder(folder.name.replace(/^parameters\./, '')) : undefined
    const missing = values?.filter((value) => !children?.has(String(value)))
    if (folder?.kind !== 'name' || missing === undefined || missing.length === 0) return
    const list = missing.map(String).join(', ')
    problems.push(
      placed(text, node, {
        severity: 'error',
        code: 'enum.unknown',
        value: list,
        message: {
          vi: `thư mục "${folder.name}" không có tham số cho: ${list}`,
          en: `the folder "${folder.name}" has no parameter for: ${list}`,
        },
      }),
    )
  })
}

function syntaxProblem(problem: FeelProblem, text: FormulaText, scope: FormulaScope): Problem {
  const { start: _start, end: _end, line = 1, column = 1, ...rest } = problem
  const code = rest.code.startsWith('name.') ? rest.code : 'feel.syntax'
  const known = code === 'name.unknown' ? [...scope.names.keys(), ...FUNCTION_NAMES] : []
  const hint = rest.hint ?? (rest.value === undefined ? undefined : suggestion(rest.value, known))
  return placed(text, { line, column }, { ...rest, code, ...(hint ? { hint } : {}) })
}

/** A problem at a place inside an expression, as a place of its file. */
export function placed(text: FormulaText, span: Pick<Span, 'line' | 'column'>, problem: Problem): Problem {
  const { file, line, column } = text.place
  return {
    ...problem,
    file,
    line: line + span.line - 1,
    column: span.line === 1 ? column + span.column - 1 : span.column,
  }
}
