import { crcTables } from '../storage/crc-tables.ts'

/** CRC-32C (Castagnoli) of bytes that come in pieces, eight at a time. Source: RFC 3720, appendix B.4. */
const tables = crcTables(0x82f63b78)

/** Continues the checksum of what came before, 0 at the start. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables
  let crc = ~before
  let at = 0
  for (const end = bytes.length - 7; at < end; at += 8) {
    const low =
      crc ^
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24))
    crc =
      (t7[low & 0xff] as number) ^
      (t6[(low >>> 8) & 0xff] as number) ^
      (t5[(low >>> 16) & 0xff] as number) ^
      (t4[low >>> 24] as number) ^
      (t3[bytes[at + 4] as number] as number) ^
      (t2[bytes[at + 5] as number] as number) ^
      (t1[bytes[at + 6] as number] as number) ^
      (t0[bytes[at + 7] as number] as number)
  }
  for (; at < bytes.length; at++) crc = (t0[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8)
  return ~crc >>> 0
}

/** Small pieces cost less when they are gathered first. */
const gatheredBytes = 64 * 1024

/** The checksum of bytes that come in many small pieces. */
export class RunningCrc32c {
  readonly #gathered = Buffer.allocUnsafeSlow(gatheredBytes)
  #used = 0
  #crc = 0

  /** Adds the bytes from `start` to `end`. */
  add(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const length = end - start
    if (this.#used + length > gatheredBytes) this.#take()
    const piece = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)
    if (length > gatheredBytes) {
      this.#crc = crc32c(piece, this.#crc)
      return
    }
    this.#gathered.set(piece, this.#used)
    this.#used += length
  }

  get value(): number {
    this.#take()
    return this.#crc
  }

  #take(): void {
    this.#crc = crc32c(this.#gathered.subarray(0, this.#used), this.#crc)
    this.#used = 0
  }
}
