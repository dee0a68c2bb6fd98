import { readFileSync } from 'node:fs'
import { toText } from '@nhip/feel/values'
import { expect, it } from 'vitest'
import { loadBundle } from './bundle/load.ts'
import { explain } from './explain/explain.ts'
import { explanationText } from './explain/text.ts'
import { runTest } from './interpret/run-test.ts'
import { caseOf } from './sample.fixture.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const files = new Map(
  ['policy.yaml', 'parameters/allowance.yaml', 'tests/allowance.yaml'].map((name) => {
    const block = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)]
      .map((m) => m[1] ?? '')
      .find((text) => text.startsWith(`# ${name}`))
    return [name, block ?? ''] as const
  }),
)

it('the bundle of the README loads, passes its test and is explained as the README shows', () => {
  const { bundle, problems } = loadBundle(files)
  expect(problems).toEqual([])
  if (!bundle) throw new Error('no bundle')
  expect(bundle.tests.map((test) => runTest(bundle, test).ok)).toEqual([true])
  const run = caseOf(bundle, '2026-08', {
    persons: { an: {}, bi: { birth: '2022-03-04' } },
    households: { h: { heads: ['an'], children: ['bi'] } },
  })
  expect(toText(run.value('allowance', 'h', '2026-08').value)).toBe('500000')
  const text = explanationText(explain(run, 'allowance', 'h', '2026-08'), bundle.model, 'vi')
  const shown = /```\n(Trợ cấp \(h[\s\S]*?)```/
    .exec(readme)?.[1]
    ?.trimEnd()
    .split('\n')
    .filter((line) => !line.includes('…'))
  expect(shown?.length).toBeGreaterThan(4)
  for (const line of shown ?? []) expect(text).toContain(line.trim())
})

it('the mistake of the README is found at the place it names', () => {
  const policy = files.get('policy.yaml') ?? ''
  const { problems } = loadBundle(
    new Map(files).set('policy.yaml', policy.replace('parameters.allowance', 'parameters.alowance')),
  )
  const [problem] = problems
  expect(readme).toContain(
    `${problem?.file}:${problem?.line}:${problem?.column}: lỗi [${problem?.code}] ${problem?.message.vi}`,
  )
})
