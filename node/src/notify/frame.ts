/**
 * Frames of `text/event-stream` (WHATWG HTML, "Server-sent events"). An id is `<epoch>-<number>`: the epoch is drawn
 * when the node starts, so that a number of an earlier run is never taken for one of this.
 */

export function idOf(epoch: string, n: number): string {
  return `${epoch}-${n}`
}

/** The number in an id of this epoch; undefined for anything else. */
export function numberOf(epoch: string, id: string): number | undefined {
  const [of, n = ''] = id.split('-')
  return of === epoch && /^\d{1,15}$/.test(n) ? Number(n) : undefined
}

export function frame(name: string, id: string, data: unknown): string {
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`
}

/** Moves the reader's position on without an event, and keeps proxies from closing a silent line. */
export function heartbeat(id: string): string {
  return `: alive\nid: ${id}\n\n`
}
