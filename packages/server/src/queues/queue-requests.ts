import {
  Compare,
  Compare_CompareTarget,
  DeleteRangeRequest,
  PutRequest,
  prefixEnd,
  RangeRequest,
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
  RequestOp,
  TxnRequest,
} from '@waypost/protocol'

/**
 * The keys of locks and elections: `<name>/<lease in hexadecimal>`. The lowest create revision holds.
 *
 * Source: the layout of etcd's public concurrency package.
 */
export function queuePrefix(name: Uint8Array): Buffer {
  return Buffer.concat([name, Buffer.from('/')])
}

export function placeKey(prefix: Uint8Array, lease: bigint): Buffer {
  return Buffer.concat([prefix, Buffer.from(lease.toString(16))])
}

/** The current holder of the queue. */
export function firstInQueue(prefix: Uint8Array): RangeRequest {
  return RangeRequest.create({
    key: prefix,
    rangeEnd: prefixEnd(prefix),
    limit: 1n,
    sortOrder: RangeRequest_SortOrder.ASCEND,
    sortTarget: RangeRequest_SortTarget.CREATE,
  })
}

/** The last of those who came before. */
export function lastBefore(prefix: Uint8Array, createRevision: bigint): RangeRequest {
  return RangeRequest.create({
    key: prefix,
    rangeEnd: prefixEnd(prefix),
    limit: 1n,
    sortOrder: RangeRequest_SortOrder.DESCEND,
    sortTarget: RangeRequest_SortTarget.CREATE,
    maxCreateRevision: createRevision - 1n,
  })
}

/** Takes a place at the end of the queue, or finds the one that the lease has. */
export function takePlace(key: Uint8Array, value: Uint8Array, lease: bigint): TxnRequest {
  return TxnRequest.create({
    compare: [createdAt(key, 0n)],
    success: [RequestOp.create({ requestPut: PutRequest.create({ key, value, lease }) })],
    failure: [RequestOp.create({ requestRange: RangeRequest.create({ key }) })],
  })
}

/** Writes the value of a place that is still the one that was taken. */
export function writePlace(key: Uint8Array, createRevision: bigint, value: Uint8Array, lease: bigint): TxnRequest {
  return TxnRequest.create({
    compare: [createdAt(key, createRevision)],
    success: [RequestOp.create({ requestPut: PutRequest.create({ key, value, lease }) })],
  })
}

/** Leaves a place that is still the one that was taken. */
export function leavePlace(key: Uint8Array, createRevision: bigint): TxnRequest {
  return TxnRequest.create({
    compare: [createdAt(key, createRevision)],
    success: [RequestOp.create({ requestDeleteRange: DeleteRangeRequest.create({ key }) })],
  })
}

function createdAt(key: Uint8Array, createRevision: bigint): Compare {
  return Compare.create({ key, target: Compare_CompareTarget.CREATE, createRevision })
}
