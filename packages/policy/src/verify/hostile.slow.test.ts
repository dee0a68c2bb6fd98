import { RandomStream } from '@nhip/random/stream'
import { expect, it } from 'vitest'
import { checkModel } from './check-model.ts'
import { modelOf } from './model.fixture.ts'

/** The stated size with NHIP_FULL=1, of which most is reading 172,000 cells. */
const [columns, clauses] = process.env.NHIP_FULL === '1' ? [200, 860] : [150, 645]

it(`${clauses} clauses of three words over ${columns} columns: given up by counted work, at the same place every time`, () => {
  const stream = new RandomStream('clauses')
  const below = (n: number) => Math.floor(stream.uniform() * n)
  const rules = Array.from({ length: clauses }, () => {
    const row = Array.from({ length: columns }, () => '-')
    for (let k = 0; k < 3; k++) row[below(columns)] = below(2) === 0 ? 'true' : 'false'
    return row
  })
  const inputs = Array.from({ length: columns }, (_, i) => ({ name: `v${i}`, type: 'boolean' }))
  const model = modelOf([{ policy: 'COLLECT', inputs, rules }])
  const [first, again] = [1, 2].map(() => {
    const begun = process.cpuUsage()
    const { findings, tables } = checkModel(model)
    return { findings, gaps: tables[0]?.gaps, cpuMs: process.cpuUsage(begun).user / 1_000 }
  })
  expect(first?.gaps).toBe('not proved')
  expect(first?.findings.map(({ code, proved }) => [code, proved])).toEqual([['table.gap', false]])
  expect(again?.findings).toEqual(first?.findings)
  // Within one second of a quiet machine; the second time nothing is compiled any more.
  console.log(
    `${Math.round(first?.cpuMs ?? 0)} ms, then ${Math.round(again?.cpuMs ?? 0)} ms of processor time`,
  )
  expect(again?.cpuMs).toBeLessThan(5_000)
})
