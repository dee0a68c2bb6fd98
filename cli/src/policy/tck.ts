import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { parseDateTime } from '@nhip/feel/temporal'
import { runTck, type TckFailure } from '@nhip/policy/dmn/tck'
import { type Io, UsageError } from '../verb.ts'

interface Folder {
  folder: string
  passed: number
  failed: number
  unflagged: number
  failures: (TckFailure & { folder: string; file: string })[]
}

/** `nhip policy tck DIR`: runs the DMN Technology Compatibility Kit, a level of it, or one folder. */
export async function tck(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { failures: { type: 'boolean', default: false }, filter: { type: 'string' } },
  })
  const [dir] = positionals
  if (!dir || !(await stat(dir).catch(() => undefined))?.isDirectory()) {
    throw new UsageError({ vi: `Không có thư mục "${dir ?? ''}".`, en: `There is no folder "${dir ?? ''}".` })
  }
  const began = performance.now()
  const inside = resolve(dir).split(sep)
  const folders: Folder[] = []
  for (const folder of await testFolders(dir, '')) {
    const path = [...inside.slice(-2), ...folder.split('/')].filter(Boolean)
    // Cases against the standard count only for whoever asks for them.
    if (path.includes('non-compliant') && !inside.includes('non-compliant')) continue
    if (values.filter && !glob(values.filter).test(folder)) continue
    const result = await runFolder(dir, folder)
    folders.push(result)
    if (!io.json) {
      io.stdout.write(`${result.folder || inside.at(-1)}  ${result.passed} passed, ${result.failed} failed\n`)
      if (values.failures)
        for (const failure of result.failures) io.stdout.write(`    ${describe(failure)}\n`)
    }
  }
  const sum = (key: 'passed' | 'failed' | 'unflagged') => folders.reduce((n, folder) => n + folder[key], 0)
  const passed = sum('passed')
  const failed = sum('failed')
  if (io.json) {
    const answer = {
      passed,
      failed,
      unflagged: sum('unflagged'),
      ms: Math.round(performance.now() - began),
      folders: folders.map((folder) => ({
        folder: folder.folder,
        passed: folder.passed,
        failed: folder.failed,
      })),
      failures: folders.flatMap((folder) => folder.failures),
    }
    io.stdout.write(`${JSON.stringify(answer)}\n`)
  } else {
    io.stdout.write(`${passed} passed, ${failed} failed\n`)
  }
  return failed === 0 ? 0 : 1
}

/** Every folder at or below `dir` that holds a test file, by its path from `dir`. */
async function testFolders(dir: string, at: string): Promise<string[]> {
  const entries = await readdir(join(dir, at), { withFileTypes: true })
  const found = entries.some((entry) => entry.isFile() && isTest(entry.name)) ? [at] : []
  for (const entry of entries
    .filter((item) => item.isDirectory())
    .sort((a, b) => (a.name < b.name ? -1 : 1))) {
    found.push(...(await testFolders(dir, at ? `${at}/${entry.name}` : entry.name)))
  }
  return found
}

async function runFolder(dir: string, folder: string): Promise<Folder> {
  const files = await readdir(join(dir, folder))
  const read = async (name: string) => ({ name, text: await readFile(join(dir, folder, name), 'utf8') })
  const models = await Promise.all(files.filter((name) => name.endsWith('.dmn')).map(read))
  const result: Folder = { folder, passed: 0, failed: 0, unflagged: 0, failures: [] }
  // A fixed clock: the kit asks what kind of value `now()` gives, never which.
  const now = parseDateTime('2026-01-01T00:00:00+07:00') ?? undefined
  for (const file of files.filter(isTest).sort()) {
    const modelOf = (name: string) => models.find((model) => model.name === name)
    const outcome = runTck(await read(file), modelOf, models, now ? { now } : {})
    result.passed += outcome.passed
    result.failed += outcome.failed
    result.unflagged += outcome.unflagged
    result.failures.push(...outcome.failures.map((failure) => ({ ...failure, folder, file })))
  }
  return result
}

function isTest(name: string): boolean {
  return /-test-\d+\.xml$/.test(name)
}

function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
  return new RegExp(`(^|/)${source}$`)
}

function describe({
  file,
  case: id,
  node,
  expected,
  actual,
  warnings,
}: TckFailure & { file: string }): string {
  return `${file} ${id} ${node}: want ${expected}, got ${actual}${warnings.length > 0 ? ` (${warnings.join('; ')})` : ''}`
}
