const headEnd = Buffer.from('\r\n\r\n')

/** Collects the head of a message, which may come in pieces. */
export class HeadReader {
  readonly #maxBytes: number
  #pending: Buffer | undefined
  /** Where the bytes after the head begin, in those that were read last. */
  next = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Whether a part of a head is there. */
  get isPartial(): boolean {
    return this.#pending !== undefined
  }

  /**
   * The head from `at` on, in Latin-1, with the CRLF of its last line but without the empty line. `undefined`: it is
   * not whole yet, and its part has been copied. `too-large`: it has more bytes than are allowed.
   */
  read(bytes: Buffer, at: number): string | undefined {
    const pending = this.#pending
    if (pending === undefined) {
      const end = bytes.indexOf(headEnd, at)
      if (end === -1) {
        this.#pending = Buffer.from(bytes.subarray(at))
        return undefined
      }
      this.next = end + headEnd.length
      return bytes.toString('latin1', at, end + 2)
    }
    const all = Buffer.concat([pending, bytes.subarray(at)])
    const end = all.indexOf(headEnd, Math.max(0, pending.length - headEnd.length + 1))
    if (end === -1) {
      this.#pending = all
      return undefined
    }
    this.#pending = undefined
    this.next = at + end + headEnd.length - pending.length
    return all.toString('latin1', 0, end + 2)
  }

  /** Whether what was read last is larger than allowed. @param head what `read` returned */
  isTooLarge(head: string | undefined): boolean {
    return (head?.length ?? this.#pending?.length ?? 0) > this.#maxBytes
  }
}
