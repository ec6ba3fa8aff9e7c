import type { Http2Error } from './error-code.ts'
import { readUint32, writeUint32 } from './frame.ts'

export type PingCallback = (error: Http2Error | undefined) => void

/** The pings that wait for an answer, each marked with a number of its own. */
export class PingBook {
  readonly #waiting = new Map<number, PingCallback>()
  #last = 0

  /** Returns the eight bytes to send. */
  add(callback: PingCallback): Buffer {
    this.#last = (this.#last + 1) >>> 0
    this.#waiting.set(this.#last, callback)
    const opaque = Buffer.alloc(8)
    writeUint32(opaque, 4, this.#last)
    return opaque
  }

  /** False when nobody asked. */
  settle(opaque: Uint8Array): boolean {
    const number = readUint32(opaque, 0) === 0 ? readUint32(opaque, 4) : 0
    const callback = this.#waiting.get(number)
    if (callback === undefined) return false
    this.#waiting.delete(number)
    callback(undefined)
    return true
  }

  failAll(error: Http2Error): void {
    const callbacks = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const callback of callbacks) callback(error)
  }
}
