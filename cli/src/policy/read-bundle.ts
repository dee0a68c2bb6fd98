import { readFile, stat } from 'node:fs/promises'
import type { Problem } from '@nhip/canonical/problem'
import { readBundleFolder } from '@nhip/node/policies/bundle-folder'
import { Unreadable } from '@nhip/node/policies/unreadable'
import type { Bundle } from '@nhip/policy/bundle/bundle'
import { loadBundle } from '@nhip/policy/bundle/load'
import { type ReformFile, readReform } from '@nhip/policy/bundle/reform'
import { readYaml } from '@nhip/policy/bundle/yaml-file'
import { type Io, UsageError } from '../verb.ts'

/** The files of a bundle folder by path with `/`. */
export function readFolder(dir: string): Promise<Map<string, string>> {
  return readBundleFolder(dir).catch(asUsage)
}

/** What cannot be read is a wrong argument of the command. */
export function asUsage(error: unknown): never {
  if (error instanceof Unreadable) throw new UsageError(error.problem.message)
  throw error
}

/** Loads the bundle in a folder with the reforms of the command line laid on it. */
export async function openBundle(
  dir: string | undefined,
  reforms: readonly string[] = [],
): Promise<{ bundle: Bundle | undefined; problems: Problem[] }> {
  const found = dir === undefined ? undefined : await stat(dir).catch(() => undefined)
  if (dir === undefined || !found?.isDirectory()) {
    throw new UsageError({ vi: `Không có thư mục "${dir ?? ''}".`, en: `There is no folder "${dir ?? ''}".` })
  }
  const { bundle, problems } = loadBundle(await readFolder(dir))
  if (!bundle || reforms.length === 0) return { bundle, problems: [...problems] }
  const all = [...problems]
  const wanted: (string | ReformFile)[] = []
  for (const reform of reforms) {
    if (!/\.ya?ml$/.test(reform)) {
      wanted.push(reform)
      continue
    }
    const { yaml, problems: misread } = readYaml(await readText(reform), reform)
    all.push(...misread)
    const read = yaml && readReform(yaml, bundle.model, all)
    if (read) wanted.push(read)
  }
  const { bundle: reformed, problems: unfit } = bundle.withReforms(wanted)
  return { bundle: reformed, problems: [...all, ...unfit] }
}

/** A text file named on the command line; `-` is the standard input. */
export async function readText(path: string, io?: Io): Promise<string> {
  if (path === '-' && io) {
    let text = ''
    for await (const chunk of io.stdin) text += String(chunk)
    return text
  }
  return readFile(path, 'utf8').catch((error: Error) => {
    throw new UsageError({
      vi: `Không đọc được "${path}": ${error.message}`,
      en: `"${path}" cannot be read: ${error.message}`,
    })
  })
}

/** Problems for a person: one line each, with place and hint. */
export function problemLines(problems: readonly Problem[], { lang }: Pick<Io, 'lang'>): string {
  return problems.map((problem) => `${problemLine(problem, lang)}\n`).join('')
}

const SEVERITY = {
  vi: { error: 'lỗi', warning: 'cảnh báo', info: 'ghi chú' },
  en: { error: 'error', warning: 'warning', info: 'note' },
}

function problemLine(
  { severity, code, file, line, column, message, hint }: Problem,
  lang: Io['lang'],
): string {
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}:${column ?? 1}`}: `
  const text = `${place}${SEVERITY[lang][severity]} [${code}] ${message[lang]}`
  return hint ? `${text}\n    → ${hint[lang]}` : text
}

/** Writes the problems of a bundle that cannot be used; the exit code of unusable input. */
export function refuse(problems: readonly Problem[], io: Io): 2 {
  if (io.json) io.stdout.write(`${JSON.stringify({ ok: false, problems })}\n`)
  else io.stderr.write(problemLines(problems, io))
  return 2
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error')
}
