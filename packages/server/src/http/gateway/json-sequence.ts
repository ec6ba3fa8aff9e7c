import { ByteQueue } from '@waypost/core'
import { asBuffer } from '@waypost/protocol'
import { parseExactJson } from './exact-json.ts'

/** JSON that is not well formed, or larger than it may be. */
export class JsonSequenceError extends Error {
  override readonly name = 'JsonSequenceError'
  readonly tooLarge: boolean

  constructor(message: string, options: { readonly tooLarge?: boolean } = {}) {
    super(message)
    this.tooLarge = options.tooLarge ?? false
  }
}

const quote = 0x22
const backslash = 0x5c
const openers: ReadonlySet<number> = new Set([0x7b, 0x5b])
const closers: ReadonlySet<number> = new Set([0x7d, 0x5d])
const spaces: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])

/** Cuts a stream of bytes into the JSON objects that follow each other in it, with or without space between them. */
export class JsonSequence {
  readonly #maxBytes: number
  readonly #bytes = new ByteQueue()
  #depth = 0
  #inString = false
  #escaped = false

  /** @param maxBytes the largest object that is accepted */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Whether an object has begun that is not complete. */
  get pending(): boolean {
    return this.#bytes.length > 0
  }

  /** Bytes of memory that an incomplete object takes up. */
  get allocatedBytes(): number {
    return this.#bytes.allocatedBytes
  }

  /** The objects that the chunk completes. Throws `JsonSequenceError`. */
  push(chunk: Buffer): unknown[] {
    const values: unknown[] = []
    let start = 0
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0
      if (this.#depth === 0) {
        if (spaces.has(byte)) {
          start = index + 1
          continue
        }
        if (!openers.has(byte)) throw new JsonSequenceError('The body is not JSON: an object should begin here.')
      }
      if (!this.#endsAt(byte)) continue
      this.#keep(chunk.subarray(start, index + 1))
      values.push(this.#take())
      start = index + 1
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
    this.#bytes.own()
    return values
  }

  #endsAt(byte: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false
      else if (byte === backslash) this.#escaped = true
      else if (byte === quote) this.#inString = false
    } else if (byte === quote) this.#inString = true
    else if (openers.has(byte)) this.#depth += 1
    else if (closers.has(byte)) {
      this.#depth -= 1
      return this.#depth === 0
    }
    return false
  }

  #keep(part: Buffer): void {
    if (this.#bytes.length + part.length > this.#maxBytes)
      throw new JsonSequenceError(`A JSON object is larger than ${this.#maxBytes} bytes.`, { tooLarge: true })
    this.#bytes.push(part)
  }

  #take(): unknown {
    return parseJson(asBuffer(this.#bytes.take(this.#bytes.length)).toString())
  }
}

/** See `parseExactJson`. Throws `JsonSequenceError`. */
export function parseJson(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch (cause) {
    throw new JsonSequenceError(`The body is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}
