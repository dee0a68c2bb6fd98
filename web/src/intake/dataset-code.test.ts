import { expect, it } from 'vitest'
import { datasetCode } from './dataset-code.ts'

it('a code is made of the name', () => {
  expect(datasetCode(' Quan trắc nước (Đà Nẵng) 2026 ')).toBe('quan-trac-nuoc-da-nang-2026')
  expect(datasetCode('…')).toBe('')
})
