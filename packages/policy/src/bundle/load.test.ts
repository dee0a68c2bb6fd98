import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runTest } from '../interpret/run-test.ts'
import { loadedSample, SAMPLE } from '../sample.fixture.ts'
import { loadBundle } from './load.ts'

const names = [...SAMPLE.keys()]

/** A piece of a file cut out, doubled, or replaced by signs that YAML, XML and FEEL take seriously. */
const damage = fc.record({
  file: fc.constantFrom(...names),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 0, max: 30 }),
  put: fc.constantFrom(
    '',
    '{',
    '}',
    '[',
    ']',
    ':',
    '- ',
    '"',
    "'",
    '\n',
    '\t',
    '&a',
    '*a',
    '#',
    '<',
    'null',
    '1e999',
    '-5',
    '2026-13-40',
    'members',
    'parameters.',
    '(',
    'ệ',
    '\u{1F600}',
    '|',
    '>',
  ),
})

/** Damaged bundles; with the slow tests four times as many. */
const damaged = Number(process.env.NHIP_FUZZ_RUNS ?? (process.env.NHIP_TEST_ALL === '1' ? 60 : 15))

describe('loading', () => {
  it('never throws and always says where, whatever is broken', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (hits) => {
        const files = new Map(SAMPLE)
        for (const { file, at, length, put } of hits) {
          const text = files.get(file) ?? ''
          const from = Math.floor(at * text.length)
          files.set(file, text.slice(0, from) + put + text.slice(from + length))
        }
        const { bundle, problems } = loadBundle(files)
        for (const problem of problems) {
          expect(problem.message.vi).not.toBe('')
          expect(problem.message.en).not.toBe('')
          expect(problem.file).toBeDefined()
        }
        // What loads without an error also runs without an exception.
        if (bundle && problems.every((p) => p.severity !== 'error'))
          for (const test of bundle.tests) runTest(bundle, test)
      }),
      { numRuns: damaged, seed: 20260701 },
    )
  })

  it('does not depend on the order in which the files come', () => {
    const reversed = loadedSample(new Map([...SAMPLE].reverse()))
    expect([...reversed.model.parameters.keys()]).toEqual([...loadedSample().model.parameters.keys()])
  })

  it('says that a folder is no bundle', () => {
    expect(loadBundle(new Map([['goi/policy.yaml', '']])).problems).toMatchObject([
      { code: 'bundle.missing', hint: { vi: 'có "goi/policy.yaml"' } },
    ])
  })

  it('does not unfold aliases without end', () => {
    const bomb = [
      'a: &a [1,1,1,1,1,1,1,1,1,1]',
      ...'bcdefgh'
        .split('')
        .map((key, i) => `${key}: &${key} [${Array(10).fill(`*${'abcdefg'[i]}`).join(',')}]`),
    ].join('\n')
    const { problems } = loadBundle(new Map([['policy.yaml', bomb]]))
    expect(problems[0]?.code).toBe('yaml.syntax')
  })
})
