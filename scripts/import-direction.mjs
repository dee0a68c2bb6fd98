// Arrows go one way (ARCHITECTURE.md): reads every import in the tree and names each that points backwards.
// Also reported, not failed: a file over 600 lines, a room over 3,000 (tests apart).
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Each library and what it may import, beside itself. */
const small = ['calendar', 'quantity', 'territory', 'random', 'durable', 'canonical']
const libraries = {
  calendar: ['canonical'],
  quantity: ['canonical'],
  territory: ['calendar', 'canonical'],
  random: [],
  durable: ['canonical'],
  canonical: [],
  feel: small,
  policy: [...small, 'feel'],
  measure: [...small, 'feel'],
  forecast: small,
  ledger: small,
}

/** Rooms in their order: a room imports from rooms before it. `main.ts` alone sees all. */
const rooms = [
  'records',
  'http',
  'identity',
  'catalogue',
  'observations',
  'intake',
  'notify',
  'tasks',
  'indicators',
  'forecasts',
  'alerts',
  'policies',
  'decisions',
  'exchange',
  'backup',
]

const findings = []
const reports = []
const roomLines = new Map()

for (const file of sources(root)) {
  const text = readFileSync(join(root, file), 'utf8')
  const test = /\.(test|fixture)\.tsx?$/.test(file)
  const lines = text.split('\n').length
  if (!test && lines > 600) reports.push(`${file}: ${lines} lines; is it still one thing?`)
  const room = place(file)
  if (room && !test) roomLines.set(room, (roomLines.get(room) ?? 0) + lines)
  if (/(^|\/)(utils?|helpers?|common|misc)(\.tsx?$|\/)/.test(file))
    findings.push(`${file}: a name that says nothing`)
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').trim()
  if (
    /(^|\/)index\.tsx?$/.test(file) &&
    code.split('\n').every((line) => !line.trim() || /^export .* from /.test(line.trim()))
  ) {
    findings.push(`${file}: an index that only re-exports`)
  }
  for (const [statement, specifier] of imports(text)) check(file, statement, specifier, test)
}
for (const [room, lines] of roomLines) if (lines > 3000) reports.push(`${room}: ${lines} lines in one room`)

for (const line of reports) process.stdout.write(`note: ${line}\n`)
for (const line of findings) process.stdout.write(`${line}\n`)
process.exit(findings.length > 0 ? 1 : 0)

function check(file, statement, specifier, test) {
  const bad = (why) => findings.push(`${file}: imports ${specifier}: ${why}`)
  if (/^[~#@]\//.test(specifier) || specifier.startsWith('src/')) return bad('a path alias')
  const from = owner(file)
  const to = target(file, specifier)
  if (!to) return
  if (to.top === 'web' && from.top !== 'web' && from.top !== 'e2e') return bad('nothing imports the web')
  if (from.top === 'packages') {
    if (to.top !== 'packages') return bad('a library imports libraries only')
    if (to.name !== from.name && !libraries[from.name]?.includes(to.name) && !test)
      return bad(`${from.name} may import ${libraries[from.name]?.join(', ') || 'nothing'}`)
    if (to.name !== from.name && specifier.startsWith('.')) return bad('across packages by name, not by path')
  }
  if (from.top === 'web' && to.top === 'node') {
    if (!/\/contract(\.ts)?$/.test(specifier) || !/^import type|^export type/.test(statement))
      return bad('of the node, only types of a contract')
  }
  if (from.top === 'node' && to.top === 'node' && from.name && !test) {
    if (to.name === 'main') return bad('main.ts is imported by nobody')
    const here = rooms.indexOf(from.name)
    const there = rooms.indexOf(to.name)
    if (to.name && from.name !== to.name && (there < 0 || there > here))
      return bad(`room ${from.name} stands before ${to.name}`)
  }
}

/** Which part of the house a file belongs to; `name` is the package or the room. */
function owner(file) {
  const [top, second, third] = file.split('/')
  if (top === 'packages') return { top, name: second }
  if (top === 'node' && second === 'src') return { top, name: third?.includes('.') ? null : third }
  return { top, name: null }
}

function target(file, specifier) {
  if (specifier.startsWith('@nhip/')) {
    const [, name, sub] = specifier.split('/')
    if (name in libraries) return { top: 'packages', name }
    return { top: name, name: name === 'node' ? sub : null }
  }
  if (!specifier.startsWith('.')) return null
  const path = relative(root, resolve(root, dirname(file), specifier))
    .split(sep)
    .join('/')
  const it = owner(path)
  if (it.top === 'node' && path === 'node/src/main.ts') return { top: 'node', name: 'main' }
  return it
}

function place(file) {
  const { top, name } = owner(file)
  return name ? `${top === 'node' ? 'node/src' : top}/${name}` : null
}

function* imports(text) {
  for (const match of text.matchAll(/^\s*(import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm))
    yield [match[0].trim(), match[2]]
  for (const match of text.matchAll(/\bimport\s*\(\s*['"]([^'"]+)['"]/g)) yield [match[0], match[1]]
  for (const match of text.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)) yield [match[0], match[1]]
}

function* sources(top, folder = '') {
  for (const entry of readdirSync(join(top, folder), { withFileTypes: true })) {
    const path = folder ? `${folder}/${entry.name}` : entry.name
    if (entry.isDirectory()) {
      if (!/^(node_modules|dist|data|\..*)$/.test(entry.name)) yield* sources(top, path)
    } else if (/\.(ts|tsx|mts)$/.test(entry.name) && !entry.name.endsWith('.d.ts')) yield path
  }
}
