import type { Io } from './verb.ts'

/** How far long work is, on one line of a terminal; nothing where stderr is a file. */
export class ProgressLine {
  readonly #io: Io
  readonly #shown: boolean
  #last = 0

  constructor(io: Io) {
    this.#io = io
    this.#shown = (io.stderr as NodeJS.WriteStream).isTTY === true
  }

  show(what: string, done: number, total: number, unit: 'bytes' | 'rows'): void {
    const now = performance.now()
    if (!this.#shown || (now - this.#last < 200 && done < total)) return
    this.#last = now
    const figure = (n: number) => (unit === 'bytes' ? `${(n / 1e6).toFixed(1)} MB` : String(n))
    const of = total > 0 ? ` / ${figure(Math.max(done, total))}` : ''
    this.#io.stderr.write(`\r\u001b[K${what}: ${figure(done)}${of}`)
  }

  end(): void {
    if (this.#shown) this.#io.stderr.write('\r\u001b[K')
  }
}
