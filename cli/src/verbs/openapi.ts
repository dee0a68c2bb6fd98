import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings } from '@nhip/node/config'
import { newLog, serve } from '@nhip/node/main'
import { parseArguments } from '../flags.ts'
import type { Io } from '../verb.ts'

export const summary = {
  vi: 'In mô tả API (OpenAPI 3.1)',
  en: 'Print the description of the API (OpenAPI 3.1)',
}
export const help = {
  vi: 'nhip openapi > openapi.json\nIn mô tả của API mà phiên bản này phục vụ; không cần nút đang chạy.',
  en: 'nhip openapi > openapi.json\nPrints the description of the API that this version serves; no node has to run.',
}

export async function run(argv: string[], io: Io): Promise<number> {
  parseArguments(argv)
  const data = mkdtempSync(join(tmpdir(), 'nhip-openapi-'))
  try {
    const settings = readSettings({ data, port: '0', profile: 'empty', lang: io.lang }, {})
    const node = await serve({ settings, log: newLog('error') })
    const document = await (await fetch(`${node.url}/api/openapi.json`)).text()
    await node.stop()
    io.stdout.write(`${document}\n`)
    return 0
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}
