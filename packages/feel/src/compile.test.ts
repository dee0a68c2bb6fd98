import { describe, expect, it } from 'vitest'
import { walk } from './ast.ts'
import { BUILT_IN_NAMES } from './builtins.ts'
import { compile, guarded } from './compile.ts'
import { makeFunction } from './function.ts'
import { parse, parseUnaryTests } from './parse.ts'
import { Runtime } from './runtime.ts'
import { ANY, NUMBER } from './types.ts'
import { type FeelValue, fromData, toText } from './values.ts'

const program = (text: string, names: string[] = [], options = {}) => {
  const { ast, problems } = parse(text, { names, functions: BUILT_IN_NAMES })
  expect(problems).toEqual([])
  return compile(ast, options)
}
const run = (text: string, inputs: Record<string, FeelValue> = {}, limits = {}) =>
  program(text, Object.keys(inputs)).evaluate(inputs, { limits })

describe('inputs', () => {
  it('are the names the expression reads from outside', () => {
    expect(program('a + sum(for x in b return x * a)', ['a', 'b', 'c']).inputs).toEqual(['a', 'b'])
  })

  it('that are missing give null with the place, null gives null', () => {
    const missing = program('a', ['a']).evaluate({})
    expect(missing).toMatchObject({
      value: null,
      warnings: [{ code: 'name.unknown', span: { start: 0, end: 1, line: 1, column: 1 } }],
    })
    expect(program('a', ['a']).evaluate({ a: null })).toEqual({ value: null, warnings: [] })
  })
})

describe('warnings', () => {
  it('say in both languages what went wrong where', () => {
    const { value, warnings } = run('1 +\n  "a" * 2')
    expect(value).toBeNull()
    expect(warnings.map((w) => [w.code, w.span.line, w.span.column])).toEqual([
      ['operator.types', 2, 3],
      ['operator.types', 1, 1],
    ])
    expect(warnings[0]?.message).toEqual({
      vi: 'phép toán * không áp dụng được cho string và number',
      en: 'operator * does not apply to string and number',
    })
  })

  it('are kept up to a cap and counted beyond', () => {
    const runtime = new Runtime({ limits: { warnings: 10 } })
    program('for i in 1..50 return i + "a"').run([], runtime)
    expect([runtime.warnings.length, runtime.warningCount]).toEqual([10, 50])
  })
})

describe('functions', () => {
  it('keep the values of the place where they were made', () => {
    expect(toText(run('for f in (for i in 1..3 return function(x) x * i) return f(10)').value)).toBe(
      '[10, 20, 30]',
    )
    expect(
      toText(run('{a: 2, f: function(x) x + a, g: function(h, a) h(a)}.g(function(y) y * 7, 3)').value),
    ).toBe('21')
    expect(toText(run('(function(x) for i in 1..x return (function(y) y + i + x)(1))(2)').value)).toBe(
      '[4, 5]',
    )
  })

  it('take arguments by name and convert them to the declared types', () => {
    expect(toText(run('(function(a: number, b: list<number>) a - count(b))(b: 1, a: [5])').value)).toBe('4')
    expect(run('(function(a: number) a)("x")')).toMatchObject({
      value: null,
      warnings: [{ code: 'call.argument' }],
    })
  })

  it('of the host are inputs', () => {
    const double = makeFunction('double', [{ name: 'n', type: NUMBER }], ANY, ([n]) =>
      fromData(Number(toText(n ?? null)) * 2),
    )
    expect(toText(run('double(21) + double(n: 1)', { double }).value)).toBe('44')
    expect(run('double("a")', { double })).toMatchObject({
      value: null,
      warnings: [{ code: 'call.argument' }],
    })
  })
})

describe('filters', () => {
  const people = fromData([
    { name: 'An', age: 40, limit: 50 },
    { name: 'Bình', age: 17 },
  ])

  it("see the item's entries first, then what is around", () => {
    expect(toText(run('people[age > limit].name', { people, limit: fromData(18) }).value)).toBe('[]')
    expect(toText(run('people[age < limit].name', { people, limit: fromData(18) }).value)).toBe(
      '["An", "Bình"]',
    )
    expect(toText(run('people[item.age > 18][1].name', { people }).value)).toBe('An')
  })

  it('nest', () => {
    expect(toText(run('[[1, 2], [3]][count(item[item > 1]) = 1]').value)).toBe('[[1, 2], [3]]')
    expect(toText(run('[1, 2, 3][item in [2, 3][item > 2]]').value)).toBe('[3]')
  })
})

