/**
 * Follows the frames of an MQTT byte stream by their length fields alone (MQTT 3.1.1 §2.2.3), so that a frame that is too
 * long is refused by what it announces and not after it has been gathered in memory.
 */
export class FrameGuard {
  /** Longest frame in bytes, without its header; may be raised once the sender is known. */
  limit: number
  #inBody = 0
  #atHeader = true
  #length = 0
  #place = 1

  constructor(limit: number) {
    this.limit = limit
  }

  /** Whether the stream may go on after these bytes: false for a frame longer than the limit or a length without an end. */
  admit(chunk: Uint8Array): boolean {
    let at = 0
    while (at < chunk.length) {
      if (this.#inBody > 0) {
        const part = Math.min(this.#inBody, chunk.length - at)
        this.#inBody -= part
        at += part
      } else if (this.#atHeader) {
        this.#atHeader = false
        this.#length = 0
        this.#place = 1
        at += 1
      } else {
        const byte = chunk[at++]!
        this.#length += (byte & 127) * this.#place
        this.#place *= 128
        if (this.#length > this.limit || (byte >= 128 && this.#place > 128 ** 3)) return false
        if (byte < 128) {
          this.#inBody = this.#length
          this.#atHeader = true
        }
      }
    }
    return true
  }
}
