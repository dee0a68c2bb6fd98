import type { Browser, Page } from 'playwright-core'

/** What a journey is given: a page at one width, the node's address, and a way to keep a picture. */
export interface JourneyContext {
  browser: Browser
  page: Page
  base: string
  width: number
  /** Keeps a screenshot of the page under this name. */
  picture(name: string, options?: { fullPage?: boolean }): Promise<void>
  /** Journeys that provoke a refusal say which console line it leaves. */
  expectConsole(pattern: RegExp): void
  /** Stops the node and starts it again at the same address with the same data; null for a node that is not ours. */
  restart: { stop(): Promise<void>; start(): Promise<void> } | null
}

export interface Journey {
  name: string
  /** A reason to leave it out here, or null. */
  skip?(): string | null
  run(context: JourneyContext): Promise<void>
}

/** Fails the journey with both values in the message. */
export function equal<T>(what: string, found: T, expected: T): void {
  if (found !== expected)
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`)
}

/** Fails the journey unless the condition holds. */
export function must(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what)
}
