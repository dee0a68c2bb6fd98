// `npm run dev`: the node from its sources, restarted on every change, and Vite's server with a proxy to it.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ready } from './ready.mjs'

ready({ web: true })
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const port = process.env.NHIP_DEV_PORT ?? '8080'
const run = (args, cwd) =>
  spawn(process.execPath, args, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, NHIP_READY: '1', NHIP_DEV_PORT: port },
  })
const children = [
  run(
    [
      join(root, 'node_modules/tsx/dist/cli.mjs'),
      'watch',
      '--conditions=nhip-source',
      join(root, 'cli/src/frame.ts'),
      'serve',
      '--data',
      join(root, 'data'),
      '--port',
      port,
      '--profile',
      'demo',
    ],
    root,
  ),
  run([join(root, 'node_modules/vite/bin/vite.js')], join(root, 'web')),
]
const stop = () => {
  for (const child of children) child.kill('SIGTERM')
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
for (const child of children) child.on('exit', stop)
