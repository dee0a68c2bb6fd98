import { expect, it } from 'vitest'
import { ProblemsByPlace, step } from './pointer.ts'

const problem = (path: string, vi: string) => ({
  severity: 'error' as const,
  code: 'bad-rule',
  path,
  message: { vi, en: vi },
})
const problems = new ProblemsByPlace([
  problem('/rules/0/when', 'thiếu dấu ngoặc'),
  problem('/rules/1/message/vi', 'trống'),
  problem('/properties/pm2~15/range', 'ngược'),
  problem('/unknown', 'lạ'),
])

it('a name inside a pointer is escaped', () => {
  expect(step('pm2/5')).toBe('/pm2~15')
  expect(step('a~b')).toBe('/a~0b')
  expect(step(3)).toBe('/3')
})

it('a field is told its own problem and no other', () => {
  expect(problems.words('/rules/0/when', 'vi')).toBe('thiếu dấu ngoặc')
  expect(problems.words('/rules/0', 'vi')).toBeUndefined()
  expect(problems.words(`/properties${step('pm2/5')}/range`, 'vi')).toBe('ngược')
})

it('a part knows how many problems lie in it, and a first rule is not a tenth', () => {
  expect(problems.within('/rules')).toBe(2)
  expect(problems.within('/rules/1')).toBe(1)
  expect(new ProblemsByPlace([problem('/rules/10/when', 'x')]).within('/rules/1')).toBe(0)
})

it('what no field shows is left over', () => {
  expect(problems.elsewhere(['/rules', '/properties']).map(({ path }) => path)).toEqual(['/unknown'])
})
