const varintField = 0
const doubleField = 1
const bytesField = 2

/** Writes one message of Protocol Buffers. Source: protobuf.dev, "Encoding". */
export class ProtobufWriter {
  readonly #bytes: number[] = []

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  /** @param value a whole number that is not negative */
  uint(field: number, value: number): this {
    this.#key(field, varintField)
    pushVarint(this.#bytes, value)
    return this
  }

  /** @param value a whole number of any sign, as `sint32` and `sint64` take it */
  sint(field: number, value: number): this {
    return this.uint(field, zigZag(value))
  }

  /** Several numbers as one packed field. */
  packedSint(field: number, values: readonly number[]): this {
    const packed: number[] = []
    for (const value of values) pushVarint(packed, zigZag(value))
    return this.#raw(field, packed)
  }

  double(field: number, value: number): this {
    this.#key(field, doubleField)
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, value, true)
    for (let at = 0; at < 8; at++) this.#bytes.push(view.getUint8(at))
    return this
  }

  text(field: number, value: string): this {
    return this.#raw(field, Buffer.from(value))
  }

  message(field: number, message: ProtobufWriter): this {
    return this.#raw(field, message.#bytes)
  }

  #raw(field: number, bytes: Iterable<number> & { readonly length: number }): this {
    this.#key(field, bytesField)
    pushVarint(this.#bytes, bytes.length)
    for (const byte of bytes) this.#bytes.push(byte)
    return this
  }

  #key(field: number, kind: number): void {
    pushVarint(this.#bytes, field * 8 + kind)
  }
}

/** Messages one behind the other, each with its length in front. */
export function delimited(messages: readonly ProtobufWriter[]): Uint8Array {
  const parts = messages.flatMap(({ bytes }) => {
    const length: number[] = []
    pushVarint(length, bytes.length)
    return [Uint8Array.from(length), bytes]
  })
  return Buffer.concat(parts)
}

/** Counts may be greater than 2^31: no bit operations. */
function pushVarint(bytes: number[], value: number): void {
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
}

function zigZag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}
