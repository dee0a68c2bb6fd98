import { Lab, problemsOf } from './lab.ts'
import type { LabReply, LabRequest } from './lab-messages.ts'

/** The thread of the policy lab: one request after the other, each answered under its number. */
const lab = new Lab()
const here = globalThis as unknown as {
  onmessage: ((event: MessageEvent<LabRequest>) => void) | null
  postMessage(reply: LabReply): void
}
let before: Promise<unknown> = Promise.resolve()

here.onmessage = ({ data }) => {
  before = before.then(async () => {
    try {
      here.postMessage({ id: data.id, answer: await answer(data) })
    } catch (error) {
      here.postMessage({
        id: data.id,
        problems: problemsOf(error),
        message: error instanceof Error ? error.message : String(error),
      })
    }
  })
}

function answer(request: LabRequest): unknown {
  switch (request.name) {
    case 'open':
      return lab.open(request.ask)
    case 'check':
      return lab.check(request.ask)
    case 'sample':
      return lab.sample(request.ask)
    case 'run':
      return lab.run(request.ask)
    case 'household':
      return lab.household(request.ask)
  }
}
