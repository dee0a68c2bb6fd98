/** One event of a `text/event-stream`. */
export interface StreamEvent {
  name: string
  data: unknown
}

/**
 * Reads `text/event-stream` piece by piece (WHATWG HTML, "Server-sent events"). The browser's own EventSource can
 * neither come back to the place where another tab left nor say why it was refused.
 */
export class EventStreamReader {
  /** Where the stream is: also moved on by blocks without an event. */
  lastEventId: string | undefined
  #rest = ''

  constructor(lastEventId?: string) {
    this.lastEventId = lastEventId
  }

  /** The events that are complete with this piece of text. */
  read(text: string): StreamEvent[] {
    const blocks = (this.#rest + text).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    return blocks.flatMap((block) => this.#event(block) ?? [])
  }

  #event(block: string): StreamEvent | null {
    let name = 'message'
    const data: string[] = []
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':')
      const field = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))
      if (field === 'event') name = value
      else if (field === 'data') data.push(value)
      else if (field === 'id') this.lastEventId = value
    }
    return data.length === 0 ? null : { name, data: JSON.parse(data.join('\n')) as unknown }
  }
}
