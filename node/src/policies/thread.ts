import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { type ResourceLimits, Worker } from 'node:worker_threads'

/**
 * Starts a file of this room in a thread of its own: `name.worker.js` beside this one, or its TypeScript source where
 * the program runs from sources. Hooks of the main thread do not reach workers, so the loader is registered inside.
 */
export function startThread(name: string, workerData: unknown, resourceLimits: ResourceLimits = {}): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL(`./${name}.worker.js`, import.meta.url), { workerData, resourceLimits })
  const loader = new URL(
    'dist/esm/api/index.mjs',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')),
  ).href
  const file = new URL(`./${name}.worker.ts`, import.meta.url).href
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(file)}) }).catch((e) => { setImmediate(() => { throw e }) })`
  return new Worker(code, {
    eval: true,
    workerData,
    resourceLimits,
    execArgv: ['--conditions', 'nhip-source'],
  })
}
