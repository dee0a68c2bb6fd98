import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { resultHash } from '../certificate.ts'
import { readSpec, type SynthSpec } from '../population/synth/spec.ts'
import { synthesise } from '../population/synth/synthesise.ts'
import { readTables } from '../population/synth/tables.ts'
import { simulate } from './simulate.ts'

const models = fileURLToPath(new URL('../../../../models/', import.meta.url))
const margins = join(models, 'populations/viet-nam')

function filesOf(folder: string, at = ''): [string, string][] {
  return readdirSync(join(folder, at), { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const path = at === '' ? entry.name : `${at}/${entry.name}`
    return entry.isDirectory() ? filesOf(folder, path) : [[path, readFileSync(join(folder, path), 'utf8')]]
  })
}

test('the household bundle on a synthetic population: kernel and interpreter to the last digit, old law and new', async () => {
  const files = new Map(filesOf(join(models, 'policies/thu-nhap-ho-gia-dinh')))
  const tables = new Map(filesOf(margins))
  const spec = readSpec(tables.get('spec.yaml') as string, 'spec.yaml').spec as SynthSpec
  const { provinces } = readTables(spec, tables)
  const population = synthesise(spec, provinces, { seed: 5, share: 0.000025, specSha256: 'x' })
  const run = (backend: 'kernel' | 'interpreter', chunk: number) =>
    simulate(
      {
        base: { files, reforms: [{ id: 'luat-thue-cu' }] },
        reform: { files, reforms: [] },
        period: '2026-07',
        population,
        backend,
        chunk,
      },
      { analyses: ['paths', 'emtr', 'invariants', 'equal'] },
    )
  const kernel = await run('kernel', 16_384)
  const interpreter = await run('interpreter', 500)
  expect(resultHash(interpreter)).toBe(resultHash(kernel))
  expect(kernel.winners.persons.lose).toBe(0n)
  expect(Number(kernel.budget[0]?.difference)).toBeLessThan(0)
})
