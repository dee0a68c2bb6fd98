import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { checkFramework } from './check.ts'
import { checkCrosswalk, readCrosswalk } from './crosswalk.ts'
import { loadFramework } from './load.ts'

interface Fault {
  code: string
  at: string
  why?: string
  file: Record<string, unknown>
}

const BASE = `framework: base
version: "1"
status: draft
aggregate: points
nodes:
  - {code: T, points: 100}
  - {code: a, parent: T, points: 60}
  - {code: b, parent: T, points: 40}
  - {code: b1, parent: b, points: 40}
`
const read = (path: string) => (path === 'base@1.yaml' ? BASE : null)

function problemsOf(text: string) {
  const { framework, problems, locate } = loadFramework({ path: 'example.yaml', text, read })
  return { framework, problems: [...problems, ...(framework ? checkFramework(framework, locate) : [])] }
}

function problemsOfFile(file: Record<string, unknown>) {
  return problemsOf(stringify({ framework: 'example', version: '1', status: 'draft', ...file }))
}

const faults = parse(readFileSync(join(import.meta.dirname, 'check.yaml'), 'utf8')) as Fault[]

/** The codes that the command line promises. */
const CODES =
  'schema, duplicate-code, unknown-parent, cycle, no-root, points-sum, mixed-points-weight, weight-nonpositive, band-gap, band-order, band-unreachable, uom-mismatch, unknown-item, formula-syntax, formula-not-allowed, formula-type, goalposts-order, geometric-nonpositive, unscored-with-points, official-without-source, extends-hash, crosswalk-unknown'

describe('check names the fault and its place', () => {
  test.each(faults.map((f) => [`${f.code} at ${f.at}${f.why ? `: ${f.why}` : ''}`, f] as const))(
    '%s',
    (_, fault) => {
      const { problems } = problemsOfFile(fault.file)
      const found = problems.filter((p) => p.severity === 'error').map((p) => `${p.code} ${p.path}`)
      expect(found).toContain(`${fault.code} ${fault.at}`)
      for (const p of problems) {
        expect(p.line).toBeGreaterThan(0)
        expect(p.message.vi).not.toBe(p.message.en)
      }
    },
  )

  test('every promised code has an example, here or below', () => {
    const seen = new Set(faults.map((f) => f.code)).add('crosswalk-unknown')
    expect(CODES.split(', ').filter((code) => !seen.has(code))).toEqual([])
  })
})

test('a file that is no YAML still has the hash of its bytes', () => {
  const text = 'a: [\n'
  const { framework, sha256 } = loadFramework({ path: 'example.yaml', text, read })
  expect(framework).toBeNull()
  expect(sha256).toBe(createHash('sha256').update(text).digest('hex'))
})

test('a tree of more than a hundred levels is refused once, at the first level too many', () => {
  const nodes = Array.from({ length: 120 }, (_, i) =>
    i === 0 ? { code: 'n0' } : { code: `n${i}`, parent: `n${i - 1}` },
  )
  const { framework, problems } = problemsOfFile({ nodes })
  expect(framework).toBeNull()
  expect(problems.map((p) => `${p.code} ${p.path}`)).toEqual(['schema nodes[100].parent'])
})

describe('what is right is left alone', () => {
  test('geometric over posts, over a scale above zero, and over means of minmax', () => {
    const nodes = [
      { code: 'T', aggregate: 'geometric' },
      { code: 'P', parent: 'T' },
      { code: 'x', parent: 'P' },
      { code: 'y', parent: 'P' },
    ]
    expect(problemsOfFile({ normalise: { minmax: [0, 100] }, nodes }).problems).toEqual([])
    expect(
      problemsOfFile({ normalise: { minmax: [1, 100] }, aggregate: 'geometric', nodes }).problems,
    ).toEqual([])
  })

  test('a power mean above 0 over z-scores around 100, though not around 0', () => {
    const nodes = [{ code: 'T' }, { code: 'x', parent: 'T' }, { code: 'y', parent: 'T' }]
    const aggregate = { method: 'power', p: 2 }
    const codes = (range: number[]) =>
      problemsOfFile({ normalise: { method: 'zscore', range }, aggregate, nodes }).problems.map((p) => p.code)
    expect(codes([100, 10])).toEqual([])
    expect(codes([0, 1])).toEqual(['geometric-nonpositive'])
  })

  test('a node with one child passes its scale on', () => {
    const nodes = [
      { code: 'T', aggregate: 'geometric' },
      { code: 'P', parent: 'T' },
      { code: 'x', parent: 'P' },
    ]
    expect(problemsOfFile({ normalise: 'minmax', nodes }).problems.map((p) => p.code)).toEqual([
      'geometric-nonpositive',
    ])
  })

  test('a problem stands on its line', () => {
    const { problems } = problemsOf(
      'framework: a\nversion: "1"\nstatus: draft\nnodes:\n  - {code: T}\n  - {code: x, parent: T, weight: -1}\n',
    )
    expect(problems).toMatchObject([
      {
        code: 'weight-nonpositive',
        file: 'example.yaml',
        line: 6,
        column: 34,
        path: 'nodes[1].weight',
        value: '-1',
      },
    ])
  })

  test('text that is no YAML is a problem, not an exception', () => {
    expect(problemsOf('a: [1').problems[0]).toMatchObject({ code: 'schema', severity: 'error' })
    expect(problemsOf('- 1').problems[0]).toMatchObject({ code: 'schema' })
    expect(problemsOf('').problems[0]).toMatchObject({ code: 'schema' })
  })
})

