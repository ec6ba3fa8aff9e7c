import type { Output } from './output.ts'

/** Bytes of one stream that wait for a window, for the socket, or for the stream to be opened. */
export class SendQueue {
  #chunks: Uint8Array[] = []
  #head = 0
  /** How much of the first chunk has been sent. */
  #offset = 0
  bytes = 0

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.bytes += chunk.length
  }

  /** Moves the first `count` bytes to the output; there must be that many. */
  moveTo(output: Output, count: number): void {
    this.bytes -= count
    for (let left = count; left > 0; ) {
      const chunk = this.#chunks[this.#head]
      if (chunk === undefined) return
      const available = chunk.length - this.#offset
      if (available > left) {
        output.append(chunk.subarray(this.#offset, this.#offset + left))
        this.#offset += left
        return
      }
      output.append(this.#offset === 0 ? chunk : chunk.subarray(this.#offset))
      left -= available
      this.#offset = 0
      this.#head += 1
    }
    if (this.#head === this.#chunks.length) {
      this.#chunks = []
      this.#head = 0
    } else if (this.#head > 1024) {
      this.#chunks.splice(0, this.#head)
      this.#head = 0
    }
  }
}
