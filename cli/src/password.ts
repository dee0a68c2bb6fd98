import { once } from 'node:events'
import type { Io } from './verb.ts'

/**
 * The first line of stdin, or what is typed, unseen, at a terminal: a password on the command line would be read by
 * everybody on the computer.
 */
export async function passwordFrom(io: Io): Promise<string> {
  const terminal = io.stdin as NodeJS.ReadStream
  if (terminal.isTTY) return typed(terminal, io)
  let text = ''
  for await (const chunk of io.stdin) {
    text += String(chunk)
    if (text.includes('\n')) break
  }
  return text.split(/\r?\n/)[0] ?? ''
}

async function typed(terminal: NodeJS.ReadStream, io: Io): Promise<string> {
  io.stderr.write(io.lang === 'vi' ? 'Mật khẩu: ' : 'Password: ')
  terminal.setRawMode(true)
  terminal.setEncoding('utf8')
  terminal.resume()
  let text = ''
  try {
    for (;;) {
      const [keys] = (await once(terminal, 'data')) as [string]
      for (const key of keys) {
        if (key === '\r' || key === '\n' || key === '\u0004') return text
        // In raw mode Ctrl-C is a key like any other.
        if (key === '\u0003') process.exit(130)
        else if (key === '\u007f' || key === '\b') text = [...text].slice(0, -1).join('')
        else text += key
      }
    }
  } finally {
    terminal.setRawMode(false)
    terminal.pause()
    io.stderr.write('\n')
  }
}
