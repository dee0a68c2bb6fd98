import { buildTerritory, type Territory } from '@nhip/territory/territory'
import { type Unit, unitId } from '@nhip/territory/unit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HttpProblem } from '../../http/problem.ts'
import type { Order, Step } from './contract.ts'
import { reorganise } from './reorganise.ts'

const began = '2025-07-01'
const day = '2026-12-01'
const act = '1234/NQ-UBTVQH16'
const id = (code: string, from = began) => unitId(code, from)
const unit = (code: string, level: string, name: string, parent: string | null, kind = 'commune'): Unit => ({
  id: id(code),
  code,
  level,
  kind,
  name: { vi: name, en: name },
  valid: { from: began, to: null },
  parents: parent === null ? [] : [{ id: id(parent), valid: { from: began, to: null } }],
  flags: [],
})
const start = buildTerritory({
  units: [
    unit('vn', 'nation', 'Việt Nam', null, 'nation'),
    unit('01', 'province', 'Đông', 'vn', 'province'),
    unit('02', 'province', 'Tây', 'vn', 'province'),
    unit('101', 'commune', 'An', '01'),
    unit('102', 'commune', 'Bình', '01'),
    unit('201', 'commune', 'Cát', '02'),
  ],
  edges: [],
}).territory

const order = (steps: Step[], on = day): Order => ({ on, act, steps })
const names = (territory: Territory, parent: string, at: string) =>
  territory.childrenAt(parent, at).map(({ name }) => name.vi)

function refusal(steps: Step[], on = day): { code: string; paths: (string | undefined)[]; codes: string[] } {
  try {
    reorganise(start, order(steps, on))
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error
    const { errors = [] } = error.details
    return { code: error.code, paths: errors.map(({ path }) => path), codes: errors.map(({ code }) => code) }
  }
  throw new Error('nothing was refused')
}

describe('what a legal act may do', () => {
  test('add: a unit that begins on the day', () => {
    const { territory, began: units } = reorganise(
      start,
      order([{ do: 'add', code: '103', name: 'Mới', kind: 'ward', level: 'commune', parent: id('01') }]),
    )
    expect(units.map((one) => [one.id, one.name, one.act])).toEqual([
      [id('103', day), { vi: 'Mới', en: 'Moi' }, act],
    ])
    expect(names(territory, id('01'), '2026-11-30')).toEqual(['An', 'Bình'])
    expect(names(territory, id('01'), day)).toEqual(['An', 'Bình', 'Mới'])
  })

  test('rename: it goes on under another id, and all that lies in it with it', () => {
    const { territory } = reorganise(
      start,
      order([{ do: 'rename', unit: id('01'), name: 'Đông Hải', kind: 'municipality' }]),
    )
    const now = id('01', day)
    expect(territory.successors(id('01'))).toEqual([
      { from: id('01'), to: now, on: day, kind: 'rename', share: '1', act },
    ])
    expect(territory.unit(now)).toMatchObject({ name: { vi: 'Đông Hải' }, kind: 'municipality', code: '01' })
    expect(names(territory, now, day)).toEqual(['An', 'Bình'])
    expect(names(territory, id('01'), '2026-11-30')).toEqual(['An', 'Bình'])
    expect(territory.unit(id('101'))?.valid.to).toBeNull()
  })

  test('move: another unit above it, its own id stays', () => {
    const { territory, moved } = reorganise(start, order([{ do: 'move', unit: id('102'), parent: id('02') }]))
    expect(moved.map((one) => one.id)).toEqual([id('102')])
    expect(names(territory, id('02'), day)).toEqual(['Bình', 'Cát'])
    expect(names(territory, id('01'), '2026-11-30')).toEqual(['An', 'Bình'])
  })

  test('dissolve: two communes become one that takes the code of one of them', () => {
    const into = [{ unit: id('101', day) }]
    const { territory } = reorganise(
      start,
      order([
        { do: 'add', code: '101', name: 'An Bình', kind: 'ward', level: 'commune', parent: id('01') },
        { do: 'dissolve', unit: id('101'), into },
        { do: 'dissolve', unit: id('102'), into },
      ]),
    )
    expect(names(territory, id('01'), day)).toEqual(['An Bình'])
    expect(territory.predecessors(id('101', day)).map(({ from, kind }) => [from, kind])).toEqual([
      [id('101'), 'merge'],
      [id('102'), 'merge'],
    ])
    expect(territory.resolve('101', day).unit?.name.vi).toBe('An Bình')
    expect(territory.resolve('101', '2026-11-30').unit?.name.vi).toBe('An')
  })

  test('dissolve: a province that goes up in a new one takes its communes along', () => {
    const { territory } = reorganise(
      start,
      order([
        { do: 'add', code: '03', name: 'Nam', kind: 'province', level: 'province', parent: id('vn') },
        { do: 'dissolve', unit: id('01'), into: [{ unit: id('03', day) }] },
        { do: 'dissolve', unit: id('02'), into: [{ unit: id('03', day) }] },
      ]),
    )
    expect(names(territory, id('03', day), day)).toEqual(['An', 'Bình', 'Cát'])
  })

  test('dissolve: divided among several, with shares or without', () => {
    const heirs = ['104', '105'].map(
      (code): Step => ({ do: 'add', code, name: code, kind: 'ward', level: 'commune', parent: id('01') }),
    )
    const divide = (...shares: (string | null)[]) => {
      const into = shares.map((share, n) => ({ unit: id(`10${n + 4}`, day), share }))
      return [...heirs, { do: 'dissolve' as const, unit: id('101'), into }]
    }
    const { edges } = reorganise(start, order(divide('0.7', '0.3')))
    expect(edges.map(({ kind, share }) => [kind, share])).toEqual([
      ['split', '0.7'],
      ['split', '0.3'],
    ])
    expect(reorganise(start, order(divide(null, null))).edges.map(({ share }) => share)).toEqual([null, null])
    expect(refusal(divide('0.7', '0.2'))).toMatchObject({ code: 'units-contradict', codes: ['share-sum'] })
    expect(refusal(divide('0.7', null))).toMatchObject({ code: 'units-contradict', codes: ['share-mixed'] })
  })
})

