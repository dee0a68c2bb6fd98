import { describe, expect, it } from 'vitest'
import { checkModel } from './check-model.ts'
import { type InputSpec, modelOf, type OutputSpec, type TableSpec } from './model.fixture.ts'

const AGE: InputSpec = { name: 'Age', type: 'number' }
const ADULT_AGE: InputSpec = { ...AGE, values: '[0..120]' }
const AREA: InputSpec = { name: 'Area', type: 'string', values: '"urban","rural"' }

/** What the checks say of one table: `code rules region`, errors and warnings only unless asked. */
function said(table: TableSpec, notes = false): string[] {
  const { findings } = checkModel(modelOf([table]))
  return findings
    .filter(({ severity }) => notes || severity !== 'info')
    .map(({ code, rules, region, proved }) => {
      const where = Object.entries(region ?? {}).map(([name, text]) => `${name} ${text}`)
      return [code, rules.join('+'), ...where, ...(proved ? [] : ['?'])].filter(Boolean).join(' ')
    })
}

const table = (
  inputs: readonly InputSpec[],
  rules: readonly (readonly string[])[],
  more: Partial<TableSpec> = {},
) => ({
  inputs,
  rules,
  ...more,
})

describe('gaps', () => {
  it('a hole between two rules, with the region in FEEL', () => {
    expect(said(table([AGE], [['< 18'], ['>= 20']]))).toEqual(['table.gap Age [18..20)'])
  })
  it('ends that leave out one value', () => {
    expect(said(table([AGE], [['< 18'], ['> 18']]))).toEqual(['table.gap Age 18'])
  })
  it('numbers are dense: after 5 comes more before 6', () => {
    expect(said(table([AGE], [['<= 5'], ['>= 6']]))).toEqual(['table.gap Age (5..6)'])
  })
  it('dates and months are not', () => {
    const dates = [['<= date("2026-06-30")'], ['>= date("2026-07-01")']]
    expect(said(table([{ name: 'D', type: 'date' }], dates))).toEqual([])
    const months = [['<= duration("P11M")'], ['>= duration("P1Y")']]
    expect(said(table([{ name: 'M', type: 'yearMonthDuration' }], months))).toEqual([])
    const hours = [['<= duration("PT1H")'], ['>= duration("PT2H")']]
    expect(said(table([{ name: 'T', type: 'dayTimeDuration' }], hours))).toEqual([
      'table.gap T (@"PT1H"..@"PT2H")',
    ])
  })
  it('whole numbers where the host knows them to be whole', () => {
    const model = modelOf([table([AGE], [['<= 5'], ['>= 6']])])
    const inputTypes = new Map([['Age', { kind: 'number', scale: 0 } as const]])
    expect(checkModel(model, { inputTypes }).findings.filter(({ code }) => code === 'table.gap')).toEqual([])
  })
  it('free text: whatever is not listed', () => {
    const colour: InputSpec = { name: 'Colour', type: 'string' }
    expect(said(table([colour], [['"red"'], ['"blue"']]))).toEqual(['table.gap Colour not("red", "blue")'])
    expect(said(table([colour], [['"red"'], ['not("red")']]))).toEqual([])
  })
  it('allowed values are all there are', () => {
    expect(said(table([AREA], [['"urban"'], ['"rural"']]))).toEqual([])
    expect(said(table([AREA], [['"urban"']]))).toEqual(['table.gap Area "rural"'])
    expect(said(table([ADULT_AGE], [['< 18'], ['[18..120]']]))).toEqual([])
  })
  it('null counts where a cell asks for it', () => {
    expect(said(table([AGE], [['< 5'], ['>= 5']]))).toEqual([])
    expect(
      said(
        table(
          [AGE, AREA],
          [
            ['null', '"urban"'],
            ['not(null)', '-'],
          ],
        ),
      ),
    ).toEqual(['table.gap Age null Area "rural"'])
  })
  it('a default output covers everything', () => {
    const outputs: OutputSpec[] = [{ name: 'out', otherwise: '"none"' }]
    expect(said(table([AGE], [['< 18', '"x"']], { outputs }))).toEqual([])
  })
  it('collecting nothing is only noted', () => {
    expect(said(table([AGE], [['< 18']], { policy: 'COLLECT' }))).toEqual([])
    expect(said(table([AGE], [['< 18']], { policy: 'COLLECT' }), true)).toEqual(['table.gap Age >= 18'])
    expect(said(table([AGE], [['< 18']], { policy: 'RULE ORDER' }))).toEqual(['table.gap Age >= 18'])
  })
  it('two columns of the same input are one', () => {
    const rules = [
      ['>= 18', '< 65'],
      ['< 18', '-'],
      ['-', '>= 65'],
    ]
    expect(said(table([AGE, AGE], rules))).toEqual([])
  })
  it('a cell that calls a function leaves it open', () => {
    const name: InputSpec = { name: 'Name', type: 'string' }
    expect(said(table([name], [['starts with(?, "a")'], ['not(starts with(?, "a"))']]))).toEqual([
      'table.overlap 1+2 ?',
      'table.gap ?',
    ])
  })
  it('months of a date are whole and twelve', () => {
    const month: InputSpec = { name: 'Day.month', type: 'number' }
    const date = '<itemDefinition name="tDay"><typeRef>date</typeRef></itemDefinition>'
    const gaps = (...cells: string[]) =>
      checkModel(
        modelOf(
          [
            table(
              [month],
              cells.map((cell) => [cell]),
            ),
          ],
          date,
        ),
      )
        .findings.filter(({ code }) => code === 'table.gap')
        .map(({ region }) => region)
    expect(gaps('[1..6]', '[7..12]')).toEqual([])
    expect(gaps('[1..6]', '[8..12]')).toEqual([{ 'Day.month': '(6..8)' }])
  })
})
describe('rules that meet', () => {
  it('UNIQUE: overlap', () => {
    expect(said(table([AGE], [['<= 18'], ['>= 18']]))).toEqual(['table.overlap 1+2 Age 18'])
  })
  it('ANY: only where the outputs differ', () => {
    const rules = [
      ['<= 18', '"a"'],
      ['>= 18', '"a"'],
      ['>= 60', '"b"'],
    ]
    expect(said(table([AGE], rules, { policy: 'ANY' }))).toEqual(['table.contradiction 2+3 Age >= 60'])
  })
  it('PRIORITY: equal priority, other outputs differ', () => {
    const outputs: OutputSpec[] = [{ name: 'a', values: '"high","low"' }, { name: 'b' }]
    const rules = [
      ['<= 18', '"high"', '1'],
      ['>= 18', '"high"', '2'],
      ['-', '"low"', '1'],
    ]
    expect(said(table([AGE], rules, { policy: 'PRIORITY', outputs }))).toEqual([
      'table.contradiction 1+2 Age 18',
      'table.masked 3+1+2',
    ])
  })
  it('FIRST: a rule that others take whole, one after the other', () => {
    const rules = [
      ['< 30', '"a"'],
      ['>= 20', '"b"'],
      ['[10..60]', '"c"'],
    ]
    expect(said(table([AGE], rules, { policy: 'FIRST' }))).toEqual(['table.masked 3+1+2 Age [10..60]'])
    expect(
      said(
        table(
          [AGE],
          [
            ['< 30', '"a"'],
            ['-', '"b"'],
          ],
          { policy: 'FIRST' },
        ),
      ),
    ).toEqual([])
  })
  it('inside another rule with the same output; the same row twice', () => {
    const rules = [
      ['< 30', '1'],
      ['[10..20]', '1'],
      ['>= 30', '1'],
      ['>= 30', '1'],
    ]
    expect(said(table([AGE], rules, { policy: 'COLLECT', aggregation: 'SUM' }))).toEqual([
      'table.subsumed 2+1 Age [10..20]',
      'table.duplicate 3+4 Age >= 30',
    ])
  })
  it('two rows that could be one', () => {
    const rules = [
      ['< 16', '"a"'],
      ['[16..60)', '"b"'],
      ['[60..80)', '"c"'],
      ['>= 80', '"c"'],
    ]
    expect(said(table([AGE], rules), true)).toEqual(['table.mergeable 3+4 Age >= 60'])
  })
})
describe('cells', () => {
  it('tests that nothing meets', () => {
    for (const cell of ['[10..5]', '(5..5)', '? > 5 and ? < 3'])
      expect(
        said(
          table(
            [AGE],
            [
              [cell, '"a"'],
              ['-', '"b"'],
            ],
          ),
        ),
      ).toEqual(['table.unsatisfiable 1'])
  })
  it('constants outside the domain', () => {
    expect(said(table([AREA], [['"urban"'], ['"rual"'], ['"rural"']]))).toEqual(['table.domain 2'])
    expect(said(table([ADULT_AGE], [['< 18'], ['[18..1120]']]))).toEqual(['table.domain 2'])
    expect(said(table([AGE], [['"old"'], ['-']]))).toEqual(['table.domain 1'])
  })
  it('outputs outside type or values', () => {
    const outputs: OutputSpec[] = [{ name: 'out', type: 'number', values: '1,2,3' }]
    expect(
      said(
        table(
          [AGE],
          [
            ['< 5', '4'],
            ['>= 5', '"x"'],
          ],
          { outputs },
        ),
      ),
    ).toEqual(['table.output 1', 'table.output 2'])
  })
  it('a column that decides nothing', () => {
    expect(
      said(
        table(
          [AGE, AREA],
          [
            ['-', '"urban"', '1'],
            ['-', '"rural"', '2'],
          ],
        ),
        true,
      ),
    ).toEqual(['table.unused-column'])
  })
})
