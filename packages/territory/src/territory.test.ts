import { describe, expect, it } from 'vitest'
import { NameMatcher } from './match-name.ts'
import { buildTerritory, type TerritoryData } from './territory.ts'
import { type Alias, type Edge, type Unit, unitId } from './unit.ts'
import { fullName } from './unit-kind.ts'

type Draft = Partial<Omit<Unit, 'name'>> & { code: string; name?: string }

/** A unit in force from 2000 on, unless said otherwise. */
function unit({ code, name = code, valid = { from: '2000-01-01', to: null }, ...rest }: Draft): Unit {
  return {
    id: unitId(code, valid.from),
    code,
    level: 'commune',
    kind: 'commune',
    name: { vi: name, en: name },
    valid,
    parents: [],
    flags: [],
    ...rest,
  }
}
const until = (day: string) => ({ from: '2000-01-01', to: day })
const since = (day: string) => ({ from: day, to: null })
const edge = (from: string, to: string, share: string | null = '1'): Edge => ({
  from: unitId(from, '2000-01-01'),
  to: unitId(to, '2025-07-01'),
  on: '2025-07-01',
  kind: 'merge',
  share,
})
const codes = (data: Partial<TerritoryData>) =>
  buildTerritory({ units: [], edges: [], ...data })
    .problems.filter((p) => p.severity === 'error')
    .map((p) => p.code)

describe('buildTerritory', () => {
  const a = unit({ code: 'A', valid: until('2025-07-01') })
  const b = unit({ code: 'B', valid: until('2025-07-01') })
  const c = unit({ code: 'C', valid: since('2025-07-01') })

  it('finds nothing wrong with two units that merge', () =>
    expect(codes({ units: [a, b, c], edges: [edge('A', 'C'), edge('B', 'C')] })).toEqual([]))
  it('refuses one id twice', () =>
    expect(codes({ units: [a, a, c], edges: [edge('A', 'C')] })).toContain('duplicate-unit'))
  it('refuses an id that is not made of code and first day', () =>
    expect(codes({ units: [{ ...c, id: 'urn:nhip:unit:X@2025-07-01' }] })).toEqual(['unit-id']))
  it('refuses a life that ends before it begins', () =>
    expect(
      codes({ units: [unit({ code: 'A', valid: { from: '2025-07-01', to: '2025-07-01' } })] }),
    ).toContain('interval-empty'))
  it('refuses one code for two units at a time', () =>
    expect(codes({ units: [unit({ code: 'A' }), unit({ code: 'A', valid: since('2025-07-01') })] })).toEqual([
      'code-overlap',
    ]))
  it('allows a code to be used again', () =>
    expect(
      codes({ units: [a, unit({ code: 'A', valid: since('2025-07-01') })], edges: [edge('A', 'A')] }),
    ).toEqual([]))
  it('refuses an edge to nowhere', () =>
    expect(codes({ units: [a], edges: [edge('A', 'C')] })).toEqual(['edge-unknown-unit']))
  it('refuses an edge between units that do not close and open on its day', () =>
    expect(codes({ units: [a, c], edges: [{ ...edge('A', 'C'), on: '2025-07-02' }] })).toEqual([
      'edge-date',
      'edge-date',
    ]))
  it('refuses shares that do not sum to 1', () => {
    const d = unit({ code: 'D', valid: since('2025-07-01') })
    expect(codes({ units: [a, c, d], edges: [edge('A', 'C', '0.6'), edge('A', 'D', '0.3')] })).toEqual([
      'share-sum',
    ])
    expect(codes({ units: [a, c, d], edges: [edge('A', 'C'), edge('A', 'D')] })).toEqual(['share-sum'])
    expect(codes({ units: [a, c, d], edges: [edge('A', 'C', '0.1'), edge('A', 'D', '0.9')] })).toEqual([])
    expect(codes({ units: [a, c, d], edges: [edge('A', 'C', '0.6'), edge('A', 'D', null)] })).toEqual([
      'share-mixed',
    ])
    expect(codes({ units: [a, c, d], edges: [edge('A', 'C', '1.5'), edge('A', 'D', '-0.5')] })).toEqual([
      'share-range',
      'share-range',
    ])
  })
  it('refuses parents that are unknown, closed, absent for a time, or the unit itself', () => {
    const parent = unit({ code: 'P', level: 'province', valid: until('2025-07-01') })
    const child = (valid: Unit['valid'], parentValid = valid) =>
      unit({ code: 'K', valid, parents: [{ id: parent.id, valid: parentValid }] })
    expect(codes({ units: [child(until('2025-07-01'))] })).toEqual(['unknown-parent'])
    expect(codes({ units: [parent, child(since('2000-01-01'))] })).toEqual(['parent-closed'])
    expect(
      codes({ units: [parent, child(until('2025-07-01'), { from: '2001-01-01', to: '2025-07-01' })] }),
    ).toEqual(['parent-gap'])
    expect(codes({ units: [parent, child(until('2025-07-01'), until('2020-01-01'))] })).toEqual([
      'parent-gap',
    ])
    expect(
      codes({
        units: [
          unit({ code: 'X', parents: [{ id: unitId('X', '2000-01-01'), valid: since('2000-01-01') }] }),
        ],
      }),
    ).toContain('parent-cycle')
  })
  it('notes units that close without a successor, once for each level and day', () => {
    const { problems } = buildTerritory({ units: [a, b], edges: [] })
    expect(problems.map((p) => [p.severity, p.code, p.value])).toEqual([['info', 'no-successor', 'A, B']])
  })
  it('refuses an alias that points nowhere or hides a code', () => {
    const alias = (text: string, to: string): Alias => ({
      alias: text,
      kind: 'code',
      unit: to,
      valid: since('2025-07-01'),
    })
    expect(codes({ units: [c], aliases: [alias('Z', 'A')] })).toEqual(['alias-target'])
    expect(codes({ units: [c, unit({ code: 'D' })], aliases: [alias('D', 'C')] })).toEqual([
      'alias-hides-code',
    ])
  })
})

