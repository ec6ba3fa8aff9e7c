import type * as wire from '@waypost/protocol'

/** One version of one key. Immutable; its bytes must not be written to. */
export class KeyValue {
  readonly #raw: wire.KeyValue
  /** How many bytes of the stored key are the client's namespace. */
  readonly #namespaceBytes: number
  #key: string | undefined
  #text: string | undefined

  /** @internal Made by the client from what the store answers. */
  constructor(raw: wire.KeyValue, namespaceBytes = 0) {
    this.#raw = raw
    this.#namespaceBytes = namespaceBytes
  }

  /** @internal As it came over the wire. */
  get raw(): wire.KeyValue {
    return this.#raw
  }

  /** The key as UTF-8 text, without the client's namespace. */
  get key(): string {
    if (this.#key === undefined) this.#key = textOf(this.#raw.key, this.#namespaceBytes)
    return this.#key
  }

  /** The key's bytes, without the client's namespace. */
  get keyBytes(): Uint8Array {
    return this.#namespaceBytes === 0 ? this.#raw.key : this.#raw.key.subarray(this.#namespaceBytes)
  }

  /** The value's bytes. */
  get bytes(): Uint8Array {
    return this.#raw.value
  }

  /** Changes since the key was created, from 1; 0 for a deleted key. */
  get version(): bigint {
    return this.#raw.version
  }

  /** The revision at which the key was created in its present life. */
  get createRevision(): bigint {
    return this.#raw.createRevision
  }

  /** The revision of the key's last change. */
  get modRevision(): bigint {
    return this.#raw.modRevision
  }

  /** The lease that the key hangs on; 0 for none. */
  get lease(): bigint {
    return this.#raw.lease
  }

  /** The value as UTF-8 text. */
  text(): string {
    if (this.#text === undefined) this.#text = textOf(this.#raw.value, 0)
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
    const { key, value } = this.#raw
    return new KeyValue({ ...this.#raw, key: Buffer.from(key), value: Buffer.from(value) }, this.#namespaceBytes)
  }
}

function textOf(bytes: Uint8Array, start: number): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return buffer.toString('utf8', start)
}
