import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  COSIGNATURE_ED25519,
  ED25519,
  formatSignerKey,
  formatVerifierKey,
  parseSignerKey,
  type SignerKey,
} from '@nhip/ledger/note'
import { type Io, UsageError } from '../verb.ts'

export const summary = {
  vi: 'Khóa của nút: sổ cái, nhân chứng, luồng, API',
  en: "The node's keys: ledger, witness, feed, API",
}
export const help = {
  vi: `nhip keys init --node TÊN --dir THƯ_MỤC     tạo khóa cho một nút, mỗi khóa một tệp chỉ chủ đọc được
nhip keys list --dir THƯ_MỤC                liệt kê khóa công khai
nhip keys rotate CÔNG_DỤNG --dir THƯ_MỤC    tạo khóa mới; khóa cũ được giữ lại
nhip keys export CÔNG_DỤNG --dir THƯ_MỤC    in khóa công khai để trao cho bên khác
Công dụng: log, witness, heartbeat, feed, api. Mã thoát: 0 xong · 2 dùng sai · 5 từ chối (đã có khóa).`,
  en: `nhip keys init --node NAME --dir DIR     makes the keys of a node, a file each, readable by the owner alone
nhip keys list --dir DIR                 lists the public keys
nhip keys rotate USE --dir DIR           makes a new key; the old one is kept
nhip keys export USE --dir DIR           prints the public key for others
Uses: log, witness, heartbeat, feed, api. Exit codes: 0 done · 2 usage · 5 refused (keys exist).`,
}

/** A cosigner's key is never the log's key: the text it signs does not hold its name. */
const uses = {
  log: ED25519,
  witness: COSIGNATURE_ED25519,
  heartbeat: COSIGNATURE_ED25519,
  feed: ED25519,
  api: ED25519,
} as const
type Use = keyof typeof uses

export async function run(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { node: { type: 'string' }, dir: { type: 'string', default: 'keys' } },
  })
  const [action, name] = positionals
  switch (action) {
    case 'init':
      return init(values.node, values.dir, io)
    case 'list':
      return list(values.dir, io)
    case 'rotate':
      return rotate(useOf(name), values.dir, io)
    case 'export':
      io.stdout.write(`${formatVerifierKey((await newest(values.dir, useOf(name))).key)}\n`)
      return 0
    default:
      throw new UsageError({
        vi: 'Cần một trong: init, list, rotate, export.',
        en: 'Want one of: init, list, rotate, export.',
      })
  }
}

async function init(node: string | undefined, dir: string, io: Io): Promise<number> {
  if (!node || !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(node)) {
    throw new UsageError({
      vi: `--node cần một tên như "hue.nhip.example", nhận được "${node ?? ''}".`,
      en: `--node wants a name such as "hue.nhip.example", got "${node ?? ''}".`,
    })
  }
  await mkdir(dir, { recursive: true })
  if ((await keyFiles(dir)).length > 0) {
    const text = {
      vi: `"${dir}" đã có khóa. Dùng "nhip keys rotate" để đổi.`,
      en: `"${dir}" already holds keys. Use "nhip keys rotate" to change one.`,
    }
    io.stderr.write(`${text[io.lang]}\n`)
    return 5
  }
  for (const use of Object.keys(uses) as Use[]) await make(dir, use, `${node}/${use}`)
  return list(dir, io)
}

async function rotate(use: Use, dir: string, io: Io): Promise<number> {
  const { key } = await newest(dir, use)
  await make(dir, use, key.name)
  return list(dir, io)
}

async function list(dir: string, io: Io): Promise<number> {
  const found = await Promise.all(
    (await keyFiles(dir)).map(async ({ file, use, from }) => {
      const key = parseSignerKey(await readFile(join(dir, file), 'utf8'))
      return { node: key.name.slice(0, key.name.lastIndexOf('/')), use, vkey: formatVerifierKey(key), from }
    }),
  )
  // A key ends where the next of its use begins.
  const keys = found.map((item) => ({
    use: item.use,
    vkey: item.vkey,
    from: item.from,
    to: found.find((other) => other.use === item.use && other.from > item.from)?.from ?? null,
  }))
  if (io.json) io.stdout.write(`${JSON.stringify({ node: found[0]?.node ?? null, keys })}\n`)
  else
    for (const key of keys)
      io.stdout.write(`${key.use.padEnd(10)} ${key.from}  ${key.to ?? '—'.padEnd(20)}  ${key.vkey}\n`)
  return 0
}

async function make(dir: string, use: Use, name: string): Promise<void> {
  const from = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const file = join(dir, `${use}.${from.replaceAll(':', '')}.key`)
  await writeFile(file, `${formatSignerKey(name, uses[use], randomBytes(32))}\n`, { mode: 0o600, flag: 'wx' })
  await chmod(file, 0o600)
}

async function newest(dir: string, use: Use): Promise<{ file: string; key: SignerKey }> {
  const file = (await keyFiles(dir)).filter((item) => item.use === use).at(-1)?.file
  if (!file)
    throw new UsageError({ vi: `"${dir}" không có khóa ${use}.`, en: `"${dir}" holds no ${use} key.` })
  return { file, key: parseSignerKey(await readFile(join(dir, file), 'utf8')) }
}

async function keyFiles(dir: string): Promise<{ file: string; use: Use; from: string }[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names.sort().flatMap((file) => {
    const match = /^([a-z]+)\.(\d{4}-\d{2}-\d{2}T)(\d{2})(\d{2})(\d{2})Z\.key$/.exec(file)
    if (!match?.[1] || !(match[1] in uses)) return []
    return [{ file, use: match[1] as Use, from: `${match[2]}${match[3]}:${match[4]}:${match[5]}Z` }]
  })
}

function useOf(name: string | undefined): Use {
  if (name && name in uses) return name as Use
  const all = Object.keys(uses).join(', ')
  throw new UsageError({
    vi: `"${name ?? ''}" không phải công dụng của khóa; có: ${all}.`,
    en: `"${name ?? ''}" is no use of a key; there are: ${all}.`,
  })
}
