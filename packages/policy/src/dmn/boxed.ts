import { makeFunction } from '@nhip/feel/function'
import { iterate } from '@nhip/feel/iterate'
import { ANY, type FeelType, functionOf, listOf } from '@nhip/feel/types'
import { Context, type FeelValue, Func, isList, kindOf } from '@nhip/feel/values'
import { Environment, Names } from './environment.ts'
import { type Code, compileText, type Surroundings } from './feel-text.ts'
import { ANYTHING, conform, type ItemType } from './item-type.ts'
import { javaFunction } from './java-functions.ts'
import type {
  BoxedFilter,
  BoxedIteration,
  Conditional,
  Expression,
  FunctionDefinition,
  Invocation,
} from './model.ts'
import { compileTable } from './table.ts'

/** Turns a boxed expression (DMN 1.5, chapter 10.2) into code. */
export function compileExpression(expression: Expression, names: Names, around: Surroundings): Code {
  const code = compileForm(expression, names, around)
  if (expression.typeRef === undefined || expression.kind === 'function') return code
  const item = around.itemType(expression.typeRef)
  return item === ANYTHING
    ? code
    : (environment, runtime) => conform(code(environment, runtime), item, runtime)
}

function compileForm(expression: Expression, names: Names, around: Surroundings): Code {
  switch (expression.kind) {
    case 'literal':
      return compileText(expression, names, around)
    case 'table':
      return compileTable(expression, names, around)
    case 'context':
      return compileContext(expression, names, around)
    case 'list': {
      const items = expression.items.map((item) => compileExpression(item, names, around))
      return (environment, runtime) => items.map((item) => item(environment, runtime))
    }
    case 'relation': {
      const columns = expression.columns.map((column) => ({
        name: column.name,
        type: around.itemType(column.typeRef),
      }))
      const rows = expression.rows.map((row) => row.map((cell) => compileExpression(cell, names, around)))
      return (environment, runtime) =>
        rows.map(
          (row) =>
            new Context(
              new Map(
                columns.map(({ name, type }, i) => [
                  name,
                  conform(row[i]?.(environment, runtime) ?? null, type, runtime),
                ]),
              ),
            ),
        )
    }
    case 'invocation':
      return compileInvocation(expression, names, around)
    case 'function':
      return compileFunction(expression, names, around)
    case 'conditional':
      return compileConditional(expression, names, around)
    case 'filter':
      return compileFilter(expression, names, around)
    default:
      return compileIteration(expression, names, around)
  }
}

/** An expression that may be absent: null. */
export function compileOptional(
  expression: Expression | undefined,
  names: Names,
  around: Surroundings,
): Code {
  return expression ? compileExpression(expression, names, around) : () => null
}

/** The type of a boxed expression as far as its form tells: the entries of a context, so that names with blanks can be read. */
export function shapeOf(expression: Expression | undefined, around: Surroundings): FeelType {
  if (!expression) return ANY
  if (expression.typeRef !== undefined) {
    const { type } = around.itemType(expression.typeRef)
    if (type.kind !== 'Any') return type
  }
  if (expression.kind === 'context') {
    const result = expression.entries.find((entry) => !entry.variable)
    if (result) return shapeOf(result.expression, around)
    return {
      kind: 'context',
      open: true,
      members: new Map(
        expression.entries.flatMap(({ variable, expression: value }) =>
          variable ? [[variable.name, entryType(variable.typeRef, value, around)] as const] : [],
        ),
      ),
    }
  }
  if (expression.kind === 'relation') {
    return listOf({
      kind: 'context',
      open: true,
      members: new Map(expression.columns.map(({ name, typeRef }) => [name, around.itemType(typeRef).type])),
    })
  }
  if (expression.kind === 'function') {
    const parameters = expression.parameters.map(({ name, typeRef }) => ({
      name,
      type: around.itemType(typeRef).type,
    }))
    return functionOf(parameters, shapeOf(expression.body, around))
  }
  if (expression.kind === 'table' && expression.outputs.length > 1) {
    const row: FeelType = {
      kind: 'context',
      open: true,
      members: new Map(
        expression.outputs.map(({ name, typeRef }) => [name ?? '', around.itemType(typeRef).type]),
      ),
    }
    const many = ['COLLECT', 'RULE ORDER', 'OUTPUT ORDER'].includes(expression.hitPolicy)
    return many ? listOf(row) : row
  }
  return ANY
}

function entryType(
  typeRef: string | undefined,
  expression: Expression | undefined,
  around: Surroundings,
): FeelType {
  const { type } = around.itemType(typeRef)
  return type.kind === 'Any' ? shapeOf(expression, around) : type
}

function compileContext(
  expression: Extract<Expression, { kind: 'context' }>,
  names: Names,
  around: Surroundings,
): Code {
  let inner = names
  const entries: { name: string; type: ItemType; code: Code }[] = []
  let result: Code | undefined
  for (const { variable, expression: value } of expression.entries) {
    // A function may call itself by the name of its entry.
    const scope =
      variable && value?.kind === 'function'
        ? new Names(inner, [[variable.name, shapeOf(value, around)]])
        : inner
    const code = compileOptional(value, scope, around)
    if (!variable) {
      result = code
      continue
    }
    entries.push({ name: variable.name, type: around.itemType(variable.typeRef), code })
    inner = new Names(inner, [[variable.name, entryType(variable.typeRef, value, around)]])
  }
  return (environment, runtime) => {
    const local = new Environment(environment)
    const values = new Map<string, FeelValue>()
    for (const { name, type, code } of entries) {
      if (values.has(name)) return runtime.warn('context.duplicate', name)
      const value = conform(code(local, runtime), type, runtime)
      values.set(name, value)
      local.set(name, value)
    }
    return result ? result(local, runtime) : new Context(values)
  }
}

