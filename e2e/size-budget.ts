import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const dist = fileURLToPath(new URL('../web/dist', import.meta.url))

/** Gzipped size of all JavaScript that the first page loads before anything else, in kB (1000 bytes). */
export function entrySize(): { kB: number; budget: number } {
  const page = readFileSync(`${dist}/index.html`, 'utf8')
  const files = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map((found) => found[1]!)
  if (files.length === 0) throw new Error('web/dist/index.html names no script')
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(dist + file), { level: 9 }).length, 0)
  return { kB: bytes / 1000, budget: 130 }
}
