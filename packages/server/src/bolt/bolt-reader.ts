import type { FileHandle } from 'node:fs/promises'
import type { BoltItem } from './bolt-writer.ts'
import {
  branchElementSize,
  bucketElementFlag,
  bucketHeaderSize,
  decodeMetaPage,
  leafElementSize,
  type Meta,
  pageFlags,
  pageHeaderSize,
  readPageHeader,
} from './format.ts'

/** A file that is not a sound bbolt database. */
export class BoltFormatError extends Error {
  override readonly name = 'BoltFormatError'
}

/** Deeper than any tree of 2^64 pages. */
const maxDepth = 64
const possiblePageSizes = [4096, 8192, 16_384, 32_768, 65_536]

interface Page {
  readonly flags: number
  readonly count: number
  readonly bytes: Buffer
}

/** Reads the buckets of a bbolt file in key order, a page at a time. Every length in the file is checked before it is used. */
export class BoltReader {
  readonly #file: FileHandle
  readonly #meta: Meta
  readonly #buckets: ReadonlyMap<string, Buffer>

  private constructor(file: FileHandle, meta: Meta, buckets: ReadonlyMap<string, Buffer>) {
    this.#file = file
    this.#meta = meta
    this.#buckets = buckets
  }

  /** Throws `BoltFormatError` when the file is not a bbolt database. */
  static async open(file: FileHandle): Promise<BoltReader> {
    const meta = await newestMeta(file)
    const root = new BoltReader(file, meta, new Map())
    const buckets = new Map<string, Buffer>()
    for await (const { key, value, isBucket } of root.#walk(meta.rootPage, 0)) {
      if (isBucket) buckets.set(Buffer.from(key).toString(), Buffer.from(value))
    }
    return new BoltReader(file, meta, buckets)
  }

  /** The size of the database. The file may be longer. */
  get totalBytes(): number {
    return this.#meta.pageSize * this.#meta.pageCount
  }

  get bucketNames(): string[] {
    return [...this.#buckets.keys()]
  }

  /** The bucket's items in key order; none when there is no such bucket. */
  async *items(bucket: string): AsyncGenerator<BoltItem> {
    const header = this.#buckets.get(bucket)
    if (!header) return
    if (header.length < bucketHeaderSize) throw new BoltFormatError(`The bucket ${bucket} has no header.`)
    const rootPage = Number(header.readBigUInt64LE(0))
    // A small bucket stands inside its parent, as a page behind the header.
    yield* rootPage === 0 ? leafItems(pageOf(header.subarray(bucketHeaderSize))) : this.#walk(rootPage, 0)
  }

  async *#walk(id: number, depth: number): AsyncGenerator<BoltItem & { isBucket: boolean }> {
    if (depth > maxDepth) throw new BoltFormatError('The tree of pages has a cycle.')
    const page = await this.#page(id)
    if (page.flags & pageFlags.leaf) yield* leafItems(page)
    else if (page.flags & pageFlags.branch) for (const child of children(page)) yield* this.#walk(child, depth + 1)
    else throw new BoltFormatError(`Page ${id} is neither a branch nor a leaf.`)
  }

  async #page(id: number): Promise<Page> {
    const { pageSize, pageCount } = this.#meta
    if (id < 2 || id >= pageCount) throw new BoltFormatError(`Page ${id} is outside the file's ${pageCount} pages.`)
    const first = await read(this.#file, id * pageSize, pageSize)
    const { overflow, id: ownId } = readPageHeader(first)
    if (ownId !== id) throw new BoltFormatError(`Page ${id} calls itself ${ownId}.`)
    if (id + overflow >= pageCount) throw new BoltFormatError(`Page ${id} runs over the end of the file.`)
    return pageOf(overflow === 0 ? first : await read(this.#file, id * pageSize, (overflow + 1) * pageSize))
  }
}

function pageOf(bytes: Buffer): Page {
  if (bytes.length < pageHeaderSize) throw new BoltFormatError('A page is shorter than its header.')
  const { flags, count } = readPageHeader(bytes)
  return { flags, count, bytes }
}

function* leafItems({ bytes, count }: Page): Generator<BoltItem & { isBucket: boolean }> {
  for (let index = 0; index < count; index++) {
    const at = pageHeaderSize + index * leafElementSize
    check(bytes, at, leafElementSize)
    const start = at + bytes.readUInt32LE(at + 4)
    const keyLength = bytes.readUInt32LE(at + 8)
    const valueLength = bytes.readUInt32LE(at + 12)
    check(bytes, start, keyLength + valueLength)
    yield {
      key: bytes.subarray(start, start + keyLength),
      value: bytes.subarray(start + keyLength, start + keyLength + valueLength),
      isBucket: (bytes.readUInt32LE(at) & bucketElementFlag) !== 0,
    }
  }
}

function* children({ bytes, count }: Page): Generator<number> {
  for (let index = 0; index < count; index++) {
    const at = pageHeaderSize + index * branchElementSize
    check(bytes, at, branchElementSize)
    yield Number(bytes.readBigUInt64LE(at + 8))
  }
}

function check(bytes: Buffer, start: number, length: number): void {
  if (start + length > bytes.length) throw new BoltFormatError('An element runs over the end of its page.')
}

async function newestMeta(file: FileHandle): Promise<Meta> {
  const first = decodeMetaPage(await readUpTo(file, 0, 4096))
  const sizes = first ? [first.pageSize] : possiblePageSizes
  const others = await Promise.all(sizes.map(async (size) => decodeMetaPage(await readUpTo(file, size, 4096))))
  const metas = [first, ...others].filter((meta) => meta !== undefined)
  const newest = metas.sort((a, b) => (a.transactionId < b.transactionId ? 1 : -1))[0]
  if (!newest || !possiblePageSizes.includes(newest.pageSize))
    throw new BoltFormatError('The file is not a bbolt database.')
  return newest
}

async function read(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = await readUpTo(file, offset, length)
  if (bytes.length < length) throw new BoltFormatError('The file is cut off.')
  return bytes
}

async function readUpTo(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return buffer.subarray(0, done)
}