function compileInvocation(expression: Invocation, names: Names, around: Surroundings): Code {
  const called = compileOptional(expression.called, names, around)
  const bindings = expression.bindings.map(({ parameter, expression: value }) => ({
    name: parameter.name,
    code: compileOptional(value, names, around),
  }))
  const bound = bindings.map(({ name }) => name)
  return (environment, runtime) => {
    const target = called(environment, runtime)
    if (!(target instanceof Func)) return runtime.warn('call.target', kindOf(target))
    const values = bindings.map(({ code }) => code(environment, runtime))
    return target.call(values, bound, runtime)
  }
}

export function compileFunction(
  expression: FunctionDefinition,
  names: Names,
  around: Surroundings,
  name = 'function',
  result: ItemType = ANYTHING,
): Code {
  const parameters = expression.parameters.map((parameter) => ({
    name: parameter.name,
    item: around.itemType(parameter.typeRef),
  }))
  if (expression.functionKind !== 'FEEL') {
    const body = compileOptional(expression.body, names, around)
    return (environment, runtime) => {
      const external =
        expression.functionKind === 'Java'
          ? javaFunction(
              body(environment, runtime),
              parameters.map((parameter) => parameter.name),
            )
          : null
      return external ?? runtime.warn('call.external', name)
    }
  }
  const inner = new Names(
    names,
    parameters.map((parameter) => [parameter.name, parameter.item.type]),
  )
  const code = compileOptional(expression.body, inner, around)
  const typed = parameters.map((parameter) => ({ name: parameter.name, type: parameter.item.type }))
  return (environment) =>
    makeFunction(name, typed, ANY, (args, runtime) => {
      const local = new Environment(environment)
      for (const [i, parameter] of parameters.entries()) {
        const value = args[i] as FeelValue
        if (value !== null && parameter.item.allows?.(value, runtime) === false) {
          return runtime.warn('call.argument', name, parameter.name, kindOf(value))
        }
        local.set(parameter.name, value)
      }
      return conform(code(local, runtime), result, runtime)
    })
}

/** Unlike FEEL's `if`, a boxed conditional takes a condition that is neither true, false nor null for an error. */
function compileConditional(expression: Conditional, names: Names, around: Surroundings): Code {
  const condition = compileOptional(expression.condition, names, around)
  const then = compileOptional(expression.then, names, around)
  const otherwise = compileOptional(expression.otherwise, names, around)
  return (environment, runtime) => {
    const value = condition(environment, runtime)
    if (typeof value !== 'boolean' && value !== null) return runtime.warn('quantified.type', kindOf(value))
    return value === true ? then(environment, runtime) : otherwise(environment, runtime)
  }
}

function compileFilter(expression: BoxedFilter, names: Names, around: Surroundings): Code {
  const source = compileOptional(expression.source, names, around)
  const { match } = expression
  if (!match) return source
  // Which names the entries of an item have is known only when the items are: one compiled condition for each set of names.
  const conditions = new Map<string, Code>()
  const conditionFor = (item: FeelValue): Code => {
    const entries = item instanceof Context ? [...item.entries.keys()] : []
    const key = entries.join('\u0000')
    let code = conditions.get(key)
    if (!code) {
      const itemType: FeelType =
        item instanceof Context
          ? { kind: 'context', open: true, members: new Map(entries.map((name) => [name, ANY])) }
          : ANY
      code = compileExpression(
        match,
        new Names(names, [['item', itemType], ...entries.map((name) => [name, ANY] as const)]),
        around,
      )
      conditions.set(key, code)
    }
    return code
  }
  return (environment, runtime) => {
    const value = source(environment, runtime)
    if (value === null) return null
    const items = isList(value) ? value : [value]
    const kept: FeelValue[] = []
    for (const item of items) {
      runtime.spend(1)
      const local = new Environment(environment, [
        ['item', item],
        ...(item instanceof Context ? item.entries : []),
      ])
      const keep = conditionFor(item)(local, runtime)
      if (keep === true) kept.push(item)
      else if (keep !== false && keep !== null) return runtime.warn('filter.type', kindOf(keep))
    }
    return kept
  }
}

function compileIteration(expression: BoxedIteration, names: Names, around: Surroundings): Code {
  const { kind, variable } = expression
  const source = compileOptional(expression.source, names, around)
  const inner = new Names(
    names,
    kind === 'for'
      ? [
          [variable, ANY],
          ['partial', listOf(ANY)],
        ]
      : [[variable, ANY]],
  )
  const body = compileOptional(expression.body, inner, around)
  const place = { start: 0, end: 0, line: 1, column: 1 }
  return (environment, runtime) => {
    const items = iterate(source(environment, runtime), undefined, runtime, place)
    if (items === null) return null
    const local = new Environment(environment)
    if (kind === 'for') {
      const results: FeelValue[] = []
      for (const item of items) {
        runtime.spend(1)
        local.set(variable, item)
        local.set('partial', results.slice())
        results.push(body(local, runtime))
      }
      return results
    }
    const decisive = kind === 'some'
    let decided = false
    let unknown = false
    // All items are asked: one verdict that is no boolean spoils the answer, wherever it stands.
    for (const item of items) {
      runtime.spend(1)
      local.set(variable, item)
      const verdict = body(local, runtime)
      if (verdict === decisive) decided = true
      else if (verdict === null) unknown = true
      else if (typeof verdict !== 'boolean') return runtime.warn('quantified.type', kindOf(verdict))
    }
    if (decided) return decisive
    return unknown ? null : !decisive
  }
}
