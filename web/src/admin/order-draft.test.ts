import { expect, test } from 'vitest'
import { type OrderDraft, stepsOf } from './order-draft.ts'

const unit = 'urn:nhip:unit:101@2025-07-01'
const above = 'urn:nhip:unit:01@2025-07-01'
const draft = (more: Partial<OrderDraft>): OrderDraft => ({
  do: 'add',
  on: '2027-01-01',
  name: '',
  code: '',
  kind: '',
  parent: { id: '', name: '' },
  others: [],
  ...more,
})

test('what is missing makes no order', () => {
  for (const what of ['add', 'rename', 'move'] as const)
    expect(stepsOf(draft({ do: what }), unit, above)).toBeNull()
  expect(stepsOf(draft({ name: 'Mới' }), unit, above)).toBeNull()
  expect(stepsOf(draft({ do: 'dissolve', code: '101' }), unit, above)).toBeNull()
})

test('only what is filled in changes', () => {
  expect(stepsOf(draft({ do: 'rename', name: ' Cửa Nam ' }), unit, above)).toEqual([
    { do: 'rename', unit, name: 'Cửa Nam' },
  ])
  expect(stepsOf(draft({ do: 'rename', kind: 'ward' }), unit, above)).toEqual([
    { do: 'rename', unit, kind: 'ward' },
  ])
})

test('units that end together go into one new unit beside them, or nowhere', () => {
  const others = [{ id: 'urn:nhip:unit:102@2025-07-01', name: 'Bình' }]
  expect(stepsOf(draft({ do: 'dissolve', others }), unit, above)).toEqual([
    { do: 'dissolve', unit },
    { do: 'dissolve', unit: others[0]!.id },
  ])
  const into = [{ unit: 'urn:nhip:unit:101@2027-01-01' }]
  expect(
    stepsOf(draft({ do: 'dissolve', others, name: 'An Bình', code: '101', kind: 'ward' }), unit, above),
  ).toEqual([
    { do: 'add', code: '101', name: 'An Bình', kind: 'ward', level: 'commune', parent: above },
    { do: 'dissolve', unit, into },
    { do: 'dissolve', unit: others[0]!.id, into },
  ])
})
