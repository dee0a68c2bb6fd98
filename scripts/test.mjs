// `npm test [-- --all [--full]] [-- FILTER…]`: the fast suite; `--all` adds the long runs and the browser journeys, `--full` gives
// the long runs their stated sizes (hours).
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ready } from './ready.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const args = process.argv.slice(2)
const all = args.includes('--all')
const browserOnly = args.includes('--e2e')
const full = args.includes('--full')
const rest = args.filter((arg) => !['--all', '--full', '--e2e'].includes(arg))

ready({ web: all || browserOnly })
// What is compiled is no older than the sources now: threads and child processes of tests need not translate them again.
process.env.NHIP_COMPILED = '1'
let failed = false
if (!browserOnly) {
  failed = run([join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--reporter=default', ...rest], {
    NHIP_TEST_ALL: all ? '1' : '0',
    NHIP_FULL: full ? '1' : '0',
  })
}
if ((all && rest.length === 0) || browserOnly) {
  const journeys = join('e2e', 'run.ts')
  if (existsSync(join(root, journeys)))
    failed = run(['--import', 'tsx', '--conditions=nhip-source', journeys]) || failed
}
process.exit(failed ? 1 : 0)

function run(command, env = {}) {
  const result = spawnSync(process.execPath, command, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  return result.status !== 0
}
