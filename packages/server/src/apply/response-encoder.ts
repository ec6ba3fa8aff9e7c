import { sizeOfDelimited, sizeOfUint64, Writer } from '@waypost/protocol'
import type { DeleteRangeResult, PutResult, RangeResult, TxnOpResult, TxnResult } from './results.ts'

/** Field numbers with wire types, from the public rpc.proto. */
const tags = {
  header: 10,
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

/** A response's header, encoded. Those inside a transaction carry the revision only. */
type Header = Uint8Array

/** The header of a nested transaction's response is there, but empty. */
const emptyHeader: Header = Buffer.alloc(0)

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

function sizeRange(result: RangeResult, header: Header): number {
  let size = sizeOfField(header.length)
  for (const kv of result.kvs) size += sizeOfField(kv.length)
  if (result.more) size += 2
  if (result.count > 0) size += 1 + sizeOfUint64(BigInt(result.count))
  return size
}

function writeRange(result: RangeResult, header: Header, writer: Writer): void {
  writeField(tags.header, header, writer)
  for (const kv of result.kvs) writeField(tags.rangeKvs, kv, writer)
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
  let size = sizeOfField(header.length)
  if (result.deleted > 0) size += 1 + sizeOfUint64(BigInt(result.deleted))
  for (const kv of result.prevKvs) size += sizeOfField(kv.length)
  return size
}

function writeDeleteRange(result: DeleteRangeResult, header: Header, writer: Writer): void {
  writeField(tags.header, header, writer)
  if (result.deleted > 0) {
    writer.uint32(tags.deleteDeleted)
    writer.uint64(BigInt(result.deleted))
  }
  for (const kv of result.prevKvs) writeField(tags.deletePrevKvs, kv, writer)
}

function sizeTxn(result: TxnResult, header: Header): number {
  let size = sizeOfField(header.length) + (result.succeeded ? 2 : 0)
  for (const response of result.responses) size += sizeOfField(sizeOfField(sizeOp(response)))
  return size
}

function writeTxn(result: TxnResult, header: Header, writer: Writer): void {
  writeField(tags.header, header, writer)
  if (result.succeeded) writeTrue(tags.txnSucceeded, writer)
  for (const response of result.responses) {
    const size = sizeOp(response)
    writer.uint32(tags.txnResponses)
    writer.uint32(sizeOfField(size))
    writer.uint32(opTags[response.kind])
    writer.uint32(size)
    writeOp(response, writer)
  }
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
