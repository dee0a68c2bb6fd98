// `npm run check`: types, lint, format, unused exports, import direction. Every step runs, so that one call shows all that is wrong.
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ready } from './ready.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
ready()
const steps = [
  ['types of tests', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.tests.json'],
  ['types of the pages', 'node_modules/typescript/bin/tsc', '-p', 'web/tsconfig.json'],
  ['format and lint', 'node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'],
  ['lint', 'node_modules/oxlint/bin/oxlint', '--deny-warnings'],
  ['unused exports', 'node_modules/knip/bin/knip.js'],
  ['import direction', 'scripts/import-direction.mjs'],
]
const failed = []
for (const [name, ...args] of steps) {
  const began = Date.now()
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  const verdict = status === 0 ? 'ok' : 'FAILED'
  process.stdout.write(`${verdict.padEnd(7)}${name} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`)
  if (status !== 0) failed.push(name)
}
if (failed.length > 0) {
  process.stdout.write(`check failed: ${failed.join(', ')}\n`)
  process.exit(1)
}
