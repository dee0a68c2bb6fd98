// Makes a clone ready to run: dependencies, compiled packages, built pages. Plain JS without dependencies,
// because it runs before anything is installed. Each step is skipped when its inputs have not changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundleIsFresh } from './bundle.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const oldest = [20, 19]

/**
 * Checks, installs and compiles; `web` also builds the pages, `serve` also bundles the server, for those who start one.
 * Output goes to stderr: stdout belongs to the command that follows.
 */
export function ready({ web = false, serve = web, quiet = false } = {}) {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    fail(
      `Nhịp cần Node ≥ ${oldest.join('.')}, máy đang có ${process.versions.node}. / Nhịp needs Node ≥ ${oldest.join('.')}, found ${process.versions.node}.`,
      2,
    )
  }
  const lock = hash(readFileSync(join(root, 'package-lock.json')))
  const stamp = join(root, 'node_modules', '.nhip-stamp')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    say(quiet, 'Cài thư viện… / Installing dependencies…')
    run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], quiet)
    writeFileSync(stamp, lock)
  }
  run(process.execPath, [bin('typescript', 'tsc'), '-b'], quiet)
  makeCluster(quiet)
  if (serve && !bundleIsFresh()) run(process.execPath, [join(root, 'scripts', 'bundle.mjs')], quiet)
  if (web) buildPages(quiet)
}

function buildPages(quiet) {
  const stamp = join(root, 'web', 'dist', '.stamp')
  const inputs = createHash('sha256')
  for (const place of ['web', 'packages', 'node/src', 'models', 'package-lock.json'])
    addFiles(inputs, join(root, place))
  const now = inputs.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return
  say(quiet, 'Dựng trang web… / Building the pages…')
  run(process.execPath, [bin('vite', 'vite'), 'build', '--logLevel', 'warn'], quiet, join(root, 'web'))
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, now)
}

/** A database to copy from, so that a new data folder does not have to make its own. */
function makeCluster(quiet) {
  const inputs = createHash('sha256')
  for (const place of [
    'node/src/make-cluster.ts',
    'node/src/records/migrations',
    'node/src/identity/unit-store.ts',
    'node/src/identity/units-copy.ts',
    'models/admin-units',
    'package-lock.json',
  ])
    addFiles(inputs, join(root, place))
  const now = inputs.digest('hex')
  const stamp = join(root, 'node', 'dist', 'cluster.stamp')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return
  run(process.execPath, [join(root, 'node', 'dist', 'make-cluster.js')], quiet)
  writeFileSync(stamp, now)
}

/** Size and modification time are enough here: a wrong guess costs one build, never a wrong page. */
function addFiles(sum, place) {
  const stat = statSync(place, { throwIfNoEntry: false })
  if (!stat) return
  if (stat.isFile()) {
    sum.update(`${place} ${stat.size} ${stat.mtimeMs}\n`)
    return
  }
  for (const name of readdirSync(place).sort()) {
    if (name !== 'node_modules' && name !== 'dist' && name !== 'boundaries') addFiles(sum, join(place, name))
  }
}

/** The script file behind a package's command, so that it runs without a shell on every system. */
function bin(pkg, name) {
  const folder = join(root, 'node_modules', pkg)
  const { bin: bins } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bins === 'string' ? bins : bins[name])
}

function run(command, args, quiet, cwd = root) {
  const result = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', quiet ? 'pipe' : 2, quiet ? 'pipe' : 2],
    shell: process.platform === 'win32' && command === 'npm',
  })
  if (result.status === 0) return
  if (quiet)
    process.stderr.write(Buffer.concat([result.stdout ?? Buffer.alloc(0), result.stderr ?? Buffer.alloc(0)]))
  fail(
    `${command} ${args.join(' ')}: ${result.error?.message ?? `exit ${result.status}`}`,
    result.status ?? 70,
  )
}

function say(quiet, text) {
  if (!quiet) process.stderr.write(`${text}\n`)
}

function fail(text, code) {
  process.stderr.write(`${text}\n`)
  process.exit(code)
}

function hash(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) ready({ web: true })
