import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_NAMES } from './builtins.ts'
import { check, type Mode } from './check.ts'
import { compile } from './compile.ts'
import { scaleOf } from './facets.ts'
import { compare, divide, int, Num } from './number.ts'
import { parse } from './parse.ts'
import { contextOf, DATE, type FeelType, listOf, STRING, typeText } from './types.ts'

const salary: FeelType = { kind: 'number', nullable: false, min: int(0), max: int(1_000_000_000), scale: 0 }
const NAMES: Record<string, FeelType> = {
  salary,
  bonus: { kind: 'number', min: int(0), scale: 2 },
  birth: DATE,
  name: STRING,
  members: listOf(contextOf({ age: { kind: 'number', nullable: false, scale: 0 }, role: STRING })),
  anything: { kind: 'Any' },
}

function checked(text: string, mode: Mode = 'strict') {
  const { ast, problems } = parse(text, {
    names: Object.keys(NAMES),
    functions: BUILT_IN_NAMES,
    typeOf: (n) => NAMES[n],
  })
  expect(problems).toEqual([])
  return check(ast, { typeOf: (name) => NAMES[name] }, mode)
}

describe('types', () => {
  it.each([
    ['salary * 2', 'number'],
    ['"Ông " + name', 'string'],
    ['salary > 1 and birth < @"2000-01-01"', 'boolean'],
    ['birth + @"P1Y"', 'date'],
    ['@"2026-07-01" - birth', 'days and time duration'],
    ['members.age', 'list<number>'],
    ['members[age < 18]', 'list<context<age: number, role: string>>'],
    ['members[1].role', 'string'],
    ['for m in members return m.age + 1', 'list<number>'],
    ['sum(members[role = "con"].age)', 'number'],
    ['{tax: salary * 0.05, net: salary - tax}.net', 'number'],
    ['if salary > 10 then "a" else "b"', 'string'],
    ['max(salary, 0)', 'number'],
    ['sort(members.age)', 'list<number>'],
    ['(function(x: number) x + 1)(salary)', 'number'],
    ['[1..10]', 'range<number>'],
  ])('%s is %s', (text, type) => {
    const { type: found, problems } = checked(text)
    expect({ type: typeText(found), problems }).toEqual({ type, problems: [] })
  })
})

describe('facets', () => {
  it.each<[string, object]>([
    ['salary + 10', { nullable: false, min: int(10), max: int(1_000_000_010), scale: 0 }],
    ['salary * 0.05', { nullable: false, scale: 2, min: int(0), max: int(50_000_000) }],
    ['salary / 12', { nullable: false, scale: undefined, min: int(0) }],
    ['salary / salary', { nullable: undefined }],
    ['bonus + 1', { nullable: undefined, min: int(1), scale: 2 }],
    ['max(salary - 500, 0)', { nullable: false, min: int(0), scale: 0 }],
    ['round half up(salary * 0.105, 0)', { nullable: false, scale: 0, min: int(0), max: int(105_000_000) }],
    ['if bonus = null then 0 else bonus', { nullable: false, min: int(0) }],
    ['if bonus != null then bonus else 0', { nullable: false, scale: 2 }],
    ['if salary < 100 then salary else 100', { nullable: false, max: int(100) }],
    ['count(members)', { nullable: false, min: int(0), scale: 0 }],
    ['-salary', { nullable: false, min: int(-1_000_000_000), max: int(0) }],
    ['salary > 5', { nullable: false, kind: 'boolean' }],
    ['salary >= 0', { values: [true] }],
  ])('%s', (text, facets) => {
    const type = checked(text).type as unknown as Record<string, unknown>
    expect(Object.fromEntries(Object.keys(facets).map((key) => [key, type[key]]))).toEqual(facets)
  })
})

