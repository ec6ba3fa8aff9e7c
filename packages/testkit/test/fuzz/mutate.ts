import type { Dice } from './dice.ts'

/** Numbers as protobuf writes them, some of them too long. */
const varints = [
  '00',
  '01',
  '7f',
  'ffffffff0f',
  'ffffffffffffffffff01',
  'ffffffffffffffff7f',
  '80'.repeat(11),
  'ff',
].map((hex) => Buffer.from(hex, 'hex'))
const [firstVarint = Buffer.of(0), ...otherVarints] = varints

/** Bytes that no UTF-8 text holds. */
const notText = Buffer.from('c0afeda080f8888080feff', 'hex')

/** The message with a few of the mistakes that software and strangers make. */
export function mutate(dice: Dice, message: Uint8Array): Uint8Array {
  let bytes: Uint8Array = message
  for (let left = dice.int(4); left > 0; left--) bytes = mutateOnce(dice, bytes)
  return bytes
}

function mutateOnce(dice: Dice, message: Uint8Array): Uint8Array {
  const bytes = Buffer.from(message)
  const at = dice.int(bytes.length + 1)
  const insert = (piece: Uint8Array): Buffer => Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
  switch (dice.int(9)) {
    case 0:
      if (at < bytes.length) bytes[at] = dice.int(256)
      return bytes
    case 1:
      return bytes.subarray(0, at)
    case 2:
      return Buffer.concat([bytes, bytes.subarray(at)])
    case 3:
      return insert(dice.pick([firstVarint, ...otherVarints]))
    case 4:
      return insert(notText)
    case 5:
      return Buffer.concat([bytes, strange(dice)])
    case 6:
      return insert(dice.bytes(10))
    case 7:
      // A group that is unknown, open or closed without having been opened.
      return insert(Buffer.of(dice.pick([0xa3, 0xa4]), 0x06))
    default:
      return nested(dice, bytes)
  }
}

/** The message as a field of a message, of a message, and so on: sometimes deeper than a stack is. */
function nested(dice: Dice, message: Uint8Array): Uint8Array {
  const levels = dice.chance(0.01) ? 20_000 : dice.int(30)
  const tag = dice.pick([0x0a, 0x12, 0x1a, 0x22])
  const heads: Buffer[] = []
  let length = message.length
  for (let level = 0; level < levels; level++) {
    const octets = [tag]
    let rest = length
    for (; rest >= 128; rest >>>= 7) octets.push((rest & 127) | 128)
    octets.push(rest)
    heads.push(Buffer.from(octets))
    length += octets.length
  }
  return Buffer.concat([...heads.reverse(), message])
}

/** Fields of low numbers and any type, or bytes that are none at all. */
export function strange(dice: Dice): Uint8Array {
  if (dice.chance(0.2)) return dice.bytes(60)
  return Buffer.concat(
    Array.from({ length: dice.int(6) }, () => {
      const tag = (1 + dice.int(15)) * 8
      if (dice.chance(0.5)) return Buffer.concat([Buffer.of(tag), dice.pick([firstVarint, ...otherVarints])])
      const value = dice.pick([notText, dice.bytes(8), Buffer.from('a'), Buffer.of(0x0a, 1, 97)])
      const length = dice.chance(0.9) ? value.length : dice.int(128)
      return Buffer.concat([Buffer.of(tag + dice.pick([2, 2, 2, 1, 3, 4, 5, 6, 7]), length), value])
    }),
  )
}
