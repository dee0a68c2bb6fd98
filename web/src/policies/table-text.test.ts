import { describe, expect, it } from 'vitest'
import { tablesOf, withoutRule, withRule, withTableCell } from './table-text.ts'

const file = `<dmn:definitions xmlns:dmn="https://www.omg.org/spec/DMN/20230324/MODEL/">
  <!-- <dmn:decisionTable> in a comment is none -->
  <dmn:decision id="d" name="Nhóm">
    <dmn:decisionTable hitPolicy="FIRST">
      <dmn:input label="Tuổi"><dmn:inputExpression><dmn:text>age</dmn:text></dmn:inputExpression></dmn:input>
      <dmn:output/>
      <dmn:rule id="r1"><dmn:inputEntry id="i1"><dmn:text>&lt; 16</dmn:text></dmn:inputEntry><dmn:outputEntry><dmn:text><![CDATA["a" < "b"]]></dmn:text></dmn:outputEntry></dmn:rule>
      <dmn:rule id="r2"><dmn:inputEntry id="i2"><dmn:text>-</dmn:text></dmn:inputEntry><dmn:outputEntry><dmn:text>"c"</dmn:text></dmn:outputEntry></dmn:rule>
    </dmn:decisionTable>
  </dmn:decision>
</dmn:definitions>
`
const table = (text: string) => tablesOf(text)[0]!

describe('a decision table in the text of its file', () => {
  it('is read with its columns, rules and hit policy', () => {
    expect(tablesOf(file)).toHaveLength(1)
    const { decision, hitPolicy, inputs, outputs, rules } = table(file)
    expect({ decision, hitPolicy, inputs, outputs }).toEqual({
      decision: 'Nhóm',
      hitPolicy: 'FIRST',
      inputs: [{ label: 'Tuổi', expression: 'age' }],
      outputs: [{ label: 'Nhóm' }],
    })
    expect(rules.map((rule) => [...rule.inputs, ...rule.outputs].map(({ text }) => text))).toEqual([
      ['< 16', '"a" < "b"'],
      ['-', '"c"'],
    ])
  })

  it('changes one cell and no other character', () => {
    const changed = withTableCell(file, table(file).rules[0]!.inputs[0]!, '<= 18')
    expect(changed).toBe(file.replace('&lt; 16', '&lt;= 18'))
    expect(table(changed).rules[0]!.inputs[0]!.text).toBe('<= 18')
  })

  it('doubles a rule under fresh ids and takes it away again', () => {
    const more = withRule(file, table(file).rules[0]!)
    expect(table(more).rules.map((rule) => rule.inputs[0]!.text)).toEqual(['< 16', '< 16', '-'])
    expect(more).toContain('id="r1-2"')
    expect(more).toContain('id="i1-2"')
    expect(withoutRule(more, table(more), table(more).rules[1]!)).toBe(file)
  })

  it('keeps its last rule', () => {
    const one = withoutRule(file, table(file), table(file).rules[0]!)
    expect(table(one).rules).toHaveLength(1)
    expect(withoutRule(one, table(one), table(one).rules[0]!)).toBe(one)
  })
})
