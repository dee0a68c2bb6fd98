import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Example, scoresOf } from '../examples.fixture.ts'
import type { Scores } from './compute.ts'

interface ExampleFile {
  what: string
  source?: string
  examples: Example[]
}

const folder = import.meta.dirname
const files = ['.', 'aggregate'].flatMap((room) =>
  readdirSync(join(folder, room))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, room, name)),
)

test('every method has its examples', () => {
  const names = files.map((file) => basename(file, '.yaml'))
  expect(names).toEqual(
    expect.arrayContaining([
      'impute',
      'winsorise',
      'box-cox',
      'transform',
      'normalise',
      'score-rule',
      'evaluate',
    ]),
  )
  expect(names).toEqual(
    expect.arrayContaining([
      'arithmetic',
      'power',
      'median',
      'mazziotta-pareto',
      'copeland',
      'borda',
      'benefit-of-doubt',
    ]),
  )
})

for (const file of files) {
  const { what, examples } = parse(readFileSync(file, 'utf8')) as ExampleFile
  describe(`${basename(file, '.yaml')}: ${what}`, () => {
    test.each(examples.map((e) => [e.name, e] as const))('%s', (_, example) => {
      const result = scoresOf(example)
      const { refused } = example.expected
      if (refused !== undefined || 'refused' in result) {
        expect('refused' in result ? result.refused : 'accepted').toBe(refused)
        return
      }
      for (const [key, wanted] of Object.entries(example.expected)) {
        expect.soft(figure(result.scores, example, key), key).toEqual(near(wanted))
      }
    })
  })
}

/** `score`, `rank`, `state`, `coverage`, `points`, `max`, `group` of every unit in the order of the data; `x.treated` of a node; `warnings`; `x.treatment` of an item. */
function figure(scores: Scores, example: Example, key: string): unknown {
  if (key === 'warnings') {
    return scores.warnings
      .filter((w) => w.code !== 'draft')
      .map((w) => [w.code, w.unit, w.item].filter(Boolean).join(' '))
  }
  const units = Object.values(example.data)[0]!
  const [node, what] = key.split('.') as [string, string | undefined]
  const item = scores.items.find((i) => i.item === node)
  if (what === 'treatment') return item?.treatment
  if (what === 'changed') return item?.treated
  return units.map((unit) => {
    const found = scores.units.find((s) => s.unit === unit)!
    return what === undefined
      ? found[node as keyof typeof found]
      : found.nodes[node]![what as keyof (typeof found.nodes)[string]]
  })
}

function near(wanted: unknown): unknown {
  if (Array.isArray(wanted)) return wanted.map(near)
  return typeof wanted === 'number' ? expect.closeTo(wanted, 9) : wanted
}
