import { Slices } from '@waypost/core'
import {
  DeleteRangeResponse,
  KeyValue,
  PutResponse,
  RangeResponse,
  type ResponseOp,
  sizeOfDelimited,
  TxnResponse,
} from '@waypost/protocol'
import { LongAnswer } from '@waypost/rpc/server'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ResponseEncoder } from './response-encoder.ts'
import type { DeleteRangeResult, PutResult, RangeResult, TxnOpResult, TxnResult } from './results.ts'

const identity = { clusterId: 2n ** 64n - 1n, memberId: 1n, raftTerm: 300 }
const encoder = new ResponseEncoder(identity)

const anyRevision = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const anyKv = fc
  .record({ key: fc.uint8Array({ minLength: 1, maxLength: 9 }), value: fc.uint8Array({ maxLength: 300 }) })
  .map(({ key, value }) => KeyValue.encode(KeyValue.create({ key, value, modRevision: 7n })))
const fieldsBytes = (kvs: readonly Uint8Array[]): number =>
  kvs.reduce((sum, kv) => sum + 1 + sizeOfDelimited(kv.length), 0)
/** Now and then one that is longer than a piece of a long answer. */
const anyKvs = fc.oneof(
  { weight: 9, arbitrary: fc.array(anyKv, { maxLength: 4 }) },
  { weight: 1, arbitrary: anyKv.map((kv) => Array.from({ length: 1_000 }, () => kv)) },
)
const anyRange: fc.Arbitrary<RangeResult> = fc
  .record({ revision: anyRevision, kvs: anyKvs, count: fc.nat(), more: fc.boolean() })
  .map((result) => ({ ...result, kvsBytes: fieldsBytes(result.kvs) }))
const anyPut: fc.Arbitrary<PutResult> = fc.record({
  revision: anyRevision,
  prevKv: fc.option(anyKv, { nil: undefined }),
})
const anyDelete: fc.Arbitrary<DeleteRangeResult> = fc
  .record({ revision: anyRevision, deleted: fc.nat(), prevKvs: anyKvs })
  .map((result) => ({ ...result, prevKvsBytes: fieldsBytes(result.prevKvs) }))

function anyTxn(depth: number): fc.Arbitrary<TxnResult> {
  const leaves: fc.Arbitrary<TxnOpResult>[] = [
    anyRange.map((result) => ({ kind: 'range' as const, result })),
    anyPut.map((result) => ({ kind: 'put' as const, result })),
    anyDelete.map((result) => ({ kind: 'deleteRange' as const, result })),
  ]
  if (depth > 0) leaves.push(anyTxn(depth - 1).map((result) => ({ kind: 'txn' as const, result })))
  return fc.record({
    revision: anyRevision,
    succeeded: fc.boolean(),
    responses: fc.array(fc.oneof(...leaves), { maxLength: 4 }),
  })
}

const outer = (revision: number) => ({ ...identity, raftTerm: 300n, revision: BigInt(revision) })
const inner = (revision: number) => ({ clusterId: 0n, memberId: 0n, raftTerm: 0n, revision: BigInt(revision) })
const decode = (kv: Uint8Array) => KeyValue.decode(kv)

type Header = ReturnType<typeof inner>
const rangeMessage = ({ kvs, count, more }: RangeResult, header: Header): RangeResponse => ({
  header,
  kvs: kvs.map(decode),
  count: BigInt(count),
  more,
})
const putMessage = ({ prevKv }: PutResult, header: Header): PutResponse => ({
  header,
  prevKv: prevKv && decode(prevKv),
})
const deleteMessage = ({ deleted, prevKvs }: DeleteRangeResult, header: Header): DeleteRangeResponse => ({
  header,
  deleted: BigInt(deleted),
  prevKvs: prevKvs.map(decode),
})

const none = {
  responseRange: undefined,
  responsePut: undefined,
  responseDeleteRange: undefined,
  responseTxn: undefined,
}

function opMessage({ kind, result }: TxnOpResult): ResponseOp {
  if (kind === 'range') return { ...none, responseRange: rangeMessage(result, inner(result.revision)) }
  if (kind === 'put') return { ...none, responsePut: putMessage(result, inner(result.revision)) }
  if (kind === 'deleteRange') return { ...none, responseDeleteRange: deleteMessage(result, inner(result.revision)) }
  return { ...none, responseTxn: txnMessage(result, inner(0)) }
}

function txnMessage({ succeeded, responses }: TxnResult, header: Header): TxnResponse {
  return { header, succeeded, responses: responses.map(opMessage) }
}

describe('ResponseEncoder', () => {
  it('writes what the protocol’s own codecs write, behind the headroom', () => {
    const check = (encoded: Uint8Array, expected: Uint8Array): void =>
      expect(Buffer.compare(encoded.subarray(5), expected)).toBe(0)
    fc.assert(
      fc.property(anyRange, anyPut, anyDelete, (range, put, deletion) => {
        check(encoder.range(range, 5), RangeResponse.encode(rangeMessage(range, outer(range.revision))))
        check(encoder.put(put, 5), PutResponse.encode(putMessage(put, outer(put.revision))))
        check(
          encoder.deleteRange(deletion, 5),
          DeleteRangeResponse.encode(deleteMessage(deletion, outer(deletion.revision))),
        )
      }),
    )
    fc.assert(
      fc.property(anyTxn(2), (txn) => {
        check(encoder.txn(txn, 5), TxnResponse.encode(txnMessage(txn, outer(txn.revision))))
      }),
    )
  })

  it('writes the same in slices', async () => {
    const slices = new Slices({ nowMs: () => 0 })
    const collected = async (answer: unknown): Promise<Uint8Array> => {
      if (!(answer instanceof LongAnswer)) throw new Error('It was expected to be long.')
      return answer.whole(5)
    }
    const longest = 0
    await fc.assert(
      fc.asyncProperty(anyTxn(2), anyDelete, anyRange, async (txn, deletion, range) => {
        const lists = async function* () {
          yield range.kvs.slice(0, 500)
          yield range.kvs.slice(500)
        }
        const answers: [unknown, Uint8Array][] = [
          [encoder.txnOrLong(txn, slices, longest), encoder.txn(txn, 5)],
          [encoder.deleteRangeOrLong(deletion, slices, longest), encoder.deleteRange(deletion, 5)],
          [encoder.longRange({ ...range, lists }, () => {}), encoder.range(range, 5)],
        ]
        for (const [answer, expected] of answers)
          expect(Buffer.compare((await collected(answer)).subarray(5), expected.subarray(5))).toBe(0)
      }),
      { numRuns: 50 },
    )
  })
})
