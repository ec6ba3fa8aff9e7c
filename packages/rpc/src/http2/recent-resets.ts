/** How many resets are remembered; an older one is taken for remembered. */
const maxRemembered = 1024

/**
 * The streams that this side reset. Until the peer knows of it, it may send more for them, which is to be ignored;
 * frames for streams that ended otherwise are errors: RFC 9113, section 5.1.
 */
export class RecentResets {
  readonly #ids = new Set<number>()
  #forgotten = 0

  add(streamId: number): void {
    this.#ids.add(streamId)
    if (this.#ids.size <= maxRemembered) return
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest)
      this.#forgotten = Math.max(this.#forgotten, oldest)
      return
    }
  }

  has(streamId: number): boolean {
    return streamId <= this.#forgotten || this.#ids.has(streamId)
  }
}
