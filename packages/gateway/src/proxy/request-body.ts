import { Readable } from 'node:stream'
import type { RequestBodyStream } from '../upstream/attempt.ts'
import type { BodyListener, Downstream } from './downstream.ts'

/** The body of one try: what was kept of it first, then what comes from the client. */
class TryBody extends Readable implements RequestBodyStream {
  trailers: readonly string[] = []
  readonly #body: RequestBody
  #kept: readonly Buffer[] | undefined

  constructor(body: RequestBody, kept: readonly Buffer[]) {
    super({ highWaterMark: 64 * 1024 })
    this.#body = body
    this.#kept = kept
  }

  override _read(): void {
    const kept = this.#kept
    this.#kept = undefined
    for (const chunk of kept ?? []) this.push(chunk)
    this.#body.wanted(this)
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#body.released(this)
    callback(error)
  }
}

export interface RequestBodyOptions {
  readonly maxBytes: number | undefined
  /** So much is kept, so that the request can be sent to another instance. */
  readonly keepBytes: number
  /** A piece has come from the client. */
  readonly onProgress: () => void
  readonly onTooLarge: () => void
}

/** A client's request body, read as fast as the instance takes it, and no further. */
export class RequestBody implements BodyListener {
  readonly #down: Downstream
  readonly #options: RequestBodyOptions
  #kept: Buffer[] | undefined = []
  #keptBytes = 0
  #bytes = 0
  #isReading = false
  #trailers: readonly string[] | undefined
  #current: TryBody | undefined

  constructor(down: Downstream, options: RequestBodyOptions) {
    this.#down = down
    this.#options = options
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The client has sent all of it. */
  get isWhole(): boolean {
    return this.#trailers !== undefined
  }

  /** Whether another try can send it from the beginning. */
  get canRepeat(): boolean {
    return this.#kept !== undefined
  }

  /** The body for the next try. */
  open(): RequestBodyStream {
    this.#current = new TryBody(this, this.#kept ?? [])
    return this.#current
  }

  wanted(reader: TryBody): void {
    if (reader !== this.#current) return
    if (this.#trailers !== undefined) this.#finish(reader, this.#trailers)
    else if (this.#isReading) this.#down.resumeBody()
    else {
      this.#isReading = true
      this.#down.readBody(this)
    }
  }

  released(reader: TryBody): void {
    if (reader !== this.#current) return
    this.#current = undefined
    if (this.#isReading && this.#trailers === undefined) this.#down.pauseBody()
  }

  bodyData(chunk: Buffer): boolean {
    this.#bytes += chunk.length
    const { maxBytes, keepBytes, onProgress, onTooLarge } = this.#options
    if (maxBytes !== undefined && this.#bytes > maxBytes) {
      this.#kept = undefined
      onTooLarge()
      return false
    }
    onProgress()
    this.#keptBytes += chunk.length
    if (this.#keptBytes > keepBytes) this.#kept = undefined
    this.#kept?.push(chunk)
    return this.#current?.push(chunk) ?? false
  }

  bodyEnded(trailers: readonly string[]): void {
    this.#trailers = trailers
    if (this.#current) this.#finish(this.#current, trailers)
  }

  #finish(reader: TryBody, trailers: readonly string[]): void {
    reader.trailers = trailers
    reader.push(null)
  }
}
