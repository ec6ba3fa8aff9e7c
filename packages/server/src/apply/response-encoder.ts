import type { Slices } from '@waypost/core'
import { sizeOfDelimited, sizeOfUint64, Writer } from '@waypost/protocol'
import { LongAnswer } from '@waypost/rpc/server'
import type { LongRange } from '../mvcc/long-range.ts'
import type { DeleteRangeResult, PutResult, RangeResult, TxnOpResult, TxnResult } from './results.ts'

/** Field numbers with wire types, from the public rpc.proto. */
const tags = {
  header: 10,
  streamedRange: 10,
  rangeKvs: 18,
  rangeMore: 24,
  rangeCount: 32,
  putPrevKv: 18,
  deleteDeleted: 16,
  deletePrevKvs: 26,
  txnSucceeded: 16,
  txnResponses: 26,
  headerClusterId: 8,
  headerMemberId: 16,
  headerRevision: 24,
  headerRaftTerm: 32,
} as const

const opTags = { range: 10, put: 18, deleteRange: 26, txn: 34 } as const

/** A larger answer is encoded in slices. */
const maxBytesAtOnce = 256 * 1024
/** What one piece of a long answer holds, unless a single message is larger. */
const pieceBytes = 64 * 1024

/** A response's header, encoded. Those inside a transaction carry the revision only. */
type Header = Uint8Array

/** The header of a nested transaction's response is there, but empty. */
const emptyHeader: Header = Buffer.alloc(0)

/** Some messages of a range; the last part says what the whole range is. */
export interface RangePart {
  readonly kvs: readonly Uint8Array[]
  readonly last: Pick<RangeResult, 'revision' | 'more' | 'count'> | undefined
}

/**
 * Encodes KV responses by splicing stored key-value bytes, without decoding them.
 * `headroomBytes` are left free in front for the frame's header.
 */
export class ResponseEncoder {
  /** The header's cluster and member, which never change. */
  readonly #identity: Buffer
  readonly #raftTerm: bigint

  constructor(identity: { readonly clusterId: bigint; readonly memberId: bigint; readonly raftTerm: number }) {
    const writer = new Writer(2 + sizeOfUint64(identity.clusterId) + sizeOfUint64(identity.memberId), 0)
    writer.uint32(tags.headerClusterId)
    writer.uint64(identity.clusterId)
    writer.uint32(tags.headerMemberId)
    writer.uint64(identity.memberId)
    this.#identity = writer.buffer
    this.#raftTerm = BigInt(identity.raftTerm)
  }

  range(result: RangeResult, headroomBytes = 0): Uint8Array {
    const header = this.#header(result.revision)
    const writer = new Writer(sizeRange(result, header), headroomBytes)
    writeRange(result, header, writer)
    return writer.buffer
  }

  put(result: PutResult, headroomBytes = 0): Uint8Array {
    const header = this.#header(result.revision)
    const writer = new Writer(sizePut(result, header), headroomBytes)
    writePut(result, header, writer)
    return writer.buffer
  }

  deleteRange(result: DeleteRangeResult, headroomBytes = 0): Uint8Array {
    const header = this.#header(result.revision)
    const writer = new Writer(sizeDeleteRange(result, header), headroomBytes)
    writeDeleteRange(result, header, writer)
    return writer.buffer
  }

  txn(result: TxnResult, headroomBytes = 0): Uint8Array {
    const header = this.#header(result.revision)
    const writer = new Writer(sizeTxn(result, header), headroomBytes)
    writeTxn(result, header, writer)
    return writer.buffer
  }

  /** The answer to a range in slices, read from the store while the client takes it. */
  longRange(result: LongRange, release: () => void): LongAnswer {
    const header = this.#header(result.revision)
    return new LongAnswer(sizeRange(result, header), rangePieces(result, header), release)
  }

  /** A part of the answer to RangeStream. Only the last one has the header, `more` and `count` of the whole range. */
  rangePart({ kvs, last }: RangePart, headroomBytes = 0): Uint8Array {
    const header = last && this.#header(last.revision)
    let size = last && header ? sizeRange({ ...last, kvsBytes: 0 }, header) : 0
    for (const kv of kvs) size += sizeOfField(kv.length)
    const writer = new Writer(1 + sizeOfDelimited(size), headroomBytes)
    writer.uint32(tags.streamedRange)
    writer.uint32(size)
    if (header) writeField(tags.header, header, writer)
    for (const kv of kvs) writeField(tags.rangeKvs, kv, writer)
    if (last) writeRangeEnd({ ...last, kvsBytes: 0 }, writer)
    return writer.buffer
  }

