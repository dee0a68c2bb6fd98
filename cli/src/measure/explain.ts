import { parseArgs } from 'node:util'
import { explainScore, type ScoreTree } from '@nhip/measure/compute/explain-score'
import { type Io, UsageError } from '../verb.ts'
import { frameworkJson, scoresOf } from './compute.ts'
import { dataOptions, openData, openFramework, withUsable } from './open.ts'

/** `nhip measure explain FRAMEWORK.yaml DATA.csv --unit U [--node N]`: why a unit has its value, as a tree and a sentence. */
export async function explain(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...dataOptions,
      period: { type: 'string' },
      unit: { type: 'string' },
      node: { type: 'string' },
    },
  })
  const name = values.unit?.normalize('NFC')
  if (name === undefined) throw new UsageError({ vi: 'Thiếu --unit ĐƠN-VỊ.', en: '--unit UNIT is missing.' })
  return withUsable(io, () => {
    const { framework } = openFramework(positionals[0])
    const { data } = openData(framework, positionals[1], values)
    const scores = scoresOf(framework, data.panels, values.period).at(-1)
    const unit = scores?.units.find((u) => u.unit === name)
    if (!scores || !unit)
      throw new UsageError({
        vi: `Dữ liệu không có đơn vị "${name}".`,
        en: `The data have no unit "${name}".`,
      })
    const explained = explainScore(framework, scores, unit, values.node)
    if (!explained)
      throw new UsageError({
        vi: `Bộ chỉ số không có nút "${values.node}".`,
        en: `The framework has no node "${values.node}".`,
      })
    const { tree, sentence } = explained
    if (io.json) {
      io.stdout.write(
        `${JSON.stringify({ framework: frameworkJson(framework), unit: name, period: scores.period, tree, sentence })}\n`,
      )
    } else io.stdout.write(`${sentence[io.lang]}\n\n${lines(tree, io.lang, '').join('\n')}\n`)
    return 0
  })
}

function lines(tree: ScoreTree, lang: 'vi' | 'en', indent: string): string[] {
  const round = (x: number) => String(Number(x.toFixed(4)))
  const local = (text: string) => (lang === 'vi' ? text.replace('.', ',') : text)
  const value = tree.value === null ? '–' : local(round(tree.value))
  const points =
    tree.points === null || tree.max === null
      ? ''
      : ` (${local(round(tree.points))}/${local(round(tree.max))})`
  const own = `${indent}${tree.name?.[lang] ?? tree.code}: ${value}${points}${tree.how[lang] === '' ? '' : ` – ${tree.how[lang]}`}`
  return [own, ...tree.children.flatMap((child) => lines(child, lang, `${indent}  `))]
}
