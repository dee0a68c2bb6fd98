import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

export interface RunningNode {
  url: string
  /** Ends the process and starts another at the same address with the same data. */
  restart: { stop(): Promise<void>; start(): Promise<void> } | null
  stop(): Promise<void>
}

/** Starts a real node of the demo profile on a free port with a fresh folder, and waits for its ready line. */
export async function startNode(): Promise<RunningNode> {
  const folder = mkdtempSync(join(tmpdir(), 'nhip-e2e-'))
  try {
    let { child, url } = await begin(folder, '0')
    const restart = {
      stop: () => end(child),
      start: async () => {
        child = (await begin(folder, new URL(url).port)).child
      },
    }
    const stop = async () => {
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    }
    return { url, restart, stop }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

function begin(folder: string, port: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    process.execPath,
    [
      join(root, 'cli/bin/nhip.mjs'),
      'serve',
      '--data',
      join(folder, 'data'),
      '--port',
      port,
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
      reject(new Error(`${why}\n${log.join('').slice(-4000)}`))
    }
    child.once('exit', (code) => fail(`the node ended with code ${code} before it was ready`))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      const line = out.split('\n').find((one) => one.startsWith('{"event":"ready"'))
      if (!line) return
      clearTimeout(late)
      child.removeAllListeners('exit')
      resolve({ child, url: (JSON.parse(line) as { url: string }).url })
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const hard = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await ended
  clearTimeout(hard)
}
