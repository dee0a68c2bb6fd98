import { fromData } from '@nhip/feel/values'
import { describe, expect, it } from 'vitest'
import { DmnEngine } from './evaluate.ts'
import { type LinkedModel, loadDmn } from './link.ts'

/** A cell that speaks of its input by `?` is a condition on it; any other cell is compared with it (DMN 1.5, 10.3.2.8). */
describe('a cell with ?', () => {
  it.for([
    ['? = false', false, 'hit'],
    ['? = false', true, 'other'],
    ['not(?)', false, 'hit'],
    ['? > 5', 6, 'hit'],
    ['? > 5', 5, 'other'],
    // A condition that is not known does not hold, although the input is null too.
    ['? > 5', null, 'other'],
    ['false', false, 'hit'],
  ] as const)('%s for %s', ([cell, input, expected]) => {
    expect(decide(cell, input)).toBe(expected)
  })
})

function decide(cell: string, input: boolean | number | null): unknown {
  const text = `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="x" name="q">
      <inputData id="i" name="A"><variable name="A"/></inputData>
      <decision id="d" name="D"><variable name="D" typeRef="string"/>
        <informationRequirement><requiredInput href="#i"/></informationRequirement>
        <decisionTable hitPolicy="FIRST"><input><inputExpression><text>A</text></inputExpression></input><output/>
          <rule><inputEntry><text>${cell.replace('>', '&gt;')}</text></inputEntry><outputEntry><text>"hit"</text></outputEntry></rule>
          <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"other"</text></outputEntry></rule>
        </decisionTable></decision></definitions>`
  const { model } = loadDmn({ name: 'q.dmn', text }, [])
  return new DmnEngine(model as LinkedModel).evaluate('D', { A: fromData(input) }).value
}
