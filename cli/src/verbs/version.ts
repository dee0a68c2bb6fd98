import { version } from '@nhip/node/version'
import type { Io } from '../verb.ts'

export const summary = { vi: 'Phiên bản của chương trình', en: 'Version of the program' }
export const help = {
  vi: 'nhip version [--json]\nIn phiên bản của Nhịp và của Node.',
  en: 'nhip version [--json]\nPrints the version of Nhịp and of Node.',
}

export async function run(_args: string[], io: Io): Promise<number> {
  const versions = { nhip: version, node: process.versions.node }
  io.stdout.write(io.json ? `${JSON.stringify(versions)}\n` : `Nhịp ${version} (Node ${versions.node})\n`)
  return 0
}
