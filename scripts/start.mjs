// `npm start`: from a fresh clone to a running demo city in one command. Later arguments win over the defaults.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeFlags } from './node-flags.mjs'
import { ready } from './ready.mjs'

ready({ web: true })
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const args = process.argv.slice(2)
const node = spawn(
  process.execPath,
  [
    ...nodeFlags,
    join(root, 'cli', 'bin', 'nhip.mjs'),
    'serve',
    '--data',
    join(root, 'data'),
    '--port',
    '8080',
    '--profile',
    'demo',
    ...args,
  ],
  { stdio: 'inherit', env: { ...process.env, NHIP_READY: '1' } },
)
// A terminal sends its signal to the whole group; anything else only to us, so it is passed on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => node.kill(signal))
node.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
