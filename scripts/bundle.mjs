// Puts the compiled modules of `nhip serve`, with the libraries written in plain JavaScript, into a few files. A node
// reads some 1,100 modules to start; finding, reading and linking them one by one takes longer than opening its stores.
// Worker threads and the other verbs go on with the compiled files as they are.
import { readFileSync, rmSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const compiled = join(root, 'cli', 'dist')

/** Where the bundled command stands; its modules find data and workers where the compiled files are. */
export const served = join(compiled, 'served', 'frame.js')

/** With native parts, threads or files of their own: left where npm put them. */
const external = ['@duckdb/node-bindings', '@electric-sql/*', 'pg', 'pino', 'tsx']

/** Whether the bundle was made after everything it was made from. */
export function bundleIsFresh() {
  const made = statSync(served, { throwIfNoEntry: false })?.mtimeMs
  if (made === undefined) return false
  const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
  const inputs = references.map(({ path }) => join(root, path, 'dist', '.tsbuildinfo'))
  return [...inputs, join(root, 'package-lock.json'), fileURLToPath(import.meta.url)].every(
    (file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY) <= made,
  )
}

/** Makes it anew. */
export async function bundle() {
  const { build } = await import('esbuild')
  rmSync(dirname(served), { recursive: true, force: true })
  await build({
    absWorkingDir: compiled,
    entryPoints: ['frame.js', 'verbs/serve.js'],
    outdir: dirname(served),
    outbase: '.',
    chunkNames: 'verbs/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external,
    logLevel: 'error',
    // What is written in CommonJS asks for Node's own modules with `require`.
    banner: {
      js: [
        "import { createRequire as requireOf } from 'node:module'",
        'const require = requireOf(import.meta.url)',
        // As seen from `served/verbs/`, where all but the frame is put.
        "const placeOfTheTree = new URL('../../../../', import.meta.url)",
      ].join('\n'),
    },
    plugins: [{ name: 'own places', setup: ({ onLoad }) => onLoad({ filter: /\.js$/ }, withOwnPlace) }],
  })
}

/** `import.meta.url` of a bundled module stays that of its compiled file: beside it lie its workers and its data. */
function withOwnPlace({ path }) {
  if (path.includes('node_modules') || path === join(compiled, 'frame.js')) return
  const text = readFileSync(path, 'utf8')
  if (!text.includes('import.meta.url')) return
  const place = JSON.stringify(relative(root, path))
  return {
    loader: 'js',
    contents: text.replaceAll('import.meta.url', `new URL(${place}, placeOfTheTree).href`),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle()
