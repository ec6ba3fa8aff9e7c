import { ErrorCode, Http2Error } from './error-code.ts'
import { maxContinuations } from './limits.ts'

/** Collects a header block that is spread over a HEADERS frame and CONTINUATION frames. */
export class HeaderAssembly {
  readonly streamId: number
  readonly endStream: boolean
  readonly #maxBytes: number
  readonly #fragments: Buffer[] = []
  #bytes = 0

  constructor(streamId: number, endStream: boolean, maxBytes: number) {
    this.streamId = streamId
    this.endStream = endStream
    this.#maxBytes = maxBytes
  }

  /** Throws an `Http2Error` when it is too much. */
  add(fragment: Buffer): void {
    this.#bytes += fragment.length
    if (this.#bytes > this.#maxBytes || this.#fragments.length > maxContinuations) {
      throw new Http2Error(ErrorCode.enhanceYourCalm, 'a header block is too large')
    }
    this.#fragments.push(fragment)
  }

  block(): Buffer {
    return Buffer.concat(this.#fragments, this.#bytes)
  }
}
