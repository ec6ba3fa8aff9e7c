import { DynamicTable } from './dynamic-table.ts'
import { ErrorCode, Http2Error } from './error-code.ts'
import { HeaderField } from './header-field.ts'
import { type HeaderList, HeaderListBuilder } from './header-list.ts'
import { huffmanDecode } from './huffman.ts'
import { staticTable } from './static-table.ts'

/** What both sides assume of the dynamic table, and what this side leaves it at. */
export const headerTableBytes = 4096

/** How many decoded blocks one connection remembers, and how large a block and its fields may be to be worth it. */
const maxCachedBlocks = 64
const maxCachedBlockBytes = 1024
const maxCachedListBytes = 4096

/**
 * Decodes header blocks: RFC 7541, complete. A gRPC peer repeats itself, so blocks that neither change the dynamic
 * table nor come after a change are looked up by their bytes instead of being decoded again.
 */
export class HpackDecoder {
  readonly #maxListBytes: number
  readonly #table = new DynamicTable(headerTableBytes)
  readonly #cache = new Map<string, HeaderList>()
  #block: Buffer = emptyBlock
  #at = 0
  #end = 0
  #changedTable = false

  /** @param maxListBytes see `HeaderListBuilder` */
  constructor(maxListBytes: number) {
    this.#maxListBytes = maxListBytes
  }

  /** Throws an `Http2Error` of COMPRESSION_ERROR, after which the connection is of no use. */
  decode(block: Buffer, start: number, end: number): HeaderList {
    if (end - start > maxCachedBlockBytes) return this.#decode(block, start, end)
    const key = block.toString('latin1', start, end)
    const known = this.#cache.get(key)
    if (known !== undefined) return known
    const list = this.#decode(block, start, end)
    if (this.#changedTable || list.size > maxCachedListBytes) return list
    if (this.#cache.size >= maxCachedBlocks) this.#cache.clear()
    this.#cache.set(key, list)
    return list
  }

  #decode(block: Buffer, start: number, end: number): HeaderList {
    this.#block = block
    this.#at = start
    this.#end = end
    this.#changedTable = false
    const list = new HeaderListBuilder(this.#maxListBytes)
    this.#readTableSizes()
    while (this.#at < end) {
      const first = block[this.#at] ?? 0
      if (first >= 0x80) {
        list.add(this.#fieldAt(this.#readInteger(0x7f)))
      } else if (first >= 0x40) {
        const field = this.#readLiteral(0x3f)
        this.#table.add(field)
        this.#changedTable = true
        list.add(field)
      } else if (first >= 0x20) {
        throw compressionError('a table size update stands behind a field')
      } else {
        list.add(this.#readLiteral(0x0f))
      }
    }
    this.#block = emptyBlock
    if (this.#changedTable) this.#cache.clear()
    return list.build()
  }

  #readTableSizes(): void {
    while (this.#at < this.#end && ((this.#block[this.#at] ?? 0) & 0xe0) === 0x20) {
      const size = this.#readInteger(0x1f)
      if (size > headerTableBytes) throw compressionError(`a table size of ${size} is more than was offered`)
      this.#table.resize(size)
      this.#changedTable = true
    }
  }

  #fieldAt(index: number): HeaderField {
    const field = index <= staticTable.length ? staticTable[index - 1] : this.#table.at(index - staticTable.length - 1)
    if (field === undefined) throw compressionError(`there is no field with index ${index}`)
    return field
  }

  #readLiteral(prefixMask: number): HeaderField {
    const index = this.#readInteger(prefixMask)
    const name = index === 0 ? this.#readString() : this.#fieldAt(index).name
    return new HeaderField(name, this.#readString())
  }

  /** Source: RFC 7541, section 5.1. Nothing in HTTP/2 needs more than 28 bits. */
  #readInteger(prefixMask: number): number {
    let value = this.#readByte() & prefixMask
    if (value < prefixMask) return value
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#readByte()
      value += (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw compressionError('an integer is too large')
  }

  #readString(): string {
    const huffman = ((this.#block[this.#at] ?? 0) & 0x80) !== 0
    const length = this.#readInteger(0x7f)
    const start = this.#at
    const end = start + length
    if (end > this.#end) throw compressionError('a string is longer than its block')
    this.#at = end
    if (!huffman) return this.#block.toString('latin1', start, end)
    // The shortest code has five bits.
    const roomBytes = Math.floor((length * 8) / 5)
    const room = roomBytes <= scratch.length ? scratch : Buffer.allocUnsafe(roomBytes)
    const decoded = huffmanDecode(this.#block, start, end, room)
    if (decoded < 0) throw compressionError('a string is not Huffman code')
    return room.toString('latin1', 0, decoded)
  }

  #readByte(): number {
    if (this.#at >= this.#end) throw compressionError('the block ends within a field')
    const byte = this.#block[this.#at] ?? 0
    this.#at += 1
    return byte
  }
}

const emptyBlock: Buffer = Buffer.alloc(0)
const scratch = Buffer.alloc(4096)

function compressionError(message: string): Http2Error {
  return new Http2Error(ErrorCode.compressionError, message)
}
