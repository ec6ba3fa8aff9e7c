import { staticTable } from './static-table.ts'

/** Header fields, encoded. A block can be used any number of times, on any connection. */
export type HeaderBlock = Uint8Array

const indexOfField = new Map<string, number>()
const indexOfName = new Map<string, number>()
for (const [position, { name, value }] of staticTable.entries()) {
  if (value !== '') indexOfField.set(`${name}\0${value}`, position + 1)
  if (!indexOfName.has(name)) indexOfName.set(name, position + 1)
}

/** Names whose values no intermediary may put in a table either: RFC 7541, section 7.1.3. */
const secretNames = new Set(['authorization', 'cookie', 'token'])

/**
 * Encodes fields in their order; pseudo-header fields must come first. Names and values must be ones that HTTP/2 can
 * carry. Nothing is put in the peer's dynamic table: blocks are made once and sent often, and a gRPC peer that is met
 * with the same bytes again decodes them for little.
 */
export function encodeHeaders(fields: Iterable<readonly [name: string, value: string]>): HeaderBlock {
  const bytes: number[] = []
  for (const [name, value] of fields) {
    const index = indexOfField.get(`${name}\0${value}`)
    if (index !== undefined) {
      writeInteger(bytes, 0x80, 0x7f, index)
      continue
    }
    const nameIndex = indexOfName.get(name) ?? 0
    writeInteger(bytes, secretNames.has(name) ? 0x10 : 0x00, 0x0f, nameIndex)
    if (nameIndex === 0) writeString(bytes, name)
    writeString(bytes, value)
  }
  return Buffer.from(bytes)
}

/** Puts blocks behind each other. */
export function joinBlocks(first: HeaderBlock, second: HeaderBlock): HeaderBlock {
  const joined = Buffer.allocUnsafe(first.length + second.length)
  joined.set(first, 0)
  joined.set(second, first.length)
  return joined
}

/** Says that the dynamic table is empty and stays so: RFC 7541, section 6.3. */
export const emptyTableBlock: HeaderBlock = Buffer.of(0x20)

function writeString(bytes: number[], text: string): void {
  writeInteger(bytes, 0x00, 0x7f, text.length)
  for (let at = 0; at < text.length; at += 1) bytes.push(text.charCodeAt(at) & 0xff)
}

function writeInteger(bytes: number[], pattern: number, prefixMask: number, value: number): void {
  if (value < prefixMask) {
    bytes.push(pattern | value)
    return
  }
  bytes.push(pattern | prefixMask)
  let rest = value - prefixMask
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest)
}
