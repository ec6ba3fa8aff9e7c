/** A message that does not follow the protobuf wire format. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError'
}

/** The value of a bytes field that is absent. */
export const noBytes: Uint8Array = Buffer.alloc(0)

/** A transaction may hold 127 levels of others, each of which takes two. */
const maxDepth = 300

/**
 * A cursor over one encoded message. Bytes that it returns are views of the input, not copies:
 * who keeps them for long, while the input is much larger, copies them.
 *
 * Source of the format: https://protobuf.dev/programming-guides/encoding/
 */
export class Reader {
  readonly #bytes: Buffer
  #position: number
  #end: number
  #depth = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = asBuffer(bytes)
    this.#position = 0
    this.#end = bytes.length
  }

  get done(): boolean {
    return this.#position >= this.#end
  }

  /** The next field's tag: field number × 8 + wire type. */
  tag(): number {
    const tag = this.uint32()
    if (tag >>> 3 === 0) throw new MalformedMessageError('A field has the number 0.')
    return tag
  }

  uint32(): number {
    const bytes = this.#bytes
    let position = this.#position
    if (position < this.#end) {
      const first = bytes[position] as number
      if (first < 0x80) {
        this.#position = position + 1
        return first
      }
    }
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (position >= this.#end) throw truncated()
      const byte = bytes[position++] as number
      if (shift < 28) value |= (byte & 0x7f) << shift
      else if (shift === 28) value |= (byte & 0x0f) << 28
      if (byte < 0x80) {
        this.#position = position
        return value >>> 0
      }
    }
    throw new MalformedMessageError('A varint is longer than ten bytes.')
  }

  int32(): number {
    return this.uint32() | 0
  }

  bool(): boolean {
    return this.uint64() !== 0n
  }

  int64(): bigint {
    const value = this.uint64()
    return value < 0x8000_0000_0000_0000n ? value : BigInt.asIntN(64, value)
  }

  uint64(): bigint {
    const bytes = this.#bytes
    let position = this.#position
    let low = 0
    let scale = 1
    // 49 bits fit a number exactly; nearly every revision and count ends within them.
    for (let count = 0; count < 7; count++) {
      if (position >= this.#end) throw truncated()
      const byte = bytes[position++] as number
      low += (byte & 0x7f) * scale
      if (byte < 0x80) {
        this.#position = position
        return BigInt(low)
      }
      scale *= 128
    }
    let high = 0
    for (let shift = 0; shift < 21; shift += 7) {
      if (position >= this.#end) throw truncated()
      const byte = bytes[position++] as number
      high |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.#position = position
        return BigInt.asUintN(64, BigInt(low) + (BigInt(high) << 49n))
      }
    }
    throw new MalformedMessageError('A varint is longer than ten bytes.')
  }

  double(): number {
    const start = this.#position
    this.#advance(8)
    return this.#bytes.readDoubleLE(start)
  }

  /** A view of the next length-delimited field. */
  bytes(): Buffer {
    const end = this.#lengthDelimitedEnd()
    const view = this.#bytes.subarray(this.#position, end)
    this.#position = end
    return view
  }

  string(): string {
    const end = this.#lengthDelimitedEnd()
    const text = this.#bytes.toString('utf8', this.#position, end)
    this.#position = end
    return text
  }

  /** Reads an embedded message, or a packed list, with `read`, which runs until `done`. */
  nested<T>(read: (reader: this) => T): T {
    const end = this.#lengthDelimitedEnd()
    if (this.#depth >= maxDepth) throw new MalformedMessageError(`Messages are nested deeper than ${maxDepth} levels.`)
    const outerEnd = this.#end
    this.#end = end
    this.#depth += 1
    const value = read(this)
    this.#depth -= 1
    this.#end = outerEnd
    return value
  }

  /** Passes over a field that is not known here. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.uint64()
        return
      case 1:
        this.#advance(8)
        return
      case 2:
        this.#position = this.#lengthDelimitedEnd()
        return
      case 5:
        this.#advance(4)
        return
      default:
        throw new MalformedMessageError(`Field ${tag >>> 3} has the wire type ${tag & 7}, which proto3 does not have.`)
    }
  }

  #lengthDelimitedEnd(): number {
    const length = this.uint32()
    const end = this.#position + length
    if (end > this.#end) throw truncated()
    return end
  }

  #advance(count: number): void {
    if (this.#position + count > this.#end) throw truncated()
    this.#position += count
  }
}

function truncated(): MalformedMessageError {
  return new MalformedMessageError('The message ends in the middle of a field.')
}

/** The same bytes as a Buffer, without copying. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
