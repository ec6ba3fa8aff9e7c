import * as wire from '@waypost/protocol'

/** One version of one key. Immutable; its bytes must not be written to. */
export class KeyValue {
  /**
   * The decoded message; or a buffer with encoded ones, of which this is the one from `#start` to `#end`. A key that is
   * kept for long is kept encoded: then it is one object, where a decoded one is eight, which the garbage collector
   * would have to move.
   */
  readonly #source: wire.KeyValue | Uint8Array
  readonly #start: number
  readonly #end: number
  /** How many bytes of the stored key are the client's namespace. */
  readonly #namespaceBytes: number
  /** Decoded when a number of it is first asked for: who sorts by revisions asks often. */
  #decoded: wire.KeyValue | undefined
  #key: string | undefined
  #text: string | undefined

  /** @internal Made by the client from what the store answers. */
  constructor(source: wire.KeyValue | Uint8Array, namespaceBytes = 0, start = 0, end = 0) {
    this.#source = source
    this.#namespaceBytes = namespaceBytes
    this.#start = start
    this.#end = end
  }

  /** @internal As it came over the wire. */
  get raw(): wire.KeyValue {
    const source = this.#source
    return source instanceof Uint8Array ? wire.KeyValue.decode(source.subarray(this.#start, this.#end)) : source
  }

  /** @internal The message as it comes over the wire. */
  get encoded(): Uint8Array {
    const source = this.#source
    return source instanceof Uint8Array ? source.subarray(this.#start, this.#end) : wire.KeyValue.encode(source)
  }

  /** The key as UTF-8 text, without the client's namespace. */
  get key(): string {
    if (this.#key === undefined) this.#key = textOf(this.raw.key, this.#namespaceBytes)
    return this.#key
  }

  /** The key's bytes, without the client's namespace. */
  get keyBytes(): Uint8Array {
    const { key } = this.raw
    return this.#namespaceBytes === 0 ? key : key.subarray(this.#namespaceBytes)
  }

  /** The value's bytes. */
  get bytes(): Uint8Array {
    return this.raw.value
  }

  /** Changes since the key was created, from 1; 0 for a deleted key. */
  get version(): bigint {
    this.#decoded ??= this.raw
    return this.#decoded.version
  }

  /** The revision at which the key was created in its present life. */
  get createRevision(): bigint {
    this.#decoded ??= this.raw
    return this.#decoded.createRevision
  }

  /** The revision of the key's last change. */
  get modRevision(): bigint {
    this.#decoded ??= this.raw
    return this.#decoded.modRevision
  }

  /** The id of the lease that the key is attached to; 0 for none. */
  get lease(): bigint {
    this.#decoded ??= this.raw
    return this.#decoded.lease
  }

  /** The value as UTF-8 text. */
  text(): string {
    if (this.#text === undefined) this.#text = textOf(this.raw.value, 0)
    return this.#text
  }

  /**
   * The value parsed as JSON. The type parameter is the caller's claim, not a check.
   * Throws a `SyntaxError` when the value is not JSON.
   */
  json<T = unknown>(): T {
    return JSON.parse(this.text())
  }

  /** The key and value as text, for logs and debuggers. */
  toString(): string {
    return `${this.key}=${this.text()}`
  }

  /** @internal A copy that does not hold on to the larger buffer it arrived in. */
  detached(): KeyValue {
    if (this.#source instanceof Uint8Array) return this
    const { key, value } = this.#source
    return new KeyValue({ ...this.#source, key: Buffer.from(key), value: Buffer.from(value) }, this.#namespaceBytes)
  }
}

function textOf(bytes: Uint8Array, start: number): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return buffer.toString('utf8', start)
}
