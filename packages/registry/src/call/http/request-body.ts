import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'

type Body = NonNullable<Dispatcher.DispatchOptions['body']> | null

/**
 * The body of a request that may be sent to one instance after the other. Bytes and forms can be sent again; what can
 * be read only once is left untouched until the connection is there, so that it is still whole after a refused one.
 */
export class RequestBody {
  readonly #source: Body
  readonly #once: ReadOnce | undefined

  constructor(source: Body | undefined) {
    this.#source = source ?? null
    this.#once = isIterable(source) ? new ReadOnce(source) : undefined
    // One that breaks before it is read breaks the reading, and not the process.
    if (source instanceof Readable) source.on('error', () => {})
  }

  /** What to give to undici, again for each attempt. */
  get forAttempt(): Body {
    return this.#once === undefined ? this.#source : Readable.from(this.#once)
  }

  get canBeSent(): boolean {
    return this.#once === undefined || !this.#once.started
  }

  /** The request ended without that the body was read. */
  discard(): void {
    if (this.#source instanceof Readable && this.canBeSent) this.#source.destroy()
  }
}

class ReadOnce {
  readonly #source: AsyncIterable<unknown> | Iterable<unknown>
  started = false

  constructor(source: AsyncIterable<unknown> | Iterable<unknown>) {
    this.#source = source
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    this.started = true
    yield* this.#source
  }
}

function isIterable(body: unknown): body is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof body !== 'object' || body === null || body instanceof Uint8Array || ArrayBuffer.isView(body)) return false
  if (body[Symbol.toStringTag as keyof typeof body] === ('FormData' as never)) return false
  return Symbol.asyncIterator in body || Symbol.iterator in body
}
