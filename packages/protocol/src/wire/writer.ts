/**
 * A cursor that fills a buffer of exactly the size that was computed before.
 * The size functions below and the methods of the same name must agree to the byte.
 */
export class Writer {
  readonly buffer: Buffer
  #position: number

  constructor(size: number, headroomBytes: number) {
    this.buffer = Buffer.allocUnsafe(size + headroomBytes)
    this.#position = headroomBytes
  }

  uint32(value: number): void {
    const buffer = this.buffer
    let position = this.#position
    let rest = value >>> 0
    while (rest >= 0x80) {
      buffer[position++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    buffer[position++] = rest
    this.#position = position
  }

  int32(value: number): void {
    if (value >= 0) this.uint32(value)
    else this.int64(BigInt(value))
  }

  bool(value: boolean): void {
    this.buffer[this.#position++] = value ? 1 : 0
  }

  int64(value: bigint): void {
    this.uint64(value < 0n ? BigInt.asUintN(64, value) : value)
  }

  uint64(value: bigint): void {
    const buffer = this.buffer
    let position = this.#position
    if (value > maxExact) {
      // The low 49 bits as seven full groups, the high 15 as up to three more.
      const low = Number(value & low49)
      let rest = low
      for (let group = 0; group < 7; group++) {
        buffer[position++] = (rest % 128) | 0x80
        rest = Math.floor(rest / 128)
      }
      this.#position = position
      this.uint32(Number((value >> 49n) & 0x7fffn))
      return
    }
    let rest = Number(value)
    while (rest >= 0x8000_0000) {
      buffer[position++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.#position = position
    this.uint32(rest)
  }

  double(value: number): void {
    this.#position = this.buffer.writeDoubleLE(value, this.#position)
  }

  bytes(value: Uint8Array): void {
    this.uint32(value.length)
    this.raw(value)
  }

  /** Bytes that are encoded already, without a length in front. */
  raw(value: Uint8Array): void {
    this.buffer.set(value, this.#position)
    this.#position += value.length
  }

  string(value: string): void {
    this.uint32(Buffer.byteLength(value))
    this.#position += this.buffer.write(value, this.#position)
  }
}

const maxExact = BigInt(Number.MAX_SAFE_INTEGER)
const low49 = (1n << 49n) - 1n

export function sizeOfUint32(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5
}

export function sizeOfInt32(value: number): number {
  return value < 0 ? 10 : sizeOfUint32(value)
}

export function sizeOfInt64(value: bigint): number {
  return value < 0n ? 10 : sizeOfUint64(value)
}

export function sizeOfUint64(value: bigint): number {
  if (value < 0x80n) return 1
  let size = 1
  if (value <= maxExact) {
    for (let rest = Number(value); rest >= 128; rest = Math.floor(rest / 128)) size += 1
    return size
  }
  for (let rest = value; rest >= 128n; rest >>= 7n) size += 1
  return size
}

/** A length-delimited field's length prefix and content. */
export function sizeOfDelimited(length: number): number {
  return sizeOfUint32(length) + length
}

export function sizeOfString(value: string): number {
  return sizeOfDelimited(Buffer.byteLength(value))
}
