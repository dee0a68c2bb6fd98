import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

export interface RunningNode {
  url: string
  stop(): Promise<void>
}

/** Starts a real node of the demo profile on a free port with a fresh folder, and waits for its ready line. */
export function startNode(): Promise<RunningNode> {
  const folder = mkdtempSync(join(tmpdir(), 'nhip-e2e-'))
  const child = spawn(
    process.execPath,
    [
      join(root, 'cli/bin/nhip.mjs'),
      'serve',
      '--data',
      join(folder, 'data'),
      '--port',
      '0',
      '--profile',
      'demo',
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NHIP_CHECK_ANSWERS: '1' } },
  )
  const log: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log.push(text)
    if (log.length > 400) log.shift()
  })
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => fail('no ready line in 120 s'), 120_000)
    let out = ''
    const fail = (why: string) => {
      clearTimeout(late)
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
      reject(new Error(`${why}\n${log.join('').slice(-4000)}`))
    }
    child.once('exit', (code) => fail(`the node ended with code ${code} before it was ready`))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      const line = out.split('\n').find((one) => one.startsWith('{"event":"ready"'))
      if (!line) return
      clearTimeout(late)
      child.removeAllListeners('exit')
      const { url } = JSON.parse(line) as { url: string }
      resolve({ url, stop: () => stop(child, folder) })
    })
  })
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    const hard = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(hard)
  }
  rmSync(folder, { recursive: true, force: true })
}
