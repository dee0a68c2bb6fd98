import { describe, expect, it } from 'vitest'
import { BUILT_IN_NAMES } from './builtins.ts'
import { parse } from './parse.ts'
import { print } from './print.ts'

const scope = (...names: string[]) => ({ names, functions: BUILT_IN_NAMES })
const shape = (text: string, ...names: string[]) => {
  const { ast, problems } = parse(text, scope(...names))
  expect(problems).toEqual([])
  return ast
}

describe('names are the longest that are in scope', () => {
  it('reads a difference or one name by what is declared', () => {
    expect(shape('income - tax', 'income', 'tax')).toMatchObject({ kind: 'binary', operator: '-' })
    expect(shape('income - tax', 'income-tax')).toMatchObject({ kind: 'name', name: 'income-tax' })
    expect(shape('income-tax+1', 'income-tax', 'income', 'tax')).toMatchObject({
      kind: 'binary',
      operator: '+',
    })
  })

  it('accepts spaces, apostrophes, slashes, digits and Vietnamese letters', () => {
    for (const name of [
      "Student's name",
      'Approved/Declined',
      'DTI-1.2',
      'số người phụ thuộc',
      'hồ sơ đúng hạn',
    ]) {
      expect(shape(` ${name} `, name)).toMatchObject({ kind: 'name', name, binding: 'scope' })
    }
    expect(parse('DTI-1.20', scope('DTI-1.2')).problems).not.toEqual([])
  })

  it('a name of the user shadows a built-in and a longer built-in beats a shorter name', () => {
    expect(shape('count', 'count')).toMatchObject({ binding: 'scope' })
    expect(shape('date and time("2026-07-01")', 'date')).toMatchObject({
      kind: 'call',
      callee: { name: 'date and time' },
    })
  })

  it('finds components with spaces through the static type', () => {
    const typed = {
      ...scope('hộ'),
      componentsOf: (name: string) => (name === 'hộ' ? ['thu nhập', 'số người'] : undefined),
    }
    const { ast, problems } = parse('hộ.thu nhập / hộ.số người', typed)
    expect(problems).toEqual([])
    expect(print(ast)).toBe('hộ.thu nhập / hộ.số người')
  })
})

describe('problems name the place and the tree survives', () => {
  it('says what is missing where', () => {
    const { ast, problems } = parse('if a > 1 then\n  2 +\nelse 3', scope('a'))
    expect(ast.kind).toBe('if')
    expect(problems).toMatchObject([{ code: 'feel.syntax', line: 3, column: 1, value: 'else' }])
  })

  it('reports a name nobody declared', () => {
    expect(parse('lương + phụ cấp', scope('lương')).problems).toMatchObject([
      { code: 'name.unknown', value: 'phụ cấp', line: 1, column: 9 },
    ])
  })

  it('stops at its limits', () => {
    expect(parse('('.repeat(500), scope()).problems.map((p) => p.code)).toContain('feel.limit')
    expect(parse(`1${'+1'.repeat(2000)}`, scope()).problems.map((p) => p.code)).toContain('feel.limit')
    expect(parse('1'.repeat(70_000), scope()).problems.map((p) => p.code)).toEqual(['feel.limit'])
  })
})

describe('ranges, lists and parentheses', () => {
  it.each([
    ['[1..10)', 'range'],
    [']1..10[', 'range'],
    ['[1..xs[1]]', 'range'],
    ['[1..xs[', 'range'],
    ['(1..10]', 'range'],
    ['(1)', 'number'],
    ['[1, 2]', 'list'],
    ['(< 10)', 'unary'],
    ['-2 ** 2', 'binary'],
    ['x in (1..5)', 'in'],
    ['x in (1, < 5, [7..9])', 'in'],
  ])('%s is a %s', (text, kind) => {
    expect(shape(text, 'x', 'xs')).toMatchObject({ kind })
  })
})
