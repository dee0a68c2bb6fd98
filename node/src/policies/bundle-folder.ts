import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Unreadable } from './unreadable.ts'

/** Nothing of a bundle is longer; what is, is no text of a law. */
const MAX_BYTES = 20_000_000

/**
 * The files of a bundle folder by path with `/`: YAML and DMN, at most a few levels deep.
 * @throws {Unreadable} when one is too large
 */
export async function readBundleFolder(dir: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  const walk = async (at: string, depth: number): Promise<void> => {
    for (const entry of await readdir(join(dir, at), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
      const path = at === '' ? entry.name : `${at}/${entry.name}`
      if (entry.isDirectory() && depth < 8) await walk(path, depth + 1)
      else if (entry.isFile() && /\.(ya?ml|dmn)$/.test(entry.name)) {
        const { size } = await stat(join(dir, path))
        if (size > MAX_BYTES)
          throw new Unreadable('file.too-large', path, {
            vi: `Tệp "${path}" quá lớn.`,
            en: `The file "${path}" is too large.`,
          })
        files.set(path, await readFile(join(dir, path), 'utf8'))
      }
    }
  }
  await walk('', 0)
  return files
}
