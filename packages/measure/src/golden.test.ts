import { describe, expect, test } from 'vitest'
import { openModel } from './golden.fixture.ts'
import { GOLDEN } from './golden-figures.fixture.ts'

/** Figures compared for each file. */
const CELLS: Record<string, number> = {
  'hdi-2022.yaml': 384,
  'dti-922-province-2022.yaml': 15,
  'index-766-2022.yaml': 8,
  'papi-2011.yaml': 754,
  'pci-2005.yaml': 84,
  'pci-2007.yaml': 128,
  'asem-2018.yaml': 561 + 51 + 2499,
}

describe('files of models/frameworks give the published figures', () => {
  test.each(Object.keys(GOLDEN))('%s', (name) => {
    const { framework, problems } = openModel(name)
    expect(problems).toEqual([])
    const comparison = GOLDEN[name]!(framework!)
    if (comparison === null) return
    expect(comparison.wrong).toEqual([])
    expect(comparison.cells).toBe(CELLS[name])
  })
})