describe('resolve', () => {
  const then = unit({ code: '91', name: 'Kiên Giang', level: 'province', valid: until('2025-07-01') })
  const now = unit({ code: '91', name: 'An Giang', level: 'province', valid: since('2025-07-01') })
  const assumed = unit({ code: '00001', attested: '2025-06-30' })
  const aliases: Alias[] = [{ alias: 'KG', kind: 'code', unit: '91', valid: until('2025-07-01') }]
  const { territory } = buildTerritory({ units: [then, now, assumed], edges: [edge('91', '91')], aliases })

  it('takes a bare code at the day of the reading', () => {
    expect(territory.resolve('91', '2025-06-30').unit).toBe(then)
    expect(territory.resolve('91', '2025-07-01').unit).toBe(now)
  })
  it('says whose a code was when it is not in force', () => {
    const { unit: none, problem } = territory.resolve('91', '1999-12-31')
    expect(none).toBeUndefined()
    expect(problem?.code).toBe('unit-closed')
    expect(problem?.message.vi).toBe(
      'mã "91" không có hiệu lực ngày 1999-12-31; mã này thuộc về: Kiên Giang 2000-01-01 – 2025-07-01; An Giang 2025-07-01 – …',
    )
  })
  it('refuses an unknown code, a wrong level and a number', () => {
    expect(territory.resolve('92', '2025-07-01').problem?.code).toBe('unit-unknown')
    expect(territory.resolve('91', '2025-07-01', { level: 'commune' }).problem?.code).toBe('unit-unknown')
    expect(territory.resolve('1', '2025-07-01').problem?.code).toBe('unit-unknown')
  })
  it('refuses a code that two units bear', () => {
    const both = buildTerritory({
      units: [unit({ code: '7' }), unit({ code: '7', valid: since('2001-01-01') })],
      edges: [],
    }).territory
    expect(both.resolve('7', '2002-01-01').problem?.code).toBe('unit-ambiguous')
  })
  it('knows an alias while it is meant', () => {
    expect(territory.resolve('KG', '2020-01-01').unit).toBe(then)
    expect(territory.resolve('KG', '2025-07-01').problem?.code).toBe('unit-unknown')
  })
  it('takes a whole id on any day, with a notice outside its time', () => {
    expect(territory.resolve(now.id, '2025-07-01')).toEqual({ unit: now })
    const early = territory.resolve(now.id, '2024-01-01')
    expect(early.unit).toBe(now)
    expect(early.problem?.code).toBe('unit-outside-its-time')
  })
  it('gives a notice before the first day that a source attests', () => {
    expect(territory.resolve('00001', '2025-06-30').problem).toBeUndefined()
    expect(territory.resolve('00001', '2019-04-01').problem?.code).toBe('unit-not-attested')
  })
})

