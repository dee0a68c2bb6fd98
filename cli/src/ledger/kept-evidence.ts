import { X509Certificate } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseHead } from '@nhip/ledger/checkpoint'
import type { StampedSize } from '@nhip/ledger/claims'
import { NoteError } from '@nhip/ledger/note'
import { checkTimeStamp, headImprint, TimeStampError } from '@nhip/ledger/time-stamp'
import type { Finding } from '@nhip/ledger/verify'

/** What a ledger folder keeps beside the log itself: earlier heads, and stamps over some of them. */
export interface KeptEvidence {
  /** Notes of `heads/`, which the log must continue. */
  heads: string[]
  /** Stamps that hold, by the anchors given; without anchors none can be judged. */
  stamps: StampedSize[]
  /** All stamps that there are. */
  stampCount: number
  findings: Finding[]
}

/** Reads `heads/` and `stamps/` of a folder; each stamp must be over the note of its head and lead to an anchor. */
export async function keptEvidence(
  folder: string,
  anchors: readonly X509Certificate[],
): Promise<KeptEvidence> {
  const found: KeptEvidence = { heads: [], stamps: [], stampCount: 0, findings: [] }
  const notes = new Map<number, string>()
  for (const name of await namesIn(join(folder, 'heads'), '.note')) {
    const note = await readFile(join(folder, 'heads', name), 'utf8')
    found.heads.push(note)
    notes.set(Number.parseInt(name, 10), note)
  }
  for (const name of await namesIn(join(folder, 'stamps'), '.tsr')) {
    found.stampCount++
    const size = Number.parseInt(name, 10)
    const note = notes.get(size)
    const path = `stamps/${name}`
    const invalid = (actual: string) =>
      found.findings.push({ kind: 'stamp-invalid', severity: 'error', path, index: size, actual })
    if (note === undefined) {
      invalid(`no heads/${size}.note`)
      continue
    }
    if (anchors.length === 0) continue
    try {
      const head = parseHead(note)
      const stamp = checkTimeStamp(new Uint8Array(await readFile(join(folder, path))), {
        imprint: headImprint(head.note.text),
        anchors,
      })
      if (head.size === size) found.stamps.push({ size, time: stamp.time })
      else invalid(`heads/${size}.note is of size ${head.size}`)
    } catch (error) {
      if (!(error instanceof TimeStampError || error instanceof NoteError)) throw error
      invalid(error.message)
    }
  }
  found.stamps.sort((a, b) => a.size - b.size)
  return found
}

/** Certificates of a PEM file, for `--tsa-ca`. */
export async function anchorsOf(file: string): Promise<X509Certificate[]> {
  const pem = await readFile(file, 'utf8')
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map((block) => new X509Certificate(block))
}

async function namesIn(folder: string, ending: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => /^\d+\./.test(name) && name.endsWith(ending))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
