/**
 * How many bits the code of each byte has; the code is canonical, so that the lengths say all.
 * Codes of one length follow each other in the order of their bytes, and shorter ones come first.
 *
 * Source: RFC 7541, appendix B.
 */
// biome-ignore format: sixteen to a line, as one reads bytes
const codeLengths = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
]

/** The symbol that marks the end; it may be begun, as padding, but never stand in a string. */
const endOfString = 256
const endOfStringLength = 30

/** A step of the machine below: the node to go on from, the byte that came out, and what is to be said of them. */
const nodeMask = 0xff
const emitFlag = 0x100
const failFlag = 0x200
const byteShift = 16

interface Machine {
  /** By node × 16 + four bits. */
  readonly steps: Uint32Array
  /** The nodes where a string may end: at the root or less than a byte deep in ones. */
  readonly accepts: Uint8Array
}

let machine: Machine | undefined

/** Decodes a string into `target`, which must have room for 8 bytes per 5 of the input. Returns its length, or -1. */
export function huffmanDecode(bytes: Uint8Array, start: number, end: number, target: Uint8Array): number {
  machine ??= build()
  const { steps, accepts } = machine
  let node = 0
  let length = 0
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    const high = steps[(node << 4) | (byte >>> 4)] ?? 0
    if ((high & failFlag) !== 0) return -1
    if ((high & emitFlag) !== 0) target[length++] = high >>> byteShift
    const low = steps[((high & nodeMask) << 4) | (byte & 15)] ?? 0
    if ((low & failFlag) !== 0) return -1
    if ((low & emitFlag) !== 0) target[length++] = low >>> byteShift
    node = low & nodeMask
  }
  return accepts[node] === 1 ? length : -1
}

/** A machine that takes four bits at a time: no code is shorter than five, so each step emits at most one byte. */
function build(): Machine {
  const tree = buildTree()
  const nodes = tree.length / 2
  const steps = new Uint32Array(nodes * 16)
  for (let node = 0; node < nodes; node += 1) {
    for (let bits = 0; bits < 16; bits += 1) steps[node * 16 + bits] = step(tree, node, bits)
  }
  const accepts = new Uint8Array(nodes)
  for (let depth = 0, node = 0; depth < 8; depth += 1, node = tree[node * 2 + 1] ?? 0) accepts[node] = 1
  return { steps, accepts }
}

function step(tree: Int32Array, from: number, bits: number): number {
  let node = from
  let emitted = 0
  for (let shift = 3; shift >= 0; shift -= 1) {
    const next = tree[node * 2 + ((bits >>> shift) & 1)] ?? 0
    if (next >= 0) {
      node = next
      continue
    }
    const symbol = -next - 1
    if (symbol === endOfString) return failFlag
    emitted = emitFlag | (symbol << byteShift)
    node = 0
  }
  return emitted | node
}

/** By node × 2 + bit: another node, or -1 - symbol. The 257 leaves have 256 nodes above them. */
function buildTree(): Int32Array {
  const tree = new Int32Array(512)
  let nodes = 1
  let code = 0
  for (let length = 1; length <= endOfStringLength; length += 1) {
    for (let symbol = 0; symbol <= endOfString; symbol += 1) {
      if ((codeLengths[symbol] ?? endOfStringLength) !== length) continue
      let node = 0
      for (let shift = length - 1; shift > 0; shift -= 1) {
        const slot = node * 2 + ((code >>> shift) & 1)
        if (tree[slot] === 0) tree[slot] = nodes++
        node = tree[slot] ?? 0
      }
      tree[node * 2 + (code & 1)] = -1 - symbol
      code += 1
    }
    code *= 2
  }
  return tree
}