describe('cascades', () => {
  const hash = createHash('sha256').update(BASE).digest('hex')
  const cascade = (patch: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    problemsOfFile({ extends: 'base@1', extends_sha256: hash, patch, ...more })

  test('drop, add and set in this order; a dropped node takes its children along', () => {
    const { framework, problems } = cascade({
      drop: ['b'],
      add: [{ code: 'c', parent: 'T', points: 10, feeds: 'b1' }],
      set: { a: { points: 90 } },
    })
    expect(problems).toEqual([])
    expect(framework!.nodes.map((n) => [n.code, n.points])).toEqual([
      ['T', 100],
      ['a', 90],
      ['c', 10],
    ])
    expect(framework!.extends).toMatchObject({ code: 'base', version: '1', sha256: hash })
    expect(framework!.aggregate.method).toBe('points')
  })

  test('sums are checked after the patch, at the place that changed', () => {
    expect(cascade({ set: { T: { points: 90 } } }).problems.map((p) => `${p.code} ${p.path}`)).toEqual([
      'points-sum patch.set.T.points',
    ])
  })

  test('what the parent does not have cannot be dropped, set or fed', () => {
    const { problems } = cascade({
      drop: ['z'],
      set: { y: { points: 1 } },
      add: [{ code: 'c', parent: 'a', points: 60, feeds: 'z' }],
    })
    expect(problems.map((p) => `${p.code} ${p.path}`)).toEqual([
      'unknown-item patch.drop[0]',
      'unknown-item patch.set.y',
      'unknown-item patch.add[0].feeds',
    ])
  })

  test('a fault of the parent is told with the parent file', () => {
    const { problems } = problemsOfFile({
      extends: 'base@1',
      extends_sha256: hash,
      patch: {},
      aggregate: 'arithmetic',
    })
    expect(problems.map((p) => p.file)).toContain('base@1.yaml')
  })
})

describe('crosswalks', () => {
  const rows = (text: string) => readCrosswalk(`from: base@1\nto: example@1\nrows:\n${text}`, 'a--b.yaml')
  const base = loadFramework({ path: 'base@1.yaml', text: BASE, read }).framework
  const other = problemsOfFile({ nodes: [{ code: 'T' }, { code: 'a', parent: 'T' }] }).framework

  test('codes that a side does not have', () => {
    const { crosswalk } = rows(
      '  - {from: a, to: a, kind: same}\n  - {from: b, to: bb, kind: replaced}\n  - {from: q, kind: dropped}',
    )
    expect(
      checkCrosswalk(crosswalk!, base, other, 'a--b.yaml').map((p) => [p.code, p.path, p.value]),
    ).toEqual([
      ['crosswalk-unknown', 'rows[2].from', 'q'],
      ['crosswalk-unknown', 'rows[1].to', 'bb'],
    ])
    expect(checkCrosswalk(crosswalk!, null, other, 'a--b.yaml')[0]).toMatchObject({
      code: 'crosswalk-unknown',
      path: 'from',
    })
  })

  test('a row must have the sides that its kind wants', () => {
    expect(rows('  - {from: a, to: a, kind: new}').problems[0]).toMatchObject({
      code: 'schema',
      path: 'rows[0].kind',
    })
    expect(rows('  - {from: a, kind: same}').problems[0]).toMatchObject({
      code: 'schema',
      path: 'rows[0].kind',
    })
    expect(rows('  - {from: a, to: a, kind: equal}').problems[0]).toMatchObject({ code: 'schema' })
  })
})
