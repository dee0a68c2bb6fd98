import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  COSIGNATURE_ED25519,
  ED25519,
  formatSignerKey,
  parseSignerKey,
  type SignerKey,
} from '@nhip/ledger/note'

/** What a node signs with: its log, heads of others as a witness, and that it is alive. */
export interface NodeKeys {
  log: SignerKey
  witness: SignerKey
  heartbeat: SignerKey
}

/**
 * The keys of a node's ledger folder, made at the first start: a file each, readable by the owner alone. A cosigner's
 * key is never the log's and never another cosigner's, because the text it signs does not hold its name.
 */
export async function nodeKeys(folder: string, nodeId: string): Promise<NodeKeys> {
  const key = (use: string, type: number) => keyIn(join(folder, `${use}.key`), `nhip-${nodeId}/${use}`, type)
  return {
    log: await key('log', ED25519),
    witness: await key('witness', COSIGNATURE_ED25519),
    heartbeat: await key('heartbeat', COSIGNATURE_ED25519),
  }
}

async function keyIn(file: string, name: string, type: number): Promise<SignerKey> {
  try {
    return parseSignerKey(await readFile(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await writeFile(file, `${formatSignerKey(name, type, randomBytes(32))}\n`, { mode: 0o600, flag: 'wx' })
    return parseSignerKey(await readFile(file, 'utf8'))
  }
}
