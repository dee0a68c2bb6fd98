import { describe, expect, test } from 'vitest'
import { readData } from '../data/read-data.ts'
import { dataRoles } from '../framework/data-roles.ts'
import { loadFramework } from '../framework/load.ts'
import { openModel, sharedFile } from '../golden.fixture.ts'
import { cronbachAlpha, diagnose } from './diagnostics.ts'
import { prepare } from './pipeline.ts'
import { principalComponents } from './principal-components.ts'

function pipelineOf(yaml: string, csv: string) {
  const text = `framework: t\nversion: "1"\nstatus: draft\n${yaml}`
  const { framework } = loadFramework({ path: 't.yaml', text, read: () => null })
  return prepare(framework!, readData(csv, { wide: 'unit' }).data!.panels[0]!)
}

describe('diagnostics', () => {
  test("Cronbach's alpha: equal columns 1, unrelated ones near 0", () => {
    expect(cronbachAlpha([Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 3)])).toBeCloseTo(1, 12)
    // variances 1 and 1, variance of the sum 2 + 2·0.5 = 3: 2·(1 − 2/3)
    expect(cronbachAlpha([Float64Array.of(1, 2, 3), Float64Array.of(2, 1, 3)])).toBeCloseTo(2 / 3, 12)
    expect(cronbachAlpha([Float64Array.of(1, 2, 3)])).toBeNull()
    expect(cronbachAlpha([Float64Array.of(1, Number.NaN, 3), Float64Array.of(1, 2, 3)])).toBeNull()
  })

  test('components of a 2 × 2 correlation matrix are 1 ± r', () => {
    const [first, second] = principalComponents([
      [1, 0.6],
      [0.6, 1],
    ])
    expect(first!.eigenvalue).toBeCloseTo(1.6, 12)
    expect(first!.loadings).toEqual([expect.closeTo(Math.SQRT1_2, 12), expect.closeTo(Math.SQRT1_2, 12)])
    expect(second!.share).toBeCloseTo(0.2, 12)
  })

  test('siblings that contradict or repeat one another are flagged', () => {
    const pipeline = pipelineOf(
      'nodes: [{code: T}, {code: x, parent: T}, {code: y, parent: T}, {code: z, parent: T}]',
      'unit,x,y,z\nA,1,2,3\nB,2,4.1,2\nC,3,6,1\nD,4,8,2.5\n',
    )
    const [top] = diagnose(pipeline).nodes
    expect(top!.flags.map((f) => `${f.a}-${f.b} ${f.flag}`)).toEqual([
      'x-y redundant',
      'x-z negative',
      'y-z negative',
    ])
  })

  test('an item that nobody differs by explains nothing, whatever its weight', () => {
    const pipeline = pipelineOf(
      'nodes: [{code: T}, {code: x, parent: T, weight: 9}, {code: y, parent: T}]',
      'unit,x,y\nA,5,2\nB,5,4\nC,5,6\n',
    )
    const { nodes, removeOne } = diagnose(pipeline)
    expect(nodes[0]!.weights).toEqual([
      { child: 'x', nominal: 0.9, effective: null },
      { child: 'y', nominal: 0.1, effective: expect.closeTo(1, 12) },
    ])
    expect(removeOne).toEqual([
      { item: 'y', shift: 1 },
      { item: 'x', shift: 0 },
    ])
  })

  test('ASEM: forty-nine items left out one by one, eleven nodes described', () => {
    const text = sharedFile('conformance/composite-index/asem_raw.csv')
    if (text === null) return
    const framework = openModel('asem-2018.yaml').framework!
    const roles = dataRoles(framework)
    const { data } = readData(text, { wide: 'uCode', roles: (item) => roles.get(item) ?? 'unused' })
    const { nodes, removeOne } = diagnose(prepare(framework, data!.panels[0]!))
    expect([nodes.length, removeOne.length]).toEqual([11, 49])
    for (const { components, weights } of nodes) {
      expect(components.reduce((sum, c) => sum + c.eigenvalue, 0)).toBeCloseTo(weights.length, 9)
    }
    expect(removeOne[0]!.shift).toBeGreaterThan(0)
  })
})
