import { expect, it } from 'vitest'
import { changed } from './url-view.ts'

it('changes the named parts of the view and keeps the others', () => {
  const now = new URLSearchParams('property=population&period=2024&unit=01')
  const next = changed(now, { period: '2023', unit: null, view: 'as_now' })
  expect(next.toString()).toBe('property=population&period=2023&view=as_now')
  expect(now.get('unit')).toBe('01')
})
