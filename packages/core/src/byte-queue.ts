/**
 * Bytes that arrive in chunks and leave in order, in one array. However small the chunks are, it holds at most about
 * twice as many bytes as wait in it: a list of chunks would cost some 200 bytes for each chunk of one byte.
 *
 * A chunk that arrives while nothing waits is borrowed, not copied, until `own` is called or another chunk arrives.
 */
export class ByteQueue {
  #bytes: Uint8Array = nothing
  #start = 0
  #end = 0
  #isBorrowed = false

  /** Bytes that wait. */
  get length(): number {
    return this.#end - this.#start
  }

  /** Bytes of memory that this queue has allocated; a borrowed chunk does not count. */
  get allocatedBytes(): number {
    return this.#isBorrowed ? 0 : this.#bytes.length
  }

  /** The byte at a position, counted from the first that waits; 0 beyond the end. */
  at(index: number): number {
    const position = this.#start + index
    return position < this.#end ? (this.#bytes[position] ?? 0) : 0
  }

  /**
   * Takes the bytes of `chunk` from `start` to `end`. Until `own` is called they must not change.
   *
   * @param expectedBytes how many bytes are going to wait here, if that is known; nothing is allocated for a promise alone
   */
  push(chunk: Uint8Array, start = 0, end = chunk.length, expectedBytes = Number.POSITIVE_INFINITY): void {
    if (this.#start === this.#end) {
      this.#bytes = chunk
      this.#start = start
      this.#end = end
      this.#isBorrowed = true
      return
    }
    const added = end - start
    if (this.#isBorrowed || this.#end + added > this.#bytes.length) this.#allocate(this.length + added, expectedBytes)
    this.#bytes.set(chunk.subarray(start, end), this.#end)
    this.#end += added
  }

  /** Copies what is borrowed, so that the chunk can be freed. Call it before waiting for more. */
  own(expectedBytes = Number.POSITIVE_INFINITY): void {
    if (this.#isBorrowed) this.#allocate(this.length, expectedBytes)
  }

  /** Removes the first `count` bytes and returns them without copying; there must be as many. They do not change. */
  take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#start, this.#start + count)
    this.#start += count
    if (this.#start === this.#end) this.clear()
    return taken
  }

  /** Removes the first `count` bytes; there must be as many. */
  skip(count: number): void {
    this.#start += count
    if (this.#start === this.#end) this.clear()
  }

  clear(): void {
    this.#bytes = nothing
    this.#start = 0
    this.#end = 0
    this.#isBorrowed = false
  }

  /** Moves what waits into an array of its own: bytes that were taken from the old one stay as they are. */
  #allocate(neededBytes: number, expectedBytes: number): void {
    const capacity = Math.max(neededBytes, Math.min(expectedBytes, neededBytes * 2))
    const bytes = new Uint8Array(capacity)
    bytes.set(this.#bytes.subarray(this.#start, this.#end))
    this.#end -= this.#start
    this.#start = 0
    this.#bytes = bytes
    this.#isBorrowed = false
  }
}

const nothing = new Uint8Array(0)
