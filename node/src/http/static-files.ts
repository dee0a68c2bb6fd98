import { statSync } from 'node:fs'
import { extname, join, normalize, resolve, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Vite puts a hash of the content into the name of everything under `assets/`. */
const hashed = /^assets[\\/].*[-.][\w-]{8,}\.\w+$/

/** The policy lab's worker, as Vite names it. */
const labWorker = /^assets[\\/]lab\.worker-[\w-]{8,}\.js$/

/**
 * Only the policy lab's worker may compile: it makes a fused loop of a law, from numbers and names of its own printing.
 * A worker has the policy of its own script, so pages stay without `unsafe-eval`; it gets data by message and reaches no
 * address.
 */
const labWorkerPolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-eval'",
  "connect-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Makes `sendPage` possible: files of the folder, `.br` or `.gz` twins when the browser takes them. */
export async function registerPages(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: resolve(folder), serve: false, preCompressed: true })
}

/**
 * Answers a GET from the built pages: hashed names are kept by browsers for ever, the rest is revalidated,
 * and an address of the single-page application gets its `index.html`.
 *
 * @returns false when there is nothing to answer with.
 */
export function sendPage(folder: string, request: FastifyRequest, reply: FastifyReply): boolean {
  const path = decodePath(request.url)
  if (path === null) return false
  const inside = normalize(path).replace(/^[\\/]+/, '')
  if (inside === '..' || inside.startsWith(`..${sep}`)) return false
  let name = inside === '' || inside === '.' ? 'index.html' : inside
  if (!isFile(join(folder, name))) {
    const page = extname(name) === '' && (request.headers.accept ?? '').includes('text/html')
    if (!page || !isFile(join(folder, 'index.html'))) return false
    name = 'index.html'
  }
  if (labWorker.test(name)) reply.header('content-security-policy', labWorkerPolicy)
  if (hashed.test(name)) reply.sendFile(name, { maxAge: '365d', immutable: true })
  else reply.header('cache-control', 'no-cache').sendFile(name, { cacheControl: false })
  return true
}

function decodePath(url: string): string | null {
  try {
    const path = decodeURIComponent(url.split('?')[0] ?? '/')
    return path.includes('\0') ? null : path
  } catch {
    return null
  }
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false
}
