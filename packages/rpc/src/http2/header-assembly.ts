import { ByteQueue } from '@waypost/core'
import { asBuffer } from '../as-buffer.ts'
import { ErrorCode, Http2Error } from './error-code.ts'
import { maxContinuations } from './limits.ts'

/** Collects a header block that is spread over a HEADERS frame and CONTINUATION frames. */
export class HeaderAssembly {
  readonly streamId: number
  readonly endStream: boolean
  readonly #maxBytes: number
  readonly #bytes = new ByteQueue()
  #fragments = 0

  constructor(streamId: number, endStream: boolean, maxBytes: number) {
    this.streamId = streamId
    this.endStream = endStream
    this.#maxBytes = maxBytes
  }

  /** Throws an `Http2Error` when it is too much. */
  add(fragment: Buffer): void {
    this.#fragments += 1
    if (this.#bytes.length + fragment.length > this.#maxBytes || this.#fragments > maxContinuations + 1) {
      throw new Http2Error(ErrorCode.enhanceYourCalm, 'a header block is too large')
    }
    this.#bytes.push(fragment)
    this.#bytes.own()
  }

  block(): Buffer {
    return asBuffer(this.#bytes.take(this.#bytes.length))
  }
}
