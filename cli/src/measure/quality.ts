import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { readData } from '@nhip/measure/data/read-data'
import { asPublished } from '@nhip/measure/publish/as-published'
import { applyRules } from '@nhip/measure/quality/apply-rules'
import { loadRules } from '@nhip/measure/quality/rules'
import { type Io, UsageError } from '../verb.ts'
import { dataOptions, printProblems, readText, Unusable, withUsable } from './open.ts'
import { problemJson } from './problem-json.ts'

/** `nhip measure quality DATA --rules R.yaml`: what looks wrong in the data; exit 1 when a finding is an error. */
export async function quality(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...dataOptions, rules: { type: 'string' }, period: { type: 'string' } },
  })
  if (values.rules === undefined)
    throw new UsageError({ vi: 'Thiếu --rules QUY-TẮC.yaml.', en: '--rules R.yaml is missing.' })
  return withUsable(io, () => {
    const loaded = loadRules(readText(values.rules, '--rules'), basename(values.rules as string))
    if (!loaded.rules) throw new Unusable(loaded.problems)
    const { rules } = loaded
    const texts = new Set([...rules.texts, rules.hierarchy ?? 'parent'])
    const [path] = positionals
    const { data, problems } = readData(readText(path, 'DATA.csv'), {
      file: path === undefined ? '' : basename(path),
      roles: (item) => (texts.has(item) ? 'text' : 'unused'),
      ...(values.wide === undefined ? {} : { wide: values.wide }),
      ...(values.time === undefined ? {} : { time: values.time }),
      ...(values.period === undefined ? {} : { period: values.period }),
      ...(values['as-published'] === undefined ? {} : { asPublished: values['as-published'] }),
    })
    if (!data) throw new Unusable(problems)
    const {
      ok,
      findings,
      problems: unsound,
    } = applyRules(rules, asPublished(data.rows, values['as-published']), basename(values.rules as string))
    if (unsound.length > 0) throw new Unusable(unsound)
    if (io.json) io.stdout.write(`${JSON.stringify({ ok, findings: findings.map(problemJson) })}\n`)
    else {
      for (const f of findings) {
        const place = [f.unit, f.item, f.period].filter((x) => x !== undefined).join(' · ')
        io.stdout.write(
          `${f.severity} ${f.code} [${f.rule}] ${place === '' ? '' : `${place}: `}${f.message[io.lang]}\n`,
        )
      }
      io.stdout.write(
        io.lang === 'vi'
          ? `${findings.length} phát hiện${ok ? ', không có lỗi chặn' : ', có lỗi chặn'}.\n`
          : `${findings.length} findings${ok ? ', none of them an error' : ', some of them errors'}.\n`,
      )
    }
    printProblems(problems, io)
    return ok ? 0 : 1
  })
}
