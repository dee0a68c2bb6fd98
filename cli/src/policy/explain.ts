import { parseArgs } from 'node:util'
import { explain as explainValue } from '@nhip/policy/explain/explain'
import { explanationJson, explanationText } from '@nhip/policy/explain/text'
import { idsOf, periodFor } from '@nhip/policy/interpret/answer'
import { type Io, UsageError } from '../verb.ts'
import { CASE_OPTIONS, once, openCase } from './eval.ts'
import { problemLines, refuse } from './read-bundle.ts'

/** `nhip policy explain BUNDLE --variable V --of ID`: why one value is what it is, down to the articles of law. */
export async function explain(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...CASE_OPTIONS, variable: { type: 'string' }, of: { type: 'string' } },
  })
  const opened = await openCase(positionals[0], values, io)
  if ('problems' in opened) return refuse(opened.problems, io)
  const { bundle, run } = opened
  const name = values.variable ?? ''
  const compiled = bundle.program.variables.get(name)
  if (compiled === undefined) {
    const names = [...bundle.program.variables.keys()].join(', ')
    throw new UsageError({
      vi: `Cần --variable, một trong: ${names}.`,
      en: `--variable is wanted, one of: ${names}.`,
    })
  }
  const ids = idsOf(compiled.entity, run.situation, bundle.model.person)
  const id = values.of ?? (ids.length === 1 ? ids[0] : undefined)
  if (id === undefined || !ids.includes(id)) {
    throw new UsageError({
      vi: `Cần --of, một trong: ${ids.join(', ')}.`,
      en: `--of is wanted, one of: ${ids.join(', ')}.`,
    })
  }
  const root = explainValue(run, name, id, periodFor(compiled.variable.period, run.situation.period.text))
  if (io.json) io.stdout.write(`${explanationJson(root, io.lang)}\n`)
  else {
    io.stdout.write(explanationText(root, bundle.model, io.lang))
    io.stderr.write(problemLines(once(run.warnings), io))
  }
  return 0
}
