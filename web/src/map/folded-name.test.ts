import { expect, it } from 'vitest'
import { foldedName } from './folded-name.ts'

it('finds a name typed without marks, in either Unicode form', () => {
  expect(foldedName('  Thành phố  Đà Nẵng ')).toBe('thanh pho da nang')
  expect(foldedName('Hòa'.normalize('NFD'))).toBe(foldedName('Hoà'))
})
