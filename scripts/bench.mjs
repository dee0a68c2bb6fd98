// `npm run bench [-- --only NAME --full --seconds N --json FILE]`: see bench/run.ts.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ready } from './ready.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
ready({ serve: true })
const result = spawnSync(
  process.execPath,
  ['--expose-gc', '--import', 'tsx', join('bench', 'run.ts'), ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
process.exit(result.status ?? 70)