describe('parents over time', () => {
  const nation = unit({ code: 'VN', level: 'nation' })
  const link = (parent: Unit, valid = parent.valid) => ({ id: parent.id, valid })
  const before = unit({
    code: '02',
    level: 'province',
    valid: until('2025-07-01'),
    parents: [link(nation, until('2025-07-01'))],
  })
  const after = unit({
    code: '08',
    level: 'province',
    valid: since('2025-07-01'),
    parents: [link(nation, since('2025-07-01'))],
  })
  const commune = unit({ code: '00694', parents: [link(before), link(after)] })
  const { territory, problems } = buildTerritory({
    units: [nation, before, after, commune],
    edges: [edge('02', '08')],
  })

  it('are asked by day', () => {
    expect(problems.filter((p) => p.severity === 'error')).toEqual([])
    expect(territory.parentAt(commune.id, '2025-06-30')).toBe(before)
    expect(territory.ancestorAt(commune.id, 'province', '2025-07-01')).toBe(after)
    expect(territory.ancestorAt(commune.id, 'nation', '2025-07-01')).toBe(nation)
    expect(territory.ancestorAt(commune.id, 'district', '2025-07-01')).toBeUndefined()
  })
  it('give the subtree of a day', () => {
    expect(territory.subtreeAt(nation.id, '2025-06-30')).toEqual([nation, before, commune])
    expect(territory.subtreeAt(nation.id, '2025-07-01')).toEqual([nation, after, commune])
    expect(territory.subtreeAt(before.id, '2025-07-01')).toEqual([])
  })
})

describe('mapDay', () => {
  const { territory } = buildTerritory({
    units: [unit({ code: 'A', valid: until('2025-07-01') }), unit({ code: 'C', valid: since('2025-07-01') })],
    edges: [edge('A', 'C')],
    aliases: [{ alias: 'Cũ', kind: 'name', unit: 'A', valid: { from: '2010-01-01', to: '2020-01-01' } }],
  })

  it.each([
    ['1999-12-31', '1999-12-31'],
    ['2000-01-01', '2000-01-01'],
    ['2009-12-31', '2000-01-01'],
    ['2010-01-01', '2010-01-01'],
    ['2025-06-30', '2020-01-01'],
    ['2025-07-01', '2025-07-01'],
    ['2026-11-22', '2025-07-01'],
  ])('%s lies on the map of %s', (day, first) => {
    expect(territory.mapDay(day)).toBe(first)
  })
})

describe('NameMatcher', () => {
  const units = [
    unit({ code: '1', name: 'Tân Hòa', kind: 'ward' }),
    unit({ code: '2', name: 'Tân Hóa', kind: 'commune' }),
    unit({ code: '3', name: 'Tân Phú', kind: 'ward' }),
    unit({ code: '4', name: 'Tân Phú', kind: 'commune' }),
    unit({ code: '5', name: '10', kind: 'ward' }),
    unit({ code: '6', name: 'Hoàng Sa', kind: 'special-zone' }),
  ]
  const aliases: Alias[] = [{ alias: 'Paracel', kind: 'name', unit: '6', valid: since('2000-01-01') }]
  const names = new NameMatcher(buildTerritory({ units, edges: [], aliases }).territory, { at: '2010-01-01' })

  it.each([
    ['Tân Hoà', '1'], // the tone tells Hòa from Hóa, wherever it is placed
    ['tân hoá', '2'],
    ['Phường Tân Phú', '3'],
    ['X. Tân Phú', '4'],
    ['Phường 10', '5'],
    ['P.10', '5'],
    ['ĐẶC KHU HOÀNG SA', '6'],
    ['paracel', '6'],
  ])('%s is unit %s', (text, code) => expect(names.match(text).unit?.code).toBe(code))

  it('never takes the first of several', () => {
    const { unit: none, problem } = names.match('Tan Phu')
    expect(none).toBeUndefined()
    expect(problem?.code).toBe('name-ambiguous')
    expect(problem?.message.vi).toBe('"Tan Phu" có thể là 2 đơn vị: Phường Tân Phú (3), Xã Tân Phú (4)')
    expect(names.match('Tan Hoa').problem?.code).toBe('name-ambiguous')
  })
  it('suggests up to three for a slip of the pen', () => {
    const { problem } = names.match('Hoàng Xa')
    expect(problem?.code).toBe('name-unknown')
    expect(problem?.hint?.vi).toBe('có phải: Đặc khu Hoàng Sa (6)?')
    expect(names.suggest('Tân Pú').map((u) => u.code)).toEqual(['3', '4'])
    expect(names.suggest('Tân Hú').map((u) => u.code)).toEqual(['3', '4', '1'])
    expect(names.match('Q').problem?.hint).toBeUndefined()
  })
})

describe('fullName', () => {
  it('puts the type word where each language has it', () => {
    expect(fullName({ kind: 'ward', name: { vi: 'Ba Đình', en: 'Ba Dinh' } })).toEqual({
      vi: 'Phường Ba Đình',
      en: 'Ba Dinh Ward',
    })
    expect(fullName({ kind: 'ward', name: { vi: '10', en: '10' } })).toEqual({
      vi: 'Phường 10',
      en: 'Ward 10',
    })
    expect(fullName({ kind: 'nation', name: { vi: 'Việt Nam', en: 'Viet Nam' } })).toEqual({
      vi: 'Việt Nam',
      en: 'Viet Nam',
    })
  })
})
