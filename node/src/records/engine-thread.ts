import { readFile } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import type { Worker } from 'node:worker_threads'
import { startThread } from '../thread.ts'

/** Part of Node, but not of its types. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> }

let engine: Promise<object> | undefined
let ahead: Worker | undefined

/** Compiled once for all threads of the process: a backup, a restoration and a new folder start more than one. */
export function compiledEngine(): Promise<object> {
  engine ??= compile()
  return engine
}

async function compile(): Promise<object> {
  // Most of the engine's functions are never called; those that are get validated then.
  setFlagsFromString('--wasm-lazy-validation')
  // Ten times V8's own: at that one the optimising compiler takes a processor away from a start, for functions that are
  // done with when it is. What a node calls all day is optimised all the same, some seconds later.
  setFlagsFromString('--wasm-tiering-budget=18000000')
  return WebAssembly.compile(
    await readFile(new URL('./pglite.wasm', import.meta.resolve('@electric-sql/pglite'))),
  )
}

/**
 * Compiles the embedded engine and starts a thread for it before it is known which cluster it will open, or whether one
 * will be opened at all: all that goes on while the rest of the program is still read. The thread alone keeps no process
 * alive.
 */
export function startEngineAhead(): void {
  // Whoever opens a cluster hears of a failure.
  compiledEngine().catch(() => undefined)
  if (ahead) return
  ahead = startThread(import.meta.url, 'pglite')
  ahead.unref()
}

/** A thread that waits to be told which cluster to open: the one that was started ahead, or a new one. */
export function takeEngineThread(): Worker {
  const worker = ahead ?? startThread(import.meta.url, 'pglite')
  ahead = undefined
  worker.ref()
  return worker
}

/** Ends the thread that was started ahead: the records are on a server. */
export function dropEngineThread(): void {
  void ahead?.terminate()
  ahead = undefined
}
