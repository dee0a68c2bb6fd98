import { describe, expect, test } from 'vitest'
import {
  bundleHashes,
  certify,
  inputDifferences,
  readCertificate,
  resultDifferences,
  type SimulationInputs,
} from './certificate.ts'
import { CLIFF_LAW, populationOf } from './simulate/sample.fixture.ts'
import { simulate } from './simulate/simulate.ts'

const population = populationOf([
  { salaries: [5_950_000], children: 1 },
  { salaries: [12_000_000, 3_000_000], children: 2, weight: 4 },
])
const run = () =>
  simulate(
    {
      base: { files: CLIFF_LAW, reforms: [] },
      reform: { files: CLIFF_LAW, reforms: [{ id: 'bo-tro-cap' }] },
      period: '2026-07',
      population,
    },
    { analyses: ['paths'] },
  )
const inputs: SimulationInputs = {
  bundle: bundleHashes(CLIFF_LAW),
  base: [],
  reform: [{ id: 'bo-tro-cap', sha256: null }],
  population: [{ kind: 'files', id: 'mau', files: { 'persons.parquet': 'aa', 'households.parquet': 'bb' } }],
  options: {
    period: '2026-07',
    as_known: null,
    threshold: { amount: 1000, percent: 1 },
    margin: null,
    analyses: ['paths'],
  },
}
const times = { started: '2026-11-22T00:00:00.000Z', ms: 12 }

describe('a certificate', { timeout: 30_000 }, () => {
  test('is reproduced by running again', async () => {
    const made = certify([await run()], inputs, times)
    const { certificate } = readCertificate(JSON.parse(JSON.stringify(made)))
    expect(certificate && inputDifferences(certificate, inputs)).toEqual([])
    expect(certificate && resultDifferences(certificate, [await run()])).toEqual([])
  })

  test('is refused when any character of it has changed', async () => {
    const text = JSON.stringify(certify([await run()], inputs, times))
    let accepted = 0
    for (let i = 0; i < text.length; i += 7) {
      const other = text[i] === '1' ? '2' : '1'
      let data: unknown
      try {
        data = JSON.parse(text.slice(0, i) + other + text.slice(i + 1))
      } catch {
        continue
      }
      if (text[i] !== other && readCertificate(data).certificate !== null) accepted++
    }
    expect(accepted).toBe(0)
  })

  test('names the file of law or population of which a byte has changed', async () => {
    const made = certify([await run()], inputs, times)
    const files = new Map(CLIFF_LAW)
    files.set('parameters/line.yaml', `${files.get('parameters/line.yaml')} `)
    expect(inputDifferences(made, { ...inputs, bundle: bundleHashes(files) })).toMatchObject([
      { code: 'certificate.input', path: '/bundle/parameters/line.yaml' },
    ])
    const changed = [
      { kind: 'files' as const, id: 'mau', files: { 'persons.parquet': 'aa', 'households.parquet': 'bc' } },
    ]
    expect(inputDifferences(made, { ...inputs, population: changed })).toMatchObject([
      { path: '/population/0/files/households.parquet' },
    ])
  })

  test('is not fulfilled by a result that differs in one đồng', async () => {
    const result = await run()
    const made = certify([result], inputs, times)
    const [line] = result.budget
    if (line === undefined) throw new Error('no budget')
    const other = {
      ...result,
      budget: [{ ...line, base: BigInt(String(line.base)) + 1n }, ...result.budget.slice(1)],
    }
    expect(resultDifferences(made, [other])).toMatchObject([{ code: 'certificate.result' }])
  })
})
