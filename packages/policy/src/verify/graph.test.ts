import { describe, expect, it } from 'vitest'
import { loadDmn } from '../dmn/link.ts'
import { checkModel } from './check-model.ts'
import { dmnText, modelOf, type TableSpec } from './model.fixture.ts'

const GRADE: TableSpec = {
  name: 'Grade',
  inputs: [{ name: 'Age', type: 'number' }],
  rules: [
    ['< 18', '"young"'],
    ['[18..65)', '"adult"'],
    ['>= 65', '"old"'],
  ],
}

function said(tables: readonly TableSpec[]): string[] {
  return checkModel(modelOf(tables))
    .findings.filter(({ severity }) => severity !== 'info')
    .map(({ code, decision, rules, proved, witness }) =>
      [
        code,
        decision,
        rules.join('+'),
        proved ? '' : '?',
        witness ? `e.g. ${Object.values(witness).join(' ')}` : '',
      ]
        .filter(Boolean)
        .join(' '),
    )
}

const on = (rules: readonly (readonly string[])[], more: Partial<TableSpec> = {}): TableSpec => ({
  name: 'Result',
  inputs: [{ name: 'Grade', type: 'string' }],
  rules,
  ...more,
})

describe('tables one after the other', () => {
  it('what a table above gives is all there is: no gap for other words', () => {
    expect(
      said([
        GRADE,
        on([
          ['"young"', '1'],
          ['"adult"', '2'],
          ['"old"', '3'],
        ]),
      ]),
    ).toEqual([])
  })
  it('a gap is shown by an input of the table above', () => {
    expect(
      said([
        GRADE,
        on([
          ['"young"', '1'],
          ['"old"', '3'],
        ]),
      ]),
    ).toEqual(['table.gap Result e.g. 18'])
  })
  it('a rule that waits for a word that nobody says', () => {
    expect(
      said([
        GRADE,
        on([
          ['"young"', '1'],
          ['"adult"', '2'],
          ['"old"', '3'],
          ['"aged"', '4'],
        ]),
      ]),
    ).toEqual(['graph.unreachable Result 4'])
  })
  it('two words that are never said together', () => {
    const fare: TableSpec = {
      ...GRADE,
      name: 'Fare',
      rules: [
        ['< 6', '"free"'],
        ['>= 6', '"full"'],
      ],
    }
    const both = [
      { name: 'Grade', type: 'string' },
      { name: 'Fare', type: 'string' },
    ]
    const rules = [
      ['"young"', '-', '1'],
      ['not("young")', '"full"', '2'],
      ['"old"', '"free"', '3'],
    ]
    expect(said([GRADE, fare, on(rules, { inputs: both })])).toEqual(['graph.unreachable Result 3'])
    // Overlaps and gaps that need such a pair are none.
    const apart = [
      ['"young"', '-', '1'],
      ['not("young")', '"full"', '2'],
    ]
    expect(said([GRADE, fare, on(apart, { inputs: both })])).toEqual([])
  })
  it('a table and the input of the table above', () => {
    const inputs = [
      { name: 'Grade', type: 'string' },
      { name: 'Age', type: 'number' },
    ]
    const rules = [
      ['"young"', '-', '1'],
      ['not("young")', '>= 40', '2'],
      ['"adult"', '< 30', '3'],
    ]
    expect(said([GRADE, on(rules, { inputs })])).toEqual(['table.gap Result e.g. 30'])
    expect(
      said([
        GRADE,
        on(
          [
            ['"young"', '< 18', '1'],
            ['not("young")', '>= 18', '2'],
          ],
          { inputs },
        ),
      ]),
    ).toEqual([])
  })
  it('masked rules above give nothing to those below', () => {
    const first: TableSpec = {
      ...GRADE,
      policy: 'FIRST',
      rules: [
        ['< 18', '"young"'],
        ['-', '"adult"'],
      ],
    }
    expect(
      said([
        first,
        on([
          ['"young"', '1'],
          ['"adult"', '2'],
        ]),
      ]),
    ).toEqual([])
  })
  it('a component of a context, with a case that can be run', () => {
    const types =
      '<itemDefinition name="tApplicant"><itemComponent name="Age"><typeRef>number</typeRef></itemComponent><itemComponent name="Name"><typeRef>string</typeRef></itemComponent></itemDefinition>'
    const table: TableSpec = {
      name: 'R',
      inputs: [{ name: 'Applicant.Age', type: 'number' }],
      rules: [['< 18'], ['> 18']],
    }
    const [gap] = checkModel(modelOf([table], types)).findings.filter(({ code }) => code === 'table.gap')
    expect(gap).toMatchObject({ proved: true, region: { 'Applicant.Age': '18' } })
    expect(String(gap?.witness?.Applicant)).not.toBe('')
  })
})

describe('requirements', () => {
  const text = dmnText([
    GRADE,
    on([
      ['"young"', '1'],
      ['"adult"', '2'],
      ['"old"', '3'],
    ]),
  ])
  const codes = (changed: string) => {
    const { model } = loadDmn({ name: 'm.dmn', text: changed })
    if (!model) throw new Error('the model must load')
    return checkModel(model)
      .findings.filter(({ severity }) => severity !== 'info')
      .map(({ code, value }) => `${code} ${value}`)
  }
  it('as they should be', () => expect(codes(text)).toEqual([]))
  it('read but not required, and then used by nobody', () => {
    const cut = text.replace(
      '<informationRequirement><requiredInput href="#in-Age"/></informationRequirement>',
      '',
    )
    expect(codes(cut)).toEqual(['graph.requirement Age', 'graph.unused Age'])
  })
  it('required but not read', () => {
    const more = text.replace(
      '<informationRequirement><requiredDecision href="#d0"/></informationRequirement>',
      '<informationRequirement><requiredDecision href="#d0"/></informationRequirement><informationRequirement><requiredInput href="#in-Age"/></informationRequirement>',
    )
    expect(codes(more)).toEqual(['graph.requirement Age'])
  })
})
