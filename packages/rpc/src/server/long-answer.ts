/**
 * The answer to a unary call that is too large to be encoded at once. Its pieces are made as the client reads them, so
 * that neither the time of the event loop nor memory is taken by the whole.
 */
export class LongAnswer {
  /** The length of the encoded message. */
  readonly bytes: number
  /** The encoded message, piece by piece. The pieces must not change afterwards. */
  readonly pieces: AsyncIterable<Uint8Array>
  readonly #release: () => void

  /** @param release called once the pieces are read, or not wanted any more */
  constructor(bytes: number, pieces: AsyncIterable<Uint8Array>, release: () => void = () => {}) {
    this.bytes = bytes
    this.pieces = pieces
    this.#release = release
  }

  /** Lets go of what the answer is made from. To be called exactly once, however the answer ends. */
  release(): void {
    this.#release()
  }

  /** The whole message in memory, with `headroomBytes` unused bytes in front of it. Releases the answer. */
  async whole(headroomBytes: number): Promise<Uint8Array> {
    try {
      const message = Buffer.allocUnsafe(headroomBytes + this.bytes)
      let end = headroomBytes
      for await (const piece of this.pieces) {
        message.set(piece, end)
        end += piece.length
      }
      return message
    } finally {
      this.release()
    }
  }
}
