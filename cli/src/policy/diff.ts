import { parseArgs } from 'node:util'
import type { Bundle } from '@nhip/policy/bundle/bundle'
import { type Change, changesBetween } from '@nhip/policy/diff/changes'
import { type Io, UsageError } from '../verb.ts'
import { hasErrors, openBundle, refuse } from './read-bundle.ts'

/**
 * `nhip policy diff A B`: what the second bundle changes, article by article; `diff A --reform R` what a reform changes. Exit 1
 * when they differ.
 */
export async function diff(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { reform: { type: 'string', multiple: true }, population: { type: 'string' } },
  })
  if (values.population !== undefined) {
    throw new UsageError({
      vi: 'So sánh trên dân số: dùng nhip policy simulate với --reform.',
      en: 'To compare over a population use nhip policy simulate with --reform.',
    })
  }
  const [first, second = first] = positionals
  if (first === second && values.reform === undefined) {
    throw new UsageError({
      vi: 'Cần hai gói, hoặc một gói và --reform: nhip policy diff A B.',
      en: 'Want two bundles, or one and --reform: nhip policy diff A B.',
    })
  }
  const old = await openBundle(first)
  if (!old.bundle || hasErrors(old.problems)) return refuse(old.problems, io)
  const now = await openBundle(second, values.reform)
  if (!now.bundle || hasErrors(now.problems)) return refuse(now.problems, io)
  const changes = changesBetween(modelOf(old.bundle), modelOf(now.bundle))
  if (io.json) io.stdout.write(`${JSON.stringify({ changes, impact: null })}\n`)
  else {
    for (const change of changes) io.stdout.write(changeText(change, io.lang))
    io.stdout.write(io.lang === 'vi' ? `${changes.length} thay đổi\n` : `${changes.length} changes\n`)
  }
  return changes.length === 0 ? 0 : 1
}

const modelOf = ({ model }: Bundle) => model

const WORDS = {
  vi: { added: 'thêm', removed: 'bỏ', changed: 'sửa', before: 'cũ', after: 'mới', from: 'từ' },
  en: { added: 'added', removed: 'removed', changed: 'changed', before: 'old', after: 'new', from: 'from' },
}

function changeText({ kind, path, from, title, before, after, reference }: Change, lang: Io['lang']): string {
  const words = WORDS[lang]
  const how = kind.split('.')[1] as 'added' | 'removed' | 'changed'
  const law = reference && `${reference.article}, ${reference.number ?? reference.title[lang]}`
  const what = [title?.[lang], path, from && `${words.from} ${from}`].filter(Boolean).join(' · ')
  const lines = [
    law ? `${law}: ${words[how]} ${what}` : `${words[how]} ${what}`,
    ...(before === null ? [] : [`    ${words.before}: ${before}`]),
    ...(after === null ? [] : [`    ${words.after}: ${after}`]),
  ]
  return `${lines.join('\n')}\n`
}
