/** Reads varints, and fields of protobuf messages that are varints. Never looks beyond the end. */
export class Cursor {
  #bytes: Uint8Array
  #end: number
  position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#end = bytes.length
  }

  reset(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes
    this.position = start
    this.#end = end
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.#bytes[this.position++]
      if (byte === undefined) throw new Error('A stored key-value pair ends in the middle of a field.')
      if (byte < 0x80) return value + byte * scale
      value += (byte & 0x7f) * scale
      scale *= 128
    }
  }

  /** The varint after `tag`, or 0 when the next field is another. */
  field(tag: number): number {
    if (this.position >= this.#end || this.#bytes[this.position] !== tag) return 0
    this.position += 1
    return this.varint()
  }

  /** Like `field`, for a signed number of 64 bits. */
  int64Field(tag: number): bigint {
    if (this.position >= this.#end || this.#bytes[this.position] !== tag) return 0n
    let value = 0n
    let shift = 0n
    for (let position = this.position + 1; ; position++) {
      const byte = this.#bytes[position]
      if (byte === undefined) throw new Error('A stored key-value pair ends in the middle of a field.')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
      shift += 7n
    }
  }
}

/** The bytes that a number from 0 to 2^53 takes. */
export function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1
  return size
}

/** Returns where the number ends. */
export function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let position = start
  let rest = value
  while (rest >= 0x80) {
    bytes[position++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  bytes[position++] = rest
  return position
}
