import { crc32 as nativeCrc32 } from 'node:zlib'
import { crcTables } from './crc-tables.ts'

/** Up to this length the loop below costs less than the call into zlib and the view that it needs. */
const maxInPlaceBytes = 128

const tables = crcTables(0xedb88320)

/** CRC-32, as zlib's, of the bytes between `start` and `end`, continuing `before`. */
export function crc32(bytes: Uint8Array, start: number, end: number, before: number): number {
  if (end - start > maxInPlaceBytes) return nativeCrc32(bytes.subarray(start, end), before)
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables
  let crc = ~before
  let at = start
  for (const last = end - 7; at < last; at += 8) {
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
  for (; at < end; at++) crc = (t0[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8)
  return ~crc >>> 0
}