describe('budget', () => {
  it('ends what would run for ever or fill the memory', () => {
    for (const text of [
      'for i in 1..1e15 return i',
      'count(for i in 1..100000, j in 1..100000 return i)',
      'for i in 1..60 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])',
    ]) {
      expect(run(text, {}, { steps: 200_000 })).toMatchObject({
        value: null,
        warnings: [{ code: 'limit.steps' }],
      })
    }
    expect(
      run(
        '(function(f, s) f(f, s + s))(function(f, s) f(f, s + s), "aaaa")',
        {},
        { text: 100_000 },
      ).warnings.map((w) => w.code),
    ).toContain('limit.size')
  })

  it('bounds values that hold themselves many times over', () => {
    const big = '(for i in 1..60 return [partial[-1], partial[-1]])[-1]'
    expect(run(`string(${big})`, {}, { text: 10_000 }).warnings.map((w) => w.code)).toEqual(['limit.size'])
    expect(run(`${big} = ${big}`).value).toBeNull()
    expect(run(`sum(${big})`).value).toBeNull()
    expect(run(`${big} instance of ${'list<'.repeat(59)}number${'>'.repeat(59)}`).value).toBe(false)
  })

  it('ends recursion without an exception', () => {
    expect(run('(function(f, x) f(f, x + 1))(function(f, x) f(f, x + 1), 0)')).toMatchObject({
      value: null,
      warnings: [{ code: 'limit.depth' }],
    })
    expect(
      toText(run('(function(f, n) f(f, n))(function(f, n) if n = 0 then 0 else n + f(f, n - 1), 100)').value),
    ).toBe('5050')
  })

  it('is shared by the programs of one request', () => {
    const runtime = new Runtime({ limits: { steps: 1_000 } })
    const loop = program('count(for i in 1..300 return i)')
    expect(toText(guarded(runtime, () => loop.run([], runtime)))).toBe('300')
    expect(guarded(runtime, () => [loop.run([], runtime), loop.run([], runtime)])).toBeNull()
    expect(runtime.warnings.map((w) => w.code)).toEqual(['limit.steps'])
  })
})

describe('trace', () => {
  it('tells which part gave which value', () => {
    const text = 'if a > 1 then a * 2 else 0'
    const { trace } = program(text, ['a'], { trace: true }).evaluate({ a: fromData(3) })
    const lines: string[] = []
    const tell = (node: NonNullable<typeof trace>, depth: number) => {
      lines.push(`${' '.repeat(depth)}${text.slice(node.span.start, node.span.end)} = ${toText(node.value)}`)
      for (const child of node.children) tell(child, depth + 1)
    }
    if (trace !== undefined) tell(trace, 0)
    expect(lines).toEqual([
      'if a > 1 then a * 2 else 0 = 6',
      ' a > 1 = true',
      '  a = 3',
      '  1 = 1',
      ' a * 2 = 6',
      '  a = 3',
      '  2 = 2',
    ])
  })
})

describe('unary tests', () => {
  const meets = (cell: string, input: unknown, names: Record<string, FeelValue> = {}) => {
    const { ast, problems } = parseUnaryTests(cell, { names: Object.keys(names), functions: BUILT_IN_NAMES })
    expect(problems).toEqual([])
    return compile(ast).evaluate({ ...names, '?': fromData(input) }).value
  }

  it.each<[string, unknown, boolean | null]>([
    ['-', null, true],
    ['-', 5, true],
    ['5', 5, true],
    ['5, 7', 7, true],
    ['< 5', 4, true],
    ['[1..5), > 10', 5, false],
    ['not(1, 2)', 3, true],
    ['not(1, 2)', 2, false],
    ['"a"', 'a', true],
    ['true', true, true],
    ['false', true, false],
    ['null', null, true],
    ['5', null, false],
    ['? > 3 and ? < 5', 4, true],
    ['? > 3 and ? < 5', 5, false],
    ['contains(?, "x")', 'axb', true],
    ['[1, 2, 3]', 2, true],
    ['not(null)', 1, true],
    ['not(?) ', true, false],
    ['< 5', null, null],
    ['not(< 5)', null, null],
    ['not("a")', null, true],
  ])('%s meets %j: %s', (cell, input, expected) => {
    expect(meets(cell, input)).toBe(expected)
  })

  it('compare with other names of the scope', () => {
    expect(meets('>= hạn mức', 10, { 'hạn mức': fromData(7) })).toBe(true)
  })
})

it('every node has its place', () => {
  const text = 'for x in [1,\n 2] return\n  {a: x}.a between 1 and 3'
  walk(parse(text, { names: [], functions: BUILT_IN_NAMES }).ast, (node) => {
    const before = text.slice(0, node.start)
    expect([node.line, node.column]).toEqual([
      before.split('\n').length,
      before.length - before.lastIndexOf('\n'),
    ])
    expect(node.end).toBeGreaterThan(node.start)
  })
})

it('the example of the README gives what it says', () => {
  const scope = { names: ['thu nhập', 'giảm trừ'], functions: BUILT_IN_NAMES }
  const { ast } = parse('max(thu nhập - giảm trừ, 0) * 0.05', scope)
  const program = compile(ast)
  expect(program.inputs).toEqual(['thu nhập', 'giảm trừ'])
  const { value } = program.evaluate({ 'thu nhập': fromData(20_000_000), 'giảm trừ': fromData(15_500_000) })
  expect(toText(value)).toBe('225000')
})
