import type { Problem } from '@nhip/canonical/problem'
// oxlint-disable-next-line import/default -- Vite makes the address that is imported
import workerUrl from './lab.worker.ts?worker&url'
import type { CallName, LabCalls, LabReply, LabRequest } from './lab-messages.ts'

/** Why the lab could not do what was asked; the problems say where. */
export class LabError extends Error {
  readonly problems: readonly Problem[]

  constructor(message: string, problems: readonly Problem[]) {
    super(message)
    this.name = 'LabError'
    this.problems = problems
  }
}

/** The lab's worker, asked by name. */
export class LabClient {
  readonly #worker: Worker
  readonly #waiting = new Map<number, { done: (answer: unknown) => void; failed: (error: Error) => void }>()
  #next = 1

  constructor() {
    this.#worker = new Worker(workerUrl, { type: 'module', name: 'policy-lab' })
    this.#worker.onmessage = ({ data }: MessageEvent<LabReply>) => {
      const asked = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      if ('message' in data) asked?.failed(new LabError(data.message, data.problems))
      else asked?.done(data.answer)
    }
    this.#worker.onerror = (event) => {
      for (const { failed } of this.#waiting.values()) failed(new LabError(event.message, []))
      this.#waiting.clear()
    }
  }

  /** @throws {LabError} */
  ask<Name extends CallName>(name: Name, ask: LabCalls[Name]['ask']): Promise<LabCalls[Name]['answer']> {
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { done: (answer) => resolve(answer as LabCalls[Name]['answer']), failed: reject })
      this.#worker.postMessage({ id, name, ask } as LabRequest)
    })
  }

  close(): void {
    this.#worker.terminate()
  }
}

/**
 * Whether the node lets this worker, and only it, compile code. Asked of the header, since trying it out leaves a complaint in the
 * browser's console.
 */
export async function mayCompile(): Promise<boolean> {
  const answer = await fetch(workerUrl, { method: 'HEAD' }).catch(() => null)
  if (!answer?.ok) return false
  const policy = answer.headers.get('content-security-policy')
  return policy === null || /script-src[^;]*'unsafe-eval'/.test(policy)
}
