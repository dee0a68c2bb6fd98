import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type CubeRow, cubeOf, type UnitRow } from './cube.ts'
import type { ItemDefinition } from './definition.ts'
import { compileFormula } from './formula.ts'
import { scopeOf } from './scope.ts'
import { type Value, valueAt } from './value.ts'

/** Examples of one mechanism. Columns of `data` are items (`item@breakdown`), a row a unit (and period). */
interface ExampleFile {
  what: string
  units?: UnitRow[]
  items?: Record<string, Omit<ItemDefinition, 'code'>>
  data: Record<string, (number | string | null)[]>
  examples: { formula: string; gives?: Record<string, unknown>; refused?: string }[]
}

const folder = join(import.meta.dirname, 'functions')
const mechanisms = readdirSync(folder).filter((name) => name.endsWith('.ts'))

test('every mechanism has its examples', () => {
  const wanted = mechanisms.map((name) => name.replace(/\.ts$/, '.yaml'))
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(wanted))
})

for (const name of mechanisms.map((file) => file.replace(/\.ts$/, ''))) {
  const file = parse(readFileSync(join(folder, `${name}.yaml`), 'utf8')) as ExampleFile
  describe(`${name}: ${file.what}`, () => {
    const { unit, period, ...columns } = file.data
    const rows = Object.entries(columns).flatMap(([column, cells]) =>
      cells.map((cell, i): CubeRow => {
        const [item = '', breakdown = '*'] = column.split('@')
        const base = {
          unit: String(unit![i]),
          period: period === undefined ? null : String(period[i]),
          item,
          breakdown,
        }
        if (cell === 'not_applicable') return { ...base, value: null, status: 'M' }
        return typeof cell === 'string' ? { ...base, value: null, text: cell } : { ...base, value: cell }
      }),
    )
    const cube = cubeOf(rows, file.units === undefined ? {} : { units: file.units })
    const codes = new Set(rows.map((row) => row.item))
    const scope = scopeOf(
      [...codes].map((code) => ({ code, ...file.items?.[code] })),
      cube.kind,
    )
    test.each(file.examples.map((example) => [example.formula, example] as const))('%s', (text, example) => {
      const { formula, problems } = compileFormula(text, scope)
      if (example.refused !== undefined) {
        const told = problems.map(({ code, message }) => `${code}: ${message.vi}`)
        expect(
          told.some((line) => line.startsWith(example.refused as string)),
          told.join('\n'),
        ).toBe(true)
        return
      }
      expect(problems).toEqual([])
      const column = formula!.evaluate(cube)
      for (const [code, wanted] of Object.entries(example.gives ?? {})) {
        const row = cube.units.findIndex((u) => u.code === code)
        const found = shown(valueAt(column, row, formula!.type.kind))
        if (typeof wanted === 'number' && typeof found === 'number') {
          expect(Math.abs(found - wanted), `${code}: ${found}`).toBeLessThanOrEqual(
            1e-14 * Math.max(1, Math.abs(wanted)),
          )
        } else expect(found, code).toBe(wanted)
      }
    })
  })
}

function shown(value: Value): unknown {
  return 'ok' in value ? value.ok : 'missing' in value ? value.missing : 'not applicable'
}
