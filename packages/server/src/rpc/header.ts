import { ResponseHeader, sizeResponseHeader, Writer, writeResponseHeader } from '@waypost/protocol'

/** Field 1, length-delimited, of every response. */
const headerTag = 10

/** Makes the headers of responses. */
export class Headers {
  readonly #source: HeaderSource
  #fieldRevision = -1
  #field: Uint8Array = Buffer.alloc(0)

  constructor(source: HeaderSource) {
    this.#source = source
  }

  /** With the store's revision, unless another is given. */
  of(revision: number = this.#source.revision): ResponseHeader {
    const { clusterId, memberId, raftTerm } = this.#source
    return ResponseHeader.create({ clusterId, memberId, revision: BigInt(revision), raftTerm: BigInt(raftTerm) })
  }

  /** The encoded field, with its tag; the last one is kept. */
  field(revision: number): Uint8Array {
    if (revision === this.#fieldRevision) return this.#field
    const header = this.of(revision)
    const size = sizeResponseHeader(header)
    const writer = new Writer(2 + size, 0)
    writer.uint32(headerTag)
    writer.uint32(size)
    writeResponseHeader(header, writer)
    this.#fieldRevision = revision
    this.#field = writer.buffer
    return this.#field
  }
}

/** What headers tell of the store. */
export interface HeaderSource {
  readonly clusterId: bigint
  readonly memberId: bigint
  readonly raftTerm: number
  readonly revision: number
}
