import type { Http2Stream, StreamHost } from './stream.ts'

/** How much one stream may send before it is another's turn. */
const turnBytes = 64 * 1024

/** Lets streams with queued data take turns, as far as the windows and the socket allow. */
export class SendScheduler {
  readonly #host: StreamHost
  #first: Http2Stream | undefined
  #last: Http2Stream | undefined
  #isRunning = false
  /** Streams with queued data whose own window is shut. */
  readonly #shut = new Set<Http2Stream>()

  constructor(host: StreamHost) {
    this.#host = host
  }

  /** How many streams wait for their own window to open. */
  get shutCount(): number {
    return this.#shut.size
  }

  /** Puts a stream with queued data in the line; one whose own window is shut stays outside until it opens. */
  add(stream: Http2Stream): void {
    if (stream.isScheduled || !stream.wantsToSend) return
    if (stream.sendWindow <= 0 && stream.bufferedBytes > 0) {
      this.#shut.add(stream)
      return
    }
    this.remove(stream)
    stream.isScheduled = true
    stream.nextScheduled = undefined
    if (this.#last === undefined) this.#first = stream
    else this.#last.nextScheduled = stream
    this.#last = stream
  }

  /** The windows of all streams have grown. */
  addShut(): void {
    for (const stream of this.#shut) this.add(stream)
  }

  /** The stream is over, or does not wait for its window any more. */
  remove(stream: Http2Stream): void {
    if (this.#shut.size > 0) this.#shut.delete(stream)
  }

  run(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    try {
      this.#takeTurns()
    } finally {
      this.#isRunning = false
    }
  }

  #takeTurns(): void {
    const host = this.#host
    while (this.#first !== undefined && !host.output.isCongested) {
      const stream = this.#first
      // What is left of a message may be no bytes at all, which needs no window.
      if (host.sendWindow <= 0 && stream.bufferedBytes > 0 && !stream.isClosed) break
      this.#first = stream.nextScheduled
      if (this.#first === undefined) this.#last = undefined
      stream.nextScheduled = undefined
      stream.isScheduled = false
      if (stream.isClosed) continue
      stream.sendQueued(turnBytes)
      this.add(stream)
    }
  }

  /** The streams are gone. */
  clear(): void {
    this.#first = undefined
    this.#last = undefined
    this.#shut.clear()
  }
}
