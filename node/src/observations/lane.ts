/** Work that must not overlap: one piece at a time, in the order asked. */
export class Lane {
  #turn: Promise<unknown> = Promise.resolve()
  #length = 0

  get busy(): boolean {
    return this.#length > 0
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    this.#length++
    const result = this.#turn.then(work)
    this.#turn = result
      .catch(() => undefined)
      .then(() => {
        this.#length--
      })
    return result
  }
}
