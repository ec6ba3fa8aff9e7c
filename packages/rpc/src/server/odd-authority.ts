/**
 * Some Go clients (etcd's clientv3 3.5.0 among them) send an `:authority` such as `#initially=[host:2379]`. It is no
 * authority by RFC 3986, so node:http2 resets the stream without asking anybody; etcd itself does not mind. These
 * functions find such a value in a header block and write a harmless one of the same length over it.
 *
 * Sources: RFC 7541 (HPACK), sections 5 and 6.
 */

/** `:authority` in the static table. */
const authorityIndex = 1

interface Position {
  /** Where the field's first byte after an integer lies, and the integer. */
  readonly next: number
  readonly value: number
}

/** An integer with a prefix of `bits` bits. Undefined when the block ends within it, or it is absurdly long. */
function integerAt(block: Uint8Array, offset: number, bits: number): Position | undefined {
  const mask = (1 << bits) - 1
  const first = block[offset]
  if (first === undefined) return undefined
  let value = first & mask
  let next = offset + 1
  if (value < mask) return { next, value }
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = block[next]
    if (byte === undefined) return undefined
    next += 1
    value += (byte & 0x7f) << shift
    if ((byte & 0x80) === 0) return { next, value }
  }
  return undefined
}

/** Whether the text of a string literal begins with a number sign, whose Huffman code is 1111 1111 1010. */
function beginsWithNumberSign(block: Uint8Array, start: number, length: number, huffman: boolean): boolean {
  if (!huffman) return length > 0 && block[start] === 0x23
  return length > 1 && block[start] === 0xff && ((block[start + 1] ?? 0) & 0xf0) === 0xa0
}

/**
 * Overwrites, in place, each literal `:authority` that begins with a number sign. Returns whether there was one.
 *
 * The new value is as long on the wire and never longer when decoded, so that neither frames nor the dynamic table's
 * indices move. A block that is not well-formed is left to node to refuse.
 */
export function replaceOddAuthority(block: Uint8Array): boolean {
  let replaced = false
  let offset = 0
  while (offset < block.length) {
    const first = block[offset] ?? 0
    const isIndexed = (first & 0x80) !== 0
    const isSizeUpdate = (first & 0xe0) === 0x20
    if (isIndexed || isSizeUpdate) {
      const field = integerAt(block, offset, isIndexed ? 7 : 5)
      if (!field) return replaced
      offset = field.next
      continue
    }
    const name = integerAt(block, offset, (first & 0x40) !== 0 ? 6 : 4)
    if (!name) return replaced
    offset = name.next
    if (name.value === 0) {
      const literalName = integerAt(block, offset, 7)
      if (!literalName) return replaced
      offset = literalName.next + literalName.value
    }
    const value = integerAt(block, offset, 7)
    if (!value) return replaced
    const huffman = ((block[offset] ?? 0) & 0x80) !== 0
    const end = value.next + value.value
    if (end > block.length) return replaced
    if (name.value === authorityIndex && beginsWithNumberSign(block, value.next, value.value, huffman)) {
      block[offset] = (block[offset] ?? 0) & 0x7f
      block.fill(0x78, value.next, end)
      replaced = true
    }
    offset = end
  }
  return replaced
}
