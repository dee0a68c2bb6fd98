import { statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { EditionDocument } from '@nhip/measure/publish/edition'
import { diffEditions } from '@nhip/measure/publish/edition-diff'
import { type Io, UsageError } from '../verb.ts'
import { readText, Unusable, withUsable } from './open.ts'

/** `nhip measure diff E1 E2`: what two editions publish differently, why, and whose rank moved; exit 1 when they differ. */
export async function diff(args: string[], io: Io): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} })
  const [first, second] = positionals
  if (first === undefined || second === undefined)
    throw new UsageError({ vi: 'Cần hai bản để so sánh.', en: 'Two editions are needed.' })
  return withUsable(io, () => {
    const { changes, ranks } = diffEditions(readEdition(first), readEdition(second))
    const differ = changes.length > 0 || ranks.length > 0
    if (io.json) io.stdout.write(`${JSON.stringify({ changes, ranks })}\n`)
    else {
      const number = (x: number | null): string =>
        x === null ? '–' : io.lang === 'vi' ? String(x).replace('.', ',') : String(x)
      for (const c of changes)
        io.stdout.write(
          `${c.unit} · ${c.node}: ${number(c.before)} → ${number(c.after)} (${causes[c.cause][io.lang]})\n`,
        )
      for (const r of ranks)
        io.stdout.write(
          `${r.unit}: ${io.lang === 'vi' ? 'hạng' : 'rank'} ${number(r.before)} → ${number(r.after)}\n`,
        )
      if (!differ)
        io.stdout.write(
          io.lang === 'vi' ? 'Hai bản công bố như nhau.\n' : 'The two editions publish the same.\n',
        )
    }
    return differ ? 1 : 0
  })
}

const causes = {
  data: { vi: 'số liệu của đơn vị', en: "the unit's data" },
  method: { vi: 'phương pháp', en: 'method' },
  membership: { vi: 'thay đổi danh sách đơn vị', en: 'units came or went' },
  peers: { vi: 'số liệu của đơn vị khác', en: "other units' data" },
  'data+method': { vi: 'số liệu và phương pháp', en: 'data and method' },
}

/** @throws {Unusable} when the file is no edition */
function readEdition(path: string): EditionDocument {
  let file = path
  try {
    if (statSync(path).isDirectory()) file = join(path, 'edition.json')
  } catch {
    // readText names the file that is not there.
  }
  const text = readText(file, 'E1 E2')
  try {
    const parsed = JSON.parse(text) as Partial<EditionDocument> | null
    if (parsed?.edition && Array.isArray(parsed.results) && Array.isArray(parsed.nodes))
      return parsed as EditionDocument
  } catch {
    // Told below, as for any other file that is no edition.
  }
  throw new Unusable([
    {
      severity: 'error',
      code: 'not-an-edition',
      file,
      message: { vi: `"${file}" không phải là một bản công bố`, en: `"${file}" is no edition` },
    },
  ])
}
