import type { BodyListener, BodySource } from '../upstream/attempt.ts'
import type { Downstream } from './downstream.ts'

/** The body of one try: what was kept of it first, then what comes from the client. */
class TryBody implements BodySource {
  readonly #body: RequestBody
  readonly #kept: readonly Buffer[]
  #listener: BodyListener | undefined

  constructor(body: RequestBody, kept: readonly Buffer[]) {
    this.#body = body
    this.#kept = kept
  }

  start(listener: BodyListener): void {
    this.#listener = listener
    let takesMore = true
    for (const chunk of this.#kept) takesMore = listener.bodyData(chunk)
    if (takesMore) this.resume()
  }

  resume(): void {
    this.#body.wanted(this)
  }

  cancel(): void {
    this.#listener = undefined
    this.#body.released(this)
  }

  push(chunk: Buffer): boolean {
    return this.#listener?.bodyData(chunk) ?? false
  }

  finish(trailers: readonly string[]): void {
    const listener = this.#listener
    this.#listener = undefined
    listener?.bodyEnded(trailers)
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
  open(): BodySource {
    this.#current = new TryBody(this, [...(this.#kept ?? [])])
    return this.#current
  }

  wanted(reader: TryBody): void {
    if (reader !== this.#current) return
    if (this.#trailers !== undefined) reader.finish(this.#trailers)
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
    this.#current?.finish(trailers)
  }
}
