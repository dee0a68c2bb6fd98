import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { FitSummary } from './fit.ts'
import { readSpec, type SynthSpec } from './spec.ts'
import { synthesise } from './synthesise.ts'
import { readTables } from './tables.ts'

const folder = fileURLToPath(new URL('../../../../../models/populations/viet-nam/', import.meta.url))
const text = (name: string): string => readFileSync(join(folder, name), 'utf8')

test.each([1, 2, 3])('one per cent of Viet Nam, seed %i: persons, households and fifths fit', (seed) => {
  const spec = readSpec(text('spec.yaml'), 'spec.yaml').spec as SynthSpec
  const { provinces } = readTables(
    spec,
    new Map(['age.csv', 'residence.csv', 'income.csv', 'poverty.csv'].map((f) => [f, text(f)])),
  )
  const { manifest, persons } = synthesise(spec, provinces, { seed, share: 0.01, specSha256: 'x' })
  expect(persons).toBeGreaterThan(1_000_000)
  const { margins } = manifest.fit as unknown as FitSummary
  const worst = Object.fromEntries(margins.map(({ margin, worst: w }) => [margin, w]))
  for (const margin of [
    'persons',
    'households',
    'persons by area',
    'persons by province',
    'households by province',
  ])
    expect([margin, (worst[margin] as number) < 0.005]).toEqual([margin, true])
  for (const margin of [
    // A hundredth of the households: single cells of age keep the noise of a sample.
    'persons by age and sex',
    'income per head, mean',
    'income per head by area',
    'income per head, lowest and highest fifth',
    'income per head by province and fifth',
  ])
    expect([margin, (worst[margin] as number) < 0.02]).toEqual([margin, true])
})
