import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packPopulation, unpackPopulation } from './packed.ts'
import type { Population } from './population.ts'

/** Households of 1 to 4 persons with a column of each kind of number. */
const populations = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 40 })
  .chain((sizes) => {
    const persons = sizes.reduce((a, b) => a + b, 0)
    const of = <T>(one: fc.Arbitrary<T>, n: number) => fc.array(one, { minLength: n, maxLength: n })
    return fc.record({
      sizes: fc.constant(sizes),
      salary: of(fc.integer({ min: 0, max: 2 ** 47 }), persons),
      known: of(fc.integer({ min: 0, max: 1 }), persons),
      birth: of(fc.integer({ min: -40_000, max: 20_000 }), persons),
      code: of(fc.integer({ min: 0, max: 255 }), sizes.length),
      shift: of(fc.integer({ min: -128, max: 127 }), sizes.length),
    })
  })
  .map(({ sizes, salary, known, birth, code, shift }): Population => {
    const first = Int32Array.from([
      0,
      ...sizes.map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b, 0)),
    ])
    const column = (entity: 'person' | 'household', name: string) => ({ entity, name, type: 'number' })
    return {
      manifest: {
        nhip: 'population/1',
        id: 'mau',
        title: { vi: 'Mẫu', en: 'Sample' },
        synthetic: true,
        reference_date: '2025-07-01',
        persons: birth.length,
        households: sizes.length,
        columns: [
          column('person', 'salary'),
          column('person', 'birth'),
          column('household', 'code'),
          column('household', 'shift'),
        ],
        files: {},
      },
      households: sizes.length,
      persons: birth.length,
      first,
      ids: Float64Array.from(sizes, (_, i) => 7_900_000_001 + i),
      columns: {
        salary: { data: Float64Array.from(salary), valid: Uint8Array.from(known) },
        birth: { data: Int32Array.from(birth) },
        code: { data: Uint8Array.from(code) },
        shift: { data: Int8Array.from(shift) },
      },
    }
  })

test('a population that went through JSON is the same', () => {
  fc.assert(
    fc.property(populations, (population) => {
      const text = JSON.stringify(packPopulation(population))
      expect(unpackPopulation(JSON.parse(text))).toEqual(population)
    }),
    { numRuns: 100 },
  )
})

test('columns longer than one piece come back whole', () => {
  const ids = Float64Array.from({ length: 20_000 }, (_, i) => i / 3)
  const [one] = fc.sample(populations, { numRuns: 1, seed: 1 })
  const population = one as Population
  const packed = packPopulation({ ...population, ids, households: 20_000 })
  const first = packPopulation({ ...population, ids: new Float64Array(20_001), households: 20_000 }).ids
  expect(unpackPopulation({ ...packed, first: i32(20_001), columns: {} }).ids).toEqual(ids)
  expect(() => unpackPopulation({ ...packed, ids: first })).toThrow(RangeError)
})

/** Base64 of so many zeros. */
function i32(length: number): string {
  return Buffer.from(new Int32Array(length).buffer).toString('base64')
}

test('a column that lacks rows is refused by name', () => {
  const [one] = fc.sample(populations, { numRuns: 1, seed: 2 })
  const packed = packPopulation(one as Population)
  const { birth } = packed.columns
  const short = { ...packed, columns: { birth: { ...birth, data: '' } } } as typeof packed
  expect(() => unpackPopulation(short)).toThrow(/"birth" has 0 rows/)
})
