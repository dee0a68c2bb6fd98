import { parseArgs } from 'node:util'
import type { Problem } from '@nhip/canonical/problem'
import { BUILT_IN_NAMES } from '@nhip/feel/builtins'
import { compile } from '@nhip/feel/compile'
import { parse } from '@nhip/feel/parse'
import { typeOf, typeText } from '@nhip/feel/types'
import { Context, toText } from '@nhip/feel/values'
import { readYaml } from '@nhip/policy/bundle/yaml-file'
import { valueJson } from '@nhip/policy/interpret/answer'
import { contextOf } from '../policy/dmn-file.ts'
import { problemLines, readText, refuse } from '../policy/read-bundle.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = {
  vi: 'FEEL: tính một biểu thức',
  en: 'FEEL: evaluate an expression',
}
export const help = {
  vi: `nhip feel eval BIỂU-THỨC [--context C.json]   tính một biểu thức FEEL (DMN 1.5)

  C.json là {tên: giá trị}; số đọc đủ mọi chữ số, chữ có dạng ngày, giờ hay khoảng thời gian được hiểu như vậy.
  --json cho {"value","type","warnings"}. Đối số bắt đầu bằng dấu trừ thì viết sau --.

Mã thoát: 0 xong · 2 biểu thức viết sai hoặc dùng sai`,
  en: `nhip feel eval EXPRESSION [--context C.json]   evaluates a FEEL expression (DMN 1.5)

  C.json is {name: value}; numbers are read with all their digits, texts in the form of dates, times and durations as such.
  --json gives {"value","type","warnings"}. An argument that begins with a minus stands after --.

Exit codes: 0 done · 2 the expression cannot be read, or usage`,
}

export async function run(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { context: { type: 'string' } },
  })
  const [action, text, ...more] = positionals
  if (action !== 'eval' || text === undefined || more.length > 0) {
    throw new UsageError({ vi: 'Viết: nhip feel eval "1 + 2".', en: 'Write: nhip feel eval "1 + 2".' })
  }
  let context = new Context(new Map())
  if (values.context !== undefined) {
    const { yaml, problems } = readYaml(await readText(values.context, io), values.context)
    const read = yaml && contextOf(yaml)
    if (!read) {
      const message = { vi: 'ngữ cảnh phải là {tên: giá trị}', en: 'the context must be {name: value}' }
      return refuse(
        problems.length > 0 ? problems : [{ severity: 'error', code: 'schema.type', message }],
        io,
      )
    }
    context = read
  }
  const types = new Map([...context.entries].map(([name, value]) => [name, typeOf(value)]))
  const { ast, problems } = parse(text, {
    names: [...types.keys()],
    typeOf: (name) => types.get(name),
    functions: BUILT_IN_NAMES,
  })
  if (problems.length > 0) return refuse(problems, io)
  const { value, warnings } = compile(ast).evaluate(context)
  const found: Problem[] = warnings.map(({ code, span, message }) => ({
    severity: 'warning',
    code,
    line: span.line,
    column: span.column,
    message,
  }))
  if (io.json) {
    const type = JSON.stringify(typeText(typeOf(value)))
    io.stdout.write(`{"value":${valueJson(value)},"type":${type},"warnings":${JSON.stringify(found)}}\n`)
    return 0
  }
  io.stdout.write(`${toText(value)}\n`)
  io.stderr.write(problemLines(found, io))
  return 0
}
