import type { HttpResponse } from '@waypost/rpc/server'

/** How much may wait for a reader that does not keep up. Then it is cut off: it comes back, and goes on where it was. */
const maxWaitingBytes = 1024 * 1024

/** One reader of a stream of events. */
export class SseReader {
  readonly #response: HttpResponse
  readonly #onSlow: () => void
  #waitingBytes = 0

  constructor(response: HttpResponse, onSlow: () => void) {
    this.#response = response
    this.#onSlow = onSlow
  }

  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded
  }

  /** Never waits. A reader with too much before it is cut off. */
  send(frame: Uint8Array): void {
    if (!this.isOpen) return
    if (this.#waitingBytes + frame.length > maxWaitingBytes && this.#waitingBytes > 0) {
      this.#onSlow()
      this.#response.destroy()
      return
    }
    this.#waitingBytes += frame.length
    // The two kinds of responses declare `write` differently.
    const write: (chunk: Uint8Array, done: () => void) => boolean = this.#response.write.bind(this.#response)
    write(frame, () => {
      this.#waitingBytes -= frame.length
    })
  }

  end(): void {
    if (this.isOpen) this.#response.end()
  }
}
