import { expect, test } from 'vitest'
import { computePipeline } from '../compute/compute.ts'
import { prepareAll } from '../compute/pipeline.ts'
import { readData } from '../data/read-data.ts'
import { loadFramework } from '../framework/load.ts'
import { methodCard } from './method-card.ts'

test('equal weights on paper, unequal in effect: the item that varies decides', () => {
  const { framework } = loadFramework({
    path: 'x.yaml',
    text: `framework: x
version: "1"
status: illustrative
normalise: {method: none}
aggregate: {method: arithmetic}
nodes:
  - {code: T}
  - {code: lively, parent: T}
  - {code: dull, parent: T}
`,
    read: () => null,
  })
  const { data } = readData(
    'unit,item,value\nA,lively,0\nA,dull,5\nB,lively,10\nB,dull,5\nC,lively,5\nC,dull,5\n',
  )
  const [scores] = prepareAll(framework!, data!.panels).map(computePipeline)
  const card = methodCard(framework!, scores!)
  expect(card.weights).toEqual([
    { node: 'lively', parent: 'T', nominal: 0.5, effective: 1 },
    { node: 'dull', parent: 'T', nominal: 0.5, effective: 0 },
  ])
  expect(card).toMatchObject({
    engineSteps: { aggregate: 'arithmetic' },
    units: { scored: 3 },
    mapRule: null,
  })
  expect(card.framework.sha256).toBe(framework!.sha256)
})
