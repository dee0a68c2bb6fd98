import { LineCounter, parseDocument } from 'yaml'
import { type MeasureProblem, say } from '../problem.ts'
import { isMapping } from './fields.ts'

/** A YAML file that knows on which line each of its paths stands. */
export interface YamlSource {
  file: string
  /** The top mapping. */
  value: Record<string, unknown>
  /** Line and column of the nearest node of a path such as `nodes[3].points`. */
  place(path: string): { line: number; column: number }
}

/** @returns null with problems when the text is no YAML mapping (code `schema`) */
export function readYamlSource(
  text: string,
  file: string,
): { source: YamlSource | null; problems: MeasureProblem[] } {
  const lines = new LineCounter()
  const doc = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const problems = doc.errors.map(
    (e): MeasureProblem => ({
      severity: 'error',
      code: 'schema',
      file,
      ...place(e.pos[0]),
      message: say(`Tệp không phải là YAML hợp lệ: ${e.code}`, `Not valid YAML: ${e.code}`),
    }),
  )
  if (problems.length > 0) return { source: null, problems }
  let value: unknown
  try {
    value = doc.toJS({ maxAliasCount: 100 })
  } catch {
    value = null
  }
  if (!isMapping(value)) {
    const message = say('Tệp phải là một bảng khóa: giá trị', 'The file must be a mapping')
    return {
      source: null,
      problems: [{ severity: 'error', code: 'schema', file, line: 1, column: 1, message }],
    }
  }
  return {
    source: {
      file,
      value,
      place(path) {
        const keys = pathKeys(path)
        for (; keys.length > 0; keys.pop()) {
          const node = doc.getIn(keys, true) as { range?: [number, number, number] } | undefined
          if (node?.range) return place(node.range[0])
        }
        return { line: 1, column: 1 }
      },
    },
    problems,
  }
}

function pathKeys(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map((m) =>
    m[1] !== undefined ? Number(m[1]) : (m[2] ?? m[3]!),
  )
}
