import type { Problem } from '@nhip/canonical/problem'
import { Num, toText as numberText, parseNumber } from '@nhip/feel/number'
import { parseDate, parseDateTime, parseDuration, parseTime } from '@nhip/feel/temporal'
import { Context, equal, type FeelValue, isList, toText } from '@nhip/feel/values'
import { DmnEngine, type DmnOptions } from './evaluate.ts'
import { loadDmn } from './link.ts'
import { child, childrenNamed, type Element, readXml } from './xml.ts'

/** One case of the DMN Technology Compatibility Kit. */
export interface TckCase {
  id: string
  invocable?: string
  inputs: Record<string, FeelValue>
  results: { name: string; errorResult: boolean; expected: FeelValue | Untyped }[]
}

/** A value written without a type: it is compared as text. */
interface Untyped {
  untyped: string
}

export interface TckFailure {
  case: string
  node: string
  expected: string
  actual: string
  warnings: string[]
}

export interface TckOutcome {
  passed: number
  failed: number
  /** Error results that were null, as wanted, but without a warning. */
  unflagged: number
  failures: TckFailure[]
}

const XSI = '{http://www.w3.org/2001/XMLSchema-instance}'

/** Reads a test file. */
export function readTckCases(
  text: string,
  file: string,
): { modelName: string; cases: TckCase[]; problems: Problem[] } {
  const { root, problems } = readXml(text, file)
  if (!root) return { modelName: '', cases: [], problems }
  const modelName = child(root, 'modelName')?.text.trim() ?? ''
  const cases = childrenNamed(root, 'testCase').map((element): TckCase => {
    const invocable = element.attributes.get('invocableName')
    return {
      id: element.attributes.get('id') ?? '',
      ...(invocable === undefined ? {} : { invocable }),
      inputs: Object.fromEntries(
        childrenNamed(element, 'inputNode').map((node) => [
          node.attributes.get('name') ?? '',
          inputValue(readValue(node)),
        ]),
      ),
      results: childrenNamed(element, 'resultNode').map((node) => {
        const expected = child(node, 'expected')
        return {
          name: node.attributes.get('name') ?? '',
          errorResult: node.attributes.get('errorResult') === 'true',
          expected: expected ? readValue(expected) : null,
        }
      }),
    }
  })
  return { modelName, cases, problems }
}

function readValue(element: Element): FeelValue | Untyped {
  const nil = element.attributes.get(`${XSI}nil`) === 'true'
  if (nil) return null
  const list = child(element, 'list')
  if (list)
    return list.attributes.get(`${XSI}nil`) === 'true'
      ? null
      : childrenNamed(list, 'item').map((item) => inputValue(readValue(item)))
  const components = childrenNamed(element, 'component')
  if (components.length > 0) {
    return new Context(
      new Map(components.map((item) => [item.attributes.get('name') ?? '', inputValue(readValue(item))])),
    )
  }
  const value = child(element, 'value')
  if (!value || value.attributes.get(`${XSI}nil`) === 'true') return null
  return typedValue(value)
}

function typedValue(element: Element): FeelValue | Untyped {
  const type = element.attributes.get(`${XSI}type`)?.replace(/^.*:/, '')
  const text = element.text.trim()
  switch (type) {
    case 'string':
      return element.text
    case 'boolean':
      return text === 'true' || text === '1'
    case 'decimal':
    case 'double':
    case 'integer':
    case 'float':
    case 'int':
    case 'long':
      return parseNumber(text.replace(/^\+/, ''))
    case 'date':
      return parseDate(text)
    case 'time':
      return parseTime(text)
    case 'dateTime':
      return parseDateTime(text)
    case 'duration':
    case 'dayTimeDuration':
    case 'yearMonthDuration':
      return parseDuration(text)
    default:
      return { untyped: element.text }
  }
}

function isUntyped(value: FeelValue | Untyped): value is Untyped {
  return typeof value === 'object' && value !== null && 'untyped' in value
}