describe('findings name the place', () => {
  it.each([
    ['salary + name', 'feel.type', 'salary + name'],
    ['members.height', 'feel.type', 'members.height'],
    ['upper case(salary)', 'feel.type', 'upper case(salary)'],
    ['substring(name)', 'feel.type', 'substring(name)'],
    ['salary = name', 'feel.type', 'salary = name'],
    ['if salary then 1 else 2', 'feel.type', 'salary'],
    ['anything + 1', 'feel.type', 'anything'],
    ['birth in [1..2]', 'feel.type', '[1..2]'],
    ['1 instance of tFoo', 'name.unknown', '1 instance of tFoo'],
  ])('%s', (text, code, value) => {
    expect(checked(text).problems).toMatchObject([{ severity: 'error', code, value, line: 1 }])
  })

  it('are warnings in lenient mode, which lets the unknown pass', () => {
    expect(checked('salary + name', 'lenient').problems).toMatchObject([{ severity: 'warning' }])
    expect(checked('anything + 1', 'lenient').problems).toEqual([])
  })

  it('name what is not in scope', () => {
    const { ast } = parse('lương + 1', { names: [], functions: BUILT_IN_NAMES }, { unknownNames: 'keep' })
    expect(check(ast, { typeOf: () => undefined }, 'strict').problems).toMatchObject([
      { code: 'name.unknown', value: 'lương' },
    ])
  })
})

describe('facets hold for every value', () => {
  /** Random arithmetic over two declared numbers; what the checker says must contain what the interpreter gives. */
  const expression: fc.Arbitrary<string> = fc.letrec((tie) => ({
    leaf: fc.oneof(
      fc.constantFrom('salary', 'bonus', '0.5', '3', '-2', '100'),
      fc.integer({ min: -50, max: 50 }).map((n) => `(${n})`),
    ),
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf') as fc.Arbitrary<string>,
      fc
        .tuple(tie('tree'), fc.constantFrom('+', '-', '*'), tie('tree'))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc
        .tuple(fc.constantFrom('max', 'min'), tie('tree'), tie('tree'))
        .map(([f, a, b]) => `${f}(${a}, ${b})`),
      fc.tuple(fc.constantFrom('floor', 'ceiling', 'abs', '-'), tie('tree')).map(([f, a]) => `${f}(${a})`),
      fc
        .tuple(tie('tree'), fc.constantFrom('<', '>=', '>'), tie('leaf'), tie('tree'))
        .map(([a, op, b, c]) => `(if ${a} ${op} ${b} then ${a} else ${c})`),
      fc.tuple(tie('tree'), fc.constantFrom('0', '1')).map(([a, n]) => `round half up(${a}, ${n})`),
    ),
  })).tree as fc.Arbitrary<string>

  it('that the interpreter computes', () => {
    fc.assert(
      fc.property(
        expression,
        fc.integer({ min: 0, max: 1_000_000_000 }),
        fc.integer({ min: 0, max: 9_999 }),
        (text, salaryValue, cents) => {
          const { ast } = parse(text, {
            names: ['salary', 'bonus'],
            functions: BUILT_IN_NAMES,
            typeOf: (n) => NAMES[n],
          })
          const { type } = check(ast, { typeOf: (name) => NAMES[name] }, 'strict')
          const bonus = divide(int(cents), int(100))
          const { value } = compile(ast).evaluate({ salary: int(salaryValue), bonus })
          expect(type.kind).toBe('number')
          if (type.nullable === false) expect(value).not.toBeNull()
          if (!(value instanceof Num)) return
          if (type.min) expect({ text, below: compare(value, type.min) < 0 }).toEqual({ text, below: false })
          if (type.max) expect({ text, above: compare(value, type.max) > 0 }).toEqual({ text, above: false })
          if (type.min && type.minExcluded) expect(compare(value, type.min)).not.toBe(0)
          if (type.max && type.maxExcluded)
            expect({ text, at: compare(value, type.max) }).not.toEqual({ text, at: 0 })
          if (type.scale !== undefined)
            expect({ text, scale: scaleOf(value) <= type.scale }).toEqual({ text, scale: true })
        },
      ),
      { numRuns: 400 },
    )
  })
})
