import { expect, test } from 'vitest'
import { csvCell } from './csv-cell.ts'

test.each([
  ['=1+2', "'=1+2"],
  ['+cmd|x', "'+cmd|x"],
  ["-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['  =HYPERLINK("x")', '"\'  =HYPERLINK(""x"")"'],
  ['\u00a0=1', "'\u00a0=1"],
  ['\uff1d1', "'\uff1d1"],
  ['\t=1', '"\'\t=1"'],
  ['\r\n=1', '"\'\r\n=1"'],
])('%j is text, never a formula', (value, cell) => {
  expect(csvCell(value)).toBe(cell)
})

test.each([
  [-1.5, '-1.5'],
  ['-1.5', '-1.5'],
  ['-1,5', '"-1,5"'],
  ['12,5,0', '"12,5,0"'],
  ['Phường Hòa Xuân', 'Phường Hòa Xuân'],
  ['a;b', '"a;b"'],
  ['nói "không"', '"nói ""không"""'],
  [undefined, ''],
  ['', ''],
])('%j stays what it is', (value, cell) => {
  expect(csvCell(value)).toBe(cell)
})
