import { expect, it } from 'vitest'
import { differences } from './difference.ts'

it('a changed field is shown with both values, what stayed is left out', () => {
  expect(differences({ class: 'restricted', owner: '01' }, { class: 'open', owner: '01' })).toEqual([
    { path: 'class', before: 'restricted', after: 'open' },
  ])
})

it('a record that is new has no before, one that is gone no after', () => {
  expect(differences(null, { username: 'lan', lang: 'vi' })).toEqual([
    { path: 'username', after: 'lan' },
    { path: 'lang', after: 'vi' },
  ])
  expect(differences({ username: 'lan' }, null)).toEqual([{ path: 'username', before: 'lan' }])
})

it('goes into objects and names the way', () => {
  expect(
    differences(
      { contract: { every: 'PT1H', late: 2 }, name: { vi: 'Bụi' } },
      { contract: { every: 'PT5M', late: 2 }, name: { vi: 'Bụi', en: 'Dust' } },
    ),
  ).toEqual([
    { path: 'contract.every', before: 'PT1H', after: 'PT5M' },
    { path: 'name.en', after: 'Dust' },
  ])
})

it('a list is one value', () => {
  expect(differences({ permissions: ['a', 'b'] }, { permissions: ['b'] })).toEqual([
    { path: 'permissions', before: ['a', 'b'], after: ['b'] },
  ])
  expect(differences({ permissions: ['a'] }, { permissions: ['a'] })).toEqual([])
})

it('a record that became a single value is one difference', () => {
  expect(differences({ limit: { most: 3 } }, { limit: 5 })).toEqual([
    { path: 'limit', before: { most: 3 }, after: 5 },
  ])
  expect(differences({ limit: 5 }, { limit: null })).toEqual([{ path: 'limit', before: 5 }])
})
