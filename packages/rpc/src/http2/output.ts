import type { Socket } from 'node:net'

/** Small frames of all connections are written into slabs of this size, each byte of which is used once. */
const slabBytes = 32 * 1024

/** What is smaller is copied into the slab; what is larger goes to the socket as it is. */
const copyBelowBytes = 2048

let slab = Buffer.allocUnsafeSlow(slabBytes)
let slabUsed = 0

/**
 * What goes to one socket. All that is produced while one piece of input is handled, or in one tick, leaves in a
 * single write.
 */
export class Output {
  readonly #socket: Socket
  readonly #highWaterBytes: number
  /** Pieces that wait to be flushed, before the one that is still being written. */
  #pieces: Uint8Array[] = []
  #piecesBytes = 0
  /** The piece being written: where it stands in which slab. */
  #slab = slab
  #start = 0
  #end = 0
  #held = false
  #scheduled = false
  /** Whether anything has left. */
  hasFlushed = false
  #closed = false
  /** Where the room begins that `reserve` has made. */
  reservedAt = 0
  readonly #onBeforeFlush: () => void
  readonly #flushLater = (): void => {
    this.#scheduled = false
    if (this.#closed) return
    this.#onBeforeFlush()
    this.flush()
  }

  /** @param onBeforeFlush called before a flush that nobody asked for, as the last chance to add to it */
  constructor(socket: Socket, highWaterBytes: number, onBeforeFlush: () => void) {
    this.#socket = socket
    // Below its own mark a socket does not say when it has drained.
    this.#highWaterBytes = Math.max(highWaterBytes, socket.writableHighWaterMark)
    this.#onBeforeFlush = onBeforeFlush
  }

  /** Bytes that the kernel has not taken yet. */
  get waitingBytes(): number {
    return this.#piecesBytes + (this.#end - this.#start) + this.#socket.writableLength
  }

  /** So much waits that data should wait elsewhere. */
  get isCongested(): boolean {
    return this.waitingBytes > this.#highWaterBytes
  }

  /** Makes room for `length` bytes, all of which the caller must write at once, at `reservedAt` of the result. */
  reserve(length: number): Buffer {
    if (this.#end === this.#start || this.#slab !== slab || this.#end !== slabUsed || slabUsed + length > slab.length) {
      this.#seal()
      if (slabUsed + length > slab.length) {
        slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, length))
        slabUsed = 0
      }
      this.#slab = slab
      this.#start = slabUsed
      this.#end = slabUsed
    }
    this.reservedAt = slabUsed
    slabUsed += length
    this.#end = slabUsed
    if (!this.#held && !this.#scheduled) this.#schedule()
    return slab
  }

  /** Adds bytes; large ones are not copied and must not change any more. */
  append(bytes: Uint8Array): void {
    if (bytes.length < copyBelowBytes) {
      const target = this.reserve(bytes.length)
      target.set(bytes, this.reservedAt)
      return
    }
    this.#seal()
    this.#pieces.push(bytes)
    this.#piecesBytes += bytes.length
    if (!this.#held && !this.#scheduled) this.#schedule()
  }

  /** Until `flush` nothing leaves, and no tick is spent on it. */
  hold(): void {
    this.#held = true
  }

  flush(): void {
    this.#held = false
    if (this.#closed) return
    const pieces = this.#pieces
    if (pieces.length === 0) {
      if (this.#end === this.#start) return
      const piece = this.#slab.subarray(this.#start, this.#end)
      this.#start = this.#end
      this.hasFlushed = true
      this.#socket.write(piece)
      return
    }
    this.#seal()
    this.#pieces = []
    this.#piecesBytes = 0
    this.hasFlushed = true
    this.#socket.cork()
    for (const piece of pieces) this.#socket.write(piece)
    this.#socket.uncork()
  }

  /** Drops what has not been flushed, and all that follows. */
  close(): void {
    this.#closed = true
    this.#pieces = []
    this.#piecesBytes = 0
    this.#start = this.#end
  }

  #seal(): void {
    if (this.#end === this.#start) return
    this.#pieces.push(this.#slab.subarray(this.#start, this.#end))
    this.#piecesBytes += this.#end - this.#start
    this.#start = this.#end
  }

  #schedule(): void {
    this.#scheduled = true
    process.nextTick(this.#flushLater)
  }
}
