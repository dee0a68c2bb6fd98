import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '@nhip/canonical/problem'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { parseBundle } from '@nhip/ledger/bundle'
import { openHead } from '@nhip/ledger/checkpoint'
import { envelopeBytes } from '@nhip/ledger/envelope'
import { folderReader } from '@nhip/ledger/folder'
import { LedgerError } from '@nhip/ledger/ledger-error'
import { formatVerifierKey, parseSignerKey, type VerifierKey } from '@nhip/ledger/note'
import { bundlePath, TILE_WIDTH } from '@nhip/ledger/tile-path'
import type { Finding } from '@nhip/ledger/verify'
import { verifyFolder } from '@nhip/ledger/verify-folder'
import { NodeLedger } from '../../exchange/node-ledger.ts'
import { rowsAfter } from '../../exchange/store.ts'
import type { Records } from '../../records/contract.ts'
import { filesUnder } from '../parts.ts'
import { restoreFile, restoreNode } from './hints.ts'

const SAID = 20

/** Hashes, tiles, root and earlier heads as a stranger would, then each audit row against its entry. */
export async function* examineLedger(
  data: string,
  nodeId: string,
  records: Records | undefined,
): AsyncGenerator<Problem> {
  const folder = join(data, 'ledger')
  if (!(await nodeFileSystem.stat(folder))) return
  let key: VerifierKey | undefined
  for (const use of ['log', 'witness', 'heartbeat']) {
    const file = join(folder, `${use}.key`)
    try {
      const parsed = parseSignerKey(await readFile(file, 'utf8'))
      if (use === 'log') key = parsed
    } catch (error) {
      yield damage(file, String((error as Error).message), restoreFile)
    }
  }
  if (key) yield* formatOf(folder, key)
  if (!key || !(await nodeFileSystem.stat(join(folder, 'checkpoint')))) return
  for await (const name of filesUnder(join(folder, 'heads'))) {
    try {
      openHead(await readFile(join(folder, 'heads', name), 'utf8'), [key])
    } catch (error) {
      yield damage(join(folder, 'heads', name), (error as Error).message, restoreFile)
    }
  }
  const { findings } = await verifyFolder(folder, { keys: [key], limit: SAID })
  for (const finding of findings) yield ofFinding(folder, finding)
  if (records && findings.length === 0) yield* examineAudit(folder, nodeId, records)
}

/** The public key that stands beside the log is the one that signs it. */
async function* formatOf(folder: string, key: VerifierKey): AsyncGenerator<Problem> {
  const file = join(folder, 'format.json')
  try {
    const { keys } = JSON.parse(await readFile(file, 'utf8')) as { keys: string[] }
    if (keys[0] !== formatVerifierKey(key)) throw new Error(`it names another key than log.key`)
  } catch (error) {
    yield damage(file, (error as Error).message, restoreFile)
  }
}

async function* examineAudit(folder: string, nodeId: string, records: Records): AsyncGenerator<Problem> {
  let opened: NodeLedger
  try {
    opened = await NodeLedger.open({ folder, nodeId, records, everyMs: 3_600_000, onError: () => undefined })
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    yield { hint: restoreNode, ...error.problem }
    return
  }
  try {
    const { size } = opened.ledger.state()
    const reader = folderReader(nodeFileSystem, folder)
    let bundle: { index: number; entries: Uint8Array[] } | undefined
    let said = 0
    for (let after = 0; ; ) {
      const rows = await rowsAfter(records, after, 500)
      if (rows.length === 0) break
      for (const row of rows) {
        after = Number(row.outbox)
        const index = after - 1
        if (index >= size) continue
        const of = Math.floor(index / TILE_WIDTH)
        if (bundle?.index !== of) {
          const width = Math.min(TILE_WIDTH, size - of * TILE_WIDTH)
          const bytes = await reader.read(bundlePath(of, width))
          bundle = { index: of, entries: (bytes && parseBundle(bytes)) ?? [] }
        }
        const entry = bundle.entries[index % TILE_WIDTH]
        if (entry && Buffer.compare(envelopeBytes(opened.envelopeOf(row)), entry) === 0) continue
        yield {
          severity: 'error',
          code: 'audit-differs',
          path: `audit ${row.outbox}`,
          message: {
            vi: `Dòng nhật ký ${row.outbox} (${row.action}) khác với mục ${index} của sổ cái: nội dung đã bị sửa sau khi ghi sổ.`,
            en: `Audit row ${row.outbox} (${row.action}) is not what entry ${index} of the ledger says: it was changed afterwards.`,
          },
          hint: restoreNode,
        }
        if (++said >= SAID) return
      }
    }
  } finally {
    await opened.close()
  }
}

function damage(file: string, reason: string, hint: Problem['hint'] & object): Problem {
  return {
    severity: 'error',
    code: 'ledger-file',
    file,
    message: {
      vi: `Tệp "${file}" của sổ cái hỏng: ${reason}`,
      en: `File "${file}" of the ledger is damaged: ${reason}`,
    },
    hint,
  }
}

function ofFinding(folder: string, { kind, severity, path, index, expected, actual }: Finding): Problem {
  const file = path === undefined ? folder : join(folder, path)
  const place = index === undefined ? '' : `, ${index}`
  const found = actual === undefined ? '' : `: ${actual}${expected === undefined ? '' : ` ≠ ${expected}`}`
  return {
    severity,
    code: kind,
    file,
    message: {
      vi: `Sổ cái, tệp "${file}"${place} (${kind})${found}.`,
      en: `Ledger, file "${file}"${place} (${kind})${found}.`,
    },
    hint: kind === 'fork' || kind === 'inconsistent' ? restoreNode : restoreFile,
  }
}