  /** The answer to a transaction: as it is up to `maxBytes`, to be encoded in slices when it is larger. */
  txnOrLong(result: TxnResult, slices: Slices, maxBytes: number = maxBytesAtOnce): TxnResult | LongAnswer {
    const header = this.#header(result.revision)
    const bytes = sizeTxn(result, header)
    return bytes <= maxBytes ? result : new LongAnswer(bytes, inSlices(txnPieces(result, header), slices))
  }

  /** The same for a deletion. */
  deleteRangeOrLong(
    result: DeleteRangeResult,
    slices: Slices,
    maxBytes: number = maxBytesAtOnce,
  ): DeleteRangeResult | LongAnswer {
    const header = this.#header(result.revision)
    const bytes = sizeDeleteRange(result, header)
    if (bytes <= maxBytes) return result
    return new LongAnswer(bytes, inSlices(deleteRangePieces(result, header), slices))
  }

  #header(revision: number): Header {
    const exact = BigInt(revision)
    const writer = new Writer(this.#identity.length + 2 + sizeOfUint64(exact) + sizeOfUint64(this.#raftTerm), 0)
    writer.raw(this.#identity)
    writer.uint32(tags.headerRevision)
    writer.uint64(exact)
    writer.uint32(tags.headerRaftTerm)
    writer.uint64(this.#raftTerm)
    return writer.buffer
  }
}

function innerHeader(result: TxnOpResult): Header {
  if (result.kind === 'txn') return emptyHeader
  const revision = BigInt(result.result.revision)
  const writer = new Writer(1 + sizeOfUint64(revision), 0)
  writer.uint32(tags.headerRevision)
  writer.uint64(revision)
  return writer.buffer
}

function sizeRange(result: Omit<RangeResult, 'kvs'>, header: Header): number {
  let size = sizeOfField(header.length) + result.kvsBytes
  if (result.more) size += 2
  if (result.count > 0) size += 1 + sizeOfUint64(BigInt(result.count))
  return size
}

function writeRange(result: RangeResult, header: Header, writer: Writer): void {
  writeField(tags.header, header, writer)
  for (const kv of result.kvs) writeField(tags.rangeKvs, kv, writer)
  writeRangeEnd(result, writer)
}

function writeRangeEnd(result: Omit<RangeResult, 'kvs'>, writer: Writer): void {
  if (result.more) writeTrue(tags.rangeMore, writer)
  if (result.count > 0) {
    writer.uint32(tags.rangeCount)
    writer.uint64(BigInt(result.count))
  }
}

function sizePut(result: PutResult, header: Header): number {
  return sizeOfField(header.length) + (result.prevKv === undefined ? 0 : sizeOfField(result.prevKv.length))
}

function writePut(result: PutResult, header: Header, writer: Writer): void {
  writeField(tags.header, header, writer)
  if (result.prevKv !== undefined) writeField(tags.putPrevKv, result.prevKv, writer)
}

function sizeDeleteRange(result: DeleteRangeResult, header: Header): number {
  const deleted = result.deleted > 0 ? 1 + sizeOfUint64(BigInt(result.deleted)) : 0
  return sizeOfField(header.length) + deleted + result.prevKvsBytes
}

function writeDeleteRange(result: DeleteRangeResult, header: Header, writer: Writer): void {
  writeDeleteRangeStart(result, header, writer)
  for (const kv of result.prevKvs) writeField(tags.deletePrevKvs, kv, writer)
}

function writeDeleteRangeStart(result: DeleteRangeResult, header: Header, writer: Writer): void {
  writeField(tags.header, header, writer)
  if (result.deleted > 0) {
    writer.uint32(tags.deleteDeleted)
    writer.uint64(BigInt(result.deleted))
  }
}

function sizeTxn(result: TxnResult, header: Header): number {
  let size = sizeOfField(header.length) + (result.succeeded ? 2 : 0)
  for (const response of result.responses) size += sizeOfField(sizeOfField(sizeOp(response)))
  return size
}

function writeTxn(result: TxnResult, header: Header, writer: Writer): void {
  writeTxnStart(result, header, writer)
  for (const response of result.responses) {
    writeOpStart(response, sizeOp(response), writer)
    writeOp(response, writer)
  }
}

function writeTxnStart(result: TxnResult, header: Header, writer: Writer): void {
  writeField(tags.header, header, writer)
  if (result.succeeded) writeTrue(tags.txnSucceeded, writer)
}

function writeOpStart(op: TxnOpResult, size: number, writer: Writer): void {
  writer.uint32(tags.txnResponses)
  writer.uint32(sizeOfField(size))
  writer.uint32(opTags[op.kind])
  writer.uint32(size)
}

function sizeOp(op: TxnOpResult): number {
  const header = innerHeader(op)
  switch (op.kind) {
    case 'range':
      return sizeRange(op.result, header)
    case 'put':
      return sizePut(op.result, header)
    case 'deleteRange':
      return sizeDeleteRange(op.result, header)
    case 'txn':
      return sizeTxn(op.result, header)
  }
}

function writeOp(op: TxnOpResult, writer: Writer): void {
  const header = innerHeader(op)
  switch (op.kind) {
    case 'range':
      writeRange(op.result, header, writer)
      return
    case 'put':
      writePut(op.result, header, writer)
      return
    case 'deleteRange':
      writeDeleteRange(op.result, header, writer)
      return
    case 'txn':
      writeTxn(op.result, header, writer)
      return
  }
}

/** A length-delimited field with a field number below 16. */
function sizeOfField(length: number): number {
  return 1 + sizeOfDelimited(length)
}

function writeField(tag: number, bytes: Uint8Array, writer: Writer): void {
  writer.uint32(tag)
  writer.bytes(bytes)
}

function writeTrue(tag: number, writer: Writer): void {
  writer.uint32(tag)
  writer.bool(true)
}

/** Pieces that are made while they are read. */
async function* inSlices(pieces: Generator<Uint8Array>, slices: Slices): AsyncGenerator<Uint8Array> {
  for (;;) {
    await slices.turn()
    do {
      const piece = pieces.next()
      if (piece.done) return
      yield piece.value
    } while (!slices.isOver)
  }
}

async function* rangePieces(result: LongRange, header: Header): AsyncGenerator<Uint8Array> {
  yield written(sizeOfField(header.length), (writer) => writeField(tags.header, header, writer))
  for await (const kvs of result.lists()) yield* kvPieces(tags.rangeKvs, kvs)
  yield rangeEnd(result, header)
}

function* txnPieces(result: TxnResult, header: Header): Generator<Uint8Array> {
  const startBytes = sizeOfField(header.length) + (result.succeeded ? 2 : 0)
  yield written(startBytes, (writer) => writeTxnStart(result, header, writer))
  for (const response of result.responses) {
    const size = sizeOp(response)
    const opStartBytes = sizeOfField(sizeOfField(size)) - size
    yield written(opStartBytes, (writer) => writeOpStart(response, size, writer))
    yield* opPieces(response, size)
  }
}

function* opPieces(op: TxnOpResult, size: number): Generator<Uint8Array> {
  const header = innerHeader(op)
  if (size <= pieceBytes) yield written(size, (writer) => writeOp(op, writer))
  else if (op.kind === 'txn') yield* txnPieces(op.result, header)
  else if (op.kind === 'deleteRange') yield* deleteRangePieces(op.result, header)
  else if (op.kind === 'put') yield written(size, (writer) => writeOp(op, writer))
  else {
    yield written(sizeOfField(header.length), (writer) => writeField(tags.header, header, writer))
    yield* kvPieces(tags.rangeKvs, op.result.kvs)
    yield rangeEnd(op.result, header)
  }
}

function* deleteRangePieces(result: DeleteRangeResult, header: Header): Generator<Uint8Array> {
  const startBytes = sizeDeleteRange(result, header) - result.prevKvsBytes
  yield written(startBytes, (writer) => writeDeleteRangeStart(result, header, writer))
  yield* kvPieces(tags.deletePrevKvs, result.prevKvs)
}

function rangeEnd(result: Omit<RangeResult, 'kvs'>, header: Header): Uint8Array {
  const bytes = sizeRange(result, header) - result.kvsBytes - sizeOfField(header.length)
  return written(bytes, (writer) => writeRangeEnd(result, writer))
}

function* kvPieces(tag: number, kvs: readonly Uint8Array[]): Generator<Uint8Array> {
  let bytes = 0
  let first = 0
  for (let index = 0; index < kvs.length; index++) {
    bytes += sizeOfField(kvs[index]?.length ?? 0)
    if (bytes < pieceBytes && index < kvs.length - 1) continue
    yield written(bytes, (writer) => {
      for (const kv of kvs.slice(first, index + 1)) writeField(tag, kv, writer)
    })
    first = index + 1
    bytes = 0
  }
}

function written(bytes: number, write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer(bytes, 0)
  write(writer)
  return writer.buffer
}
