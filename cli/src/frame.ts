import { readdirSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Message } from '@nhip/canonical/problem'
import { HttpProblem } from '@nhip/node/http/problem'
import { nearest } from '@nhip/node/nearest'
import type { Io, Verb } from './verb.ts'

const usage: Message = {
  vi: `nhip <động từ> [tham số…]

Chung:  --lang vi|en   ngôn ngữ của thông báo (mặc định vi)
        --json         kết quả cho chương trình đọc
        --help         hướng dẫn của từng động từ
Mã thoát: 0 xong · 1 câu trả lời là không · 2 dùng sai, đầu vào hỏng · 70 lỗi của chương trình`,
  en: `nhip <verb> [arguments…]

Common: --lang vi|en   language of messages (default vi)
        --json         results for programs
        --help         help of a verb
Exit codes: 0 done · 1 the answer is no · 2 usage, unusable input · 70 a fault of ours`,
}

/**
 * Runs one verb: takes the global options out, imports that verb's file alone and turns what it throws into a message
 * and an exit code.
 */
export async function main(
  argv: string[],
  streams: Pick<Io, 'stdout' | 'stderr' | 'stdin'>,
): Promise<number> {
  const { args, lang, json, help } = globals(argv)
  const io: Io = { ...streams, lang, json }
  const say = (text: Message) => io.stderr.write(`${text[lang]}\n`)
  const [name, ...rest] = args
  if (name === undefined || name === 'help') {
    if (rest[0] !== undefined) return main([rest[0], '--help', '--lang', lang], streams)
    await overview(io)
    return name === undefined && !help ? 2 : 0
  }
  const names = verbNames()
  if (!names.includes(name)) {
    const near = nearest(name, names)
    say({
      vi: `Không có động từ "${name}".${near ? ` Có phải "${near}"?` : ''} Xem: nhip help`,
      en: `There is no verb "${name}".${near ? ` Did you mean "${near}"?` : ''} See: nhip help`,
    })
    return 2
  }
  const verb = await load(name)
  if (help) {
    const text = typeof verb.help === 'function' ? await verb.help() : verb.help
    io.stdout.write(`${text[lang]}\n`)
    return 0
  }
  try {
    return await verb.run(rest, io)
  } catch (error) {
    return failed(error, name, io)
  }
}

function globals(argv: string[]) {
  const args: string[] = []
  let lang: 'vi' | 'en' = process.env.NHIP_LANG === 'en' ? 'en' : 'vi'
  let json = false
  let help = false
  for (let i = 0; i < argv.length; i += 1) {
    const arg = argv[i]!
    if (arg === '--') {
      args.push(...argv.slice(i))
      break
    }
    const value = arg === '--lang' ? argv[i + 1] : arg.startsWith('--lang=') ? arg.slice(7) : undefined
    if (value === 'vi' || value === 'en') {
      lang = value
      if (arg === '--lang') i += 1
    } else if (arg === '--json') json = true
    else if (arg === '--help' || arg === '-h') help = true
    else args.push(arg)
  }
  return { args, lang, json, help }
}

const folder = new URL('./verbs/', import.meta.url)
const extension = extname(fileURLToPath(import.meta.url))

/** Every verb there is: the files themselves. */
export function verbNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(extension) && !file.includes('.test.'))
    .map((file) => file.slice(0, -extension.length))
    .sort()
}

async function load(name: string): Promise<Verb> {
  return (await import(new URL(`${name}${extension}`, folder).href)) as Verb
}

async function overview(io: Io): Promise<void> {
  const names = verbNames()
  const width = Math.max(...names.map((name) => name.length)) + 2
  const lines = await Promise.all(
    names.map(async (name) => `  ${name.padEnd(width)}${(await load(name)).summary[io.lang]}`),
  )
  io.stdout.write(`${usage[io.lang]}\n\n${lines.join('\n')}\n`)
}

function failed(error: unknown, verb: string, io: Io): number {
  const { text, exitCode, code, message, stack } = error as {
    text?: Message
    exitCode?: number
    code?: string
    message?: string
    stack?: string
  }
  const see = { vi: `Xem: nhip ${verb} --help`, en: `See: nhip ${verb} --help` }
  // What a room refuses, here as over HTTP.
  if (error instanceof HttpProblem && error.status < 500) {
    io.stderr.write(`${error.document(io.lang).detail}\n`)
    return 2
  }
  // What `util.parseArgs` throws on an option it does not know.
  if (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS')) {
    io.stderr.write(`${message}\n${see[io.lang]}\n`)
    return 2
  }
  if (text && (exitCode === undefined || exitCode === 2)) {
    io.stderr.write(`${text[io.lang]}\n${see[io.lang]}\n`)
    return 2
  }
  if (text && exitCode !== undefined) {
    io.stderr.write(`${text[io.lang]}\n`)
    return exitCode
  }
  io.stderr.write(`${stack ?? String(error)}\n`)
  return 70
}

// `npm run dev` runs this file itself, from its source.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await main(process.argv.slice(2), process)
}