describe('what it may not', () => {
  const add = (code: string, parent: string): Step => ({
    do: 'add',
    code,
    name: 'Mới',
    kind: 'ward',
    level: 'commune',
    parent,
  })

  test.each<[string, Step[], string, string?]>([
    ['a code that another unit bears', [add('102', id('01'))], 'units-contradict'],
    ['a parent that is not there', [add('103', id('09'))], 'unknown-unit'],
    ['a unit twice', [add('103', id('01')), add('103', id('02'))], 'unit-there-already'],
    ['a move to where it is', [{ do: 'move', unit: id('101'), parent: id('01') }], 'unit-there-already'],
    ['a move under itself', [{ do: 'move', unit: id('01'), parent: id('101') }], 'units-contradict'],
    [
      'an end that leaves communes without a province',
      [{ do: 'dissolve', unit: id('01') }],
      'units-contradict',
    ],
    [
      'an heir that was there before',
      [{ do: 'dissolve', unit: id('101'), into: [{ unit: id('102') }] }],
      'heir-not-new',
    ],
    [
      'a day before the unit',
      [{ do: 'rename', unit: id('101'), name: 'X' }],
      'unit-not-in-force',
      '2025-06-30',
    ],
    [
      'the day on which the unit began',
      [{ do: 'rename', unit: id('101'), name: 'X' }],
      'unit-began-that-day',
      began,
    ],
    [
      'a unit that has ended by an earlier step',
      [
        { do: 'dissolve', unit: id('101') },
        { do: 'rename', unit: id('101'), name: 'X' },
      ],
      'unit-not-in-force',
    ],
  ])('%s', (_what, steps, code, on) => {
    expect(refusal(steps, on).code).toBe(code)
  })

  test('the step that cannot be is named', () => {
    const steps: Step[] = [
      { do: 'rename', unit: id('102'), name: 'Bình Minh' },
      { do: 'dissolve', unit: id('101'), into: [{ unit: id('201') }] },
    ]
    expect(refusal(steps)).toEqual({
      code: 'heir-not-new',
      paths: ['/steps/1/into/0'],
      codes: ['heir-not-new'],
    })
  })
})

test('whatever is ordered, what was before its day stays as it was, and the result does not contradict itself', () => {
  const codes = ['01', '02', '101', '102', '201']
  const any = fc.constantFrom(...codes).map((code) => id(code))
  const fresh = fc.constantFrom('301', '302')
  const step: fc.Arbitrary<Step> = fc.oneof(
    fresh.chain((code) =>
      any.map((parent) => ({
        ...({ do: 'add', name: code, kind: 'ward', level: 'commune' } as const),
        code,
        parent,
      })),
    ),
    any.chain((one) =>
      fc
        .option(fresh, { nil: undefined })
        .map((code): Step => ({ do: 'rename', unit: one, name: 'Khác', ...(code ? { code } : {}) })),
    ),
    fc.tuple(any, any).map(([one, parent]): Step => ({ do: 'move', unit: one, parent })),
    fc.tuple(any, fc.option(fresh, { nil: undefined })).map(
      ([one, heir]): Step => ({
        do: 'dissolve',
        unit: one,
        ...(heir ? { into: [{ unit: id(heir, day) }] } : {}),
      }),
    ),
  )
  const picture = (territory: Territory, at: string) =>
    territory.units({ at }).map((one) => [one.id, one.name.vi, territory.parentAt(one.id, at)?.id])
  let carriedOut = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) => {
      let after: Territory
      try {
        after = reorganise(start, order(steps)).territory
      } catch (error) {
        expect(error).toBeInstanceOf(HttpProblem)
        return
      }
      carriedOut += 1
      for (const at of [began, '2026-11-30']) expect(picture(after, at)).toEqual(picture(start, at))
      const data = { units: after.units(), edges: after.edges }
      expect(buildTerritory(data).problems.filter(({ severity }) => severity === 'error')).toEqual([])
      for (const one of after.units({ at: day }))
        if (one.level !== 'nation') expect(after.parentAt(one.id, day)).toBeDefined()
    }),
    { numRuns: 400, seed: 2026 },
  )
  expect(carriedOut).toBeGreaterThan(80)
})
