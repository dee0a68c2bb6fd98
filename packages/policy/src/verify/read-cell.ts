import type { TestsNode } from '@nhip/feel/ast'
import { BUILT_IN_NAMES } from '@nhip/feel/builtins'
import { parseUnaryTests } from '@nhip/feel/parse'
import type { FeelProblem } from '@nhip/feel/problem'

const NOTHING = { start: 0, end: 0, line: 1, column: 1 }
const ANYTHING: TestsNode = { ...NOTHING, kind: 'tests', any: true, negated: false, tests: [] }

/** A cell as a tree; an empty one and `-` accept everything. What cannot be read is an error node inside. */
export function readCell(
  text: string | undefined,
  names: readonly string[],
): { ast: TestsNode; problems: readonly FeelProblem[] } {
  const trimmed = text?.trim() ?? ''
  if (trimmed === '' || trimmed === '-') return { ast: ANYTHING, problems: [] }
  const { ast, problems } = parseUnaryTests(
    text as string,
    // Only names that occur can be meant: a trie of all of them for each cell would cost more than the cells.
    { names: names.filter((name) => trimmed.includes(name)), functions: BUILT_IN_NAMES },
    { unknownNames: 'keep' },
  )
  if (ast.kind === 'tests') return { ast, problems }
  return { ast: { ...ANYTHING, any: false, tests: [ast] }, problems }
}
