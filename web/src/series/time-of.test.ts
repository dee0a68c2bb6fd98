import { expect, it } from 'vitest'
import { timeOf } from './time-of.ts'

const at = (day: string) => `${day}T00:00:00+07:00`

it.each([
  ['2024-01-01', '2025-01-01', 'Năm 2024'],
  ['2024-10-01', '2025-01-01', 'Quý IV/2024'],
  ['2024-12-01', '2025-01-01', 'Tháng 12/2024'],
  ['2024-02-29', '2024-03-01', '29/02/2024'],
  ['2024-01-01', '2024-07-01', '01/01/2024 – 30/06/2024'],
])('%s to %s reads "%s"', (from, to, words) => {
  expect(timeOf({ t: at(from), end: at(to) }, 'vi')).toBe(words)
})

it('an hour or an instant is told with its clock', () => {
  expect(timeOf({ t: '2024-02-29T13:00:00+07:00', end: '2024-02-29T14:00:00+07:00' }, 'vi')).toBe(
    '29/02/2024 13:00',
  )
  expect(timeOf({ t: '2024-02-29T13:05:00+07:00' }, 'vi')).toBe('29/02/2024 13:05')
})
