/** The offset basis of FNV-1a with 32 bits. */
const fnvBasis = 0x811c9dc5

/** FNV-1a over UTF-16 code units, 32 bits, then mixed. Another basis makes another hash of the same text. */
export function hash(text: string, basis = fnvBasis): number {
  let value = basis
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return mix(value)
}

/** MurmurHash3's finalizer: every bit of the input changes each bit of the result in half of the cases. */
export function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** Any number of hashes of one: 2^32 divided by the golden ratio, as steps of a Weyl sequence, then mixed. */
export function nthHash(value: number, n: number): number {
  return mix(value + Math.imul(n, 0x9e3779b9))
}
