export type CrcTables = readonly [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
]

/** Tables for a reflected 32-bit CRC that takes eight bytes at a time: the n-th table advances a byte by n zero bytes. */
export function crcTables(polynomial: number): CrcTables {
  const make = (): Int32Array => new Int32Array(256)
  const made: CrcTables = [make(), make(), make(), make(), make(), make(), make(), make()]
  const [first, ...others] = made
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    first[byte] = crc
  }
  for (let byte = 0; byte < 256; byte++) {
    let crc = first[byte] as number
    for (const table of others) {
      crc = (first[crc & 0xff] as number) ^ (crc >>> 8)
      table[byte] = crc
    }
  }
  return made
}
