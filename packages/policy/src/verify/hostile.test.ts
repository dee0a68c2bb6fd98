import { RandomStream } from '@nhip/random/stream'
import { describe, expect, it } from 'vitest'
import { checkModel } from './check-model.ts'
import { modelOf, type TableSpec } from './model.fixture.ts'

const clock = () => performance.now()
const numbers = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `c${i}`, type: 'number' }))

/** A box cut again and again at random: rules that fit together without gap or overlap. */
function partition(count: number, width: number): string[][] {
  const stream = new RandomStream('partition', count * 100 + width)
  const below = (n: number) => Math.floor(stream.uniform() * n)
  const top = 1_000_000
  const boxes = [Array.from({ length: width }, () => [0, top] as [number, number])]
  while (boxes.length < count) {
    const i = below(boxes.length)
    const box = boxes[i] as [number, number][]
    const d = below(width)
    const [low, high] = box[d] as [number, number]
    if (high - low < 4) continue
    const at = low + 1 + below(high - low - 2)
    boxes.splice(i, 1, box.with(d, [low, at]), box.with(d, [at, high]))
  }
  return boxes.map((box) =>
    box.map(([low, high]) =>
      low === 0 && high === top
        ? '-'
        : low === 0
          ? `< ${high}`
          : high === top
            ? `>= ${low}`
            : `[${low}..${high})`,
    ),
  )
}

/** Without a clock the limit is a number of steps, the same on every machine. */
function checked(table: TableSpec, budgetMs = 2_000) {
  const model = modelOf([table])
  const begun = clock()
  const { findings, tables } = checkModel(model, { budgetMs })
  return { findings, summary: tables[0], ms: clock() - begun }
}

describe('large and hostile tables', { timeout: 30_000 }, () => {
  const rules = partition(300, 6)
  it('300 rules in six columns are proved complete and free of overlaps', () => {
    const { summary } = checked({ inputs: numbers(6), rules })
    expect(summary).toMatchObject({ gaps: 'none', overlaps: 'none', rules: 300, columns: 6 })
  })
  it('three rules left out are found, each as one region', () => {
    const left = rules.filter((_, i) => ![100, 150, 290].includes(i))
    const { findings } = checked({ inputs: numbers(6), rules: left })
    const gaps = findings.filter(({ code }) => code === 'table.gap')
    expect(gaps).toHaveLength(3)
    expect(gaps.every(({ proved }) => proved)).toBe(true)
  })
  it('what cannot be settled in time is said to be not proved, with an estimate', () => {
    // Clauses of three words over 100: whether all cases are covered is satisfiability at its hardest.
    const stream = new RandomStream('clauses')
    const below = (n: number) => Math.floor(stream.uniform() * n)
    const clauses = Array.from({ length: 430 }, () => {
      const row = Array.from({ length: 100 }, () => '-')
      for (let k = 0; k < 3; k++) row[below(100)] = below(2) === 0 ? 'true' : 'false'
      return row
    })
    const inputs = Array.from({ length: 100 }, (_, i) => ({ name: `v${i}`, type: 'boolean' }))
    const { findings, summary, ms } = checked({ policy: 'COLLECT', inputs, rules: clauses }, 10)
    expect(summary?.gaps).toBe('not proved')
    expect(
      findings.some(({ code, proved, value }) => code === 'table.gap' && !proved && value?.endsWith('%')),
    ).toBe(true)
    expect(ms).toBeLessThan(20_000)
  })
})