/** An untyped value as an input: what its text looks like. */
function inputValue(value: FeelValue | Untyped): FeelValue {
  if (!isUntyped(value)) return value
  const text = value.untyped.trim()
  if (text === 'true' || text === 'false') return text === 'true'
  return parseNumber(text) ?? value.untyped
}

/**
 * Runs the cases of one test file against its model; `others` are the models beside it that it may import, `options.now`
 * is the clock of those cases that ask for one.
 */
export function runTck(
  test: { name: string; text: string },
  modelOf: (name: string) => { name: string; text: string } | undefined,
  others: readonly { name: string; text: string }[],
  options: DmnOptions = {},
): TckOutcome & { problems: Problem[] } {
  const { modelName, cases, problems } = readTckCases(test.text, test.name)
  const outcome: TckOutcome = { passed: 0, failed: 0, unflagged: 0, failures: [] }
  const main = modelOf(modelName)
  const loaded = main
    ? loadDmn(
        main,
        others.filter((file) => file.name !== main.name),
      )
    : { problems: [] as Problem[] }
  problems.push(...loaded.problems)
  const engine = 'model' in loaded && loaded.model ? new DmnEngine(loaded.model) : undefined
  for (const item of cases) {
    const failures = engine
      ? runCase(engine, item, outcome, options)
      : [{ case: item.id, node: '', expected: '', actual: 'the model does not load', warnings: [] }]
    if (failures.length === 0) outcome.passed++
    else outcome.failed++
    outcome.failures.push(...failures)
  }
  return { ...outcome, problems }
}

function runCase(engine: DmnEngine, item: TckCase, outcome: TckOutcome, options: DmnOptions): TckFailure[] {
  const failures: TckFailure[] = []
  let flagged = true
  for (const { name, expected, errorResult } of item.results) {
    let actual: FeelValue = null
    let warnings: string[] = []
    try {
      const result = engine.evaluate(item.invocable ?? name, item.inputs, options)
      warnings = result.warnings.map((warning) => `${warning.code}: ${warning.message.en}`)
      // A service of several decisions gives a context of them; a result node names one.
      const several =
        item.invocable !== undefined && result.value instanceof Context && result.value.entries.has(name)
      actual = several && result.value instanceof Context ? (result.value.get(name) ?? null) : result.value
    } catch (error) {
      warnings = [String(error)]
      if (!(error instanceof RangeError)) throw error
    }
    const right = errorResult ? actual === null : matches(expected, actual)
    if (errorResult && actual === null && warnings.length === 0) flagged = false
    if (!right)
      failures.push({ case: item.id, node: name, expected: show(expected), actual: toText(actual), warnings })
  }
  if (!flagged) outcome.unflagged++
  return failures
}

function show(expected: FeelValue | Untyped): string {
  return isUntyped(expected) ? expected.untyped : toText(expected)
}

/** Numbers within 1e-8, lists in order, contexts by key, everything else by value. */
function matches(expected: FeelValue | Untyped, actual: FeelValue): boolean {
  if (isUntyped(expected))
    return toText(actual) === expected.untyped.trim() || toText(actual) === expected.untyped
  if (expected instanceof Num && actual instanceof Num) {
    return (
      Math.abs(Number(numberText(expected)) - Number(numberText(actual))) < 1e-8 ||
      equal(expected, actual) === true
    )
  }
  if (isList(expected)) {
    return (
      isList(actual) &&
      actual.length === expected.length &&
      expected.every((value, i) => matches(value, actual[i] ?? null))
    )
  }
  if (expected instanceof Context) {
    return (
      actual instanceof Context &&
      actual.entries.size === expected.entries.size &&
      [...expected.entries].every(
        ([name, value]) => actual.entries.has(name) && matches(value, actual.get(name) ?? null),
      )
    )
  }
  return expected === null ? actual === null : equal(expected, actual) === true
}
