import {
  CompactionRequest,
  DeleteRangeRequest,
  KeyValue,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '@waypost/protocol'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

export function putRequest(key: string, value = 'v', more: Partial<PutRequest> = {}): PutRequest {
  return PutRequest.create({ key: bytes(key), value: bytes(value), ...more })
}

export function rangeRequest(key: string, end = '', more: Partial<RangeRequest> = {}): RangeRequest {
  return RangeRequest.create({ key: bytes(key), rangeEnd: bytes(end), ...more })
}

export function deleteRequest(key: string, end = '', prevKv = false): DeleteRangeRequest {
  return DeleteRangeRequest.create({ key: bytes(key), rangeEnd: bytes(end), prevKv })
}

export function compactRequest(revision: number, physical = false): CompactionRequest {
  return CompactionRequest.create({ revision: BigInt(revision), physical })
}

export function grantRequest(id: bigint, ttl = 60n): LeaseGrantRequest {
  return LeaseGrantRequest.create({ id, ttl })
}

export function revokeRequest(id: bigint): LeaseRevokeRequest {
  return LeaseRevokeRequest.create({ id })
}

export function txnRequest(request: Partial<TxnRequest>): TxnRequest {
  return TxnRequest.create(request)
}

export const op = {
  put: (...args: Parameters<typeof putRequest>): RequestOp => RequestOp.create({ requestPut: putRequest(...args) }),
  range: (...args: Parameters<typeof rangeRequest>): RequestOp =>
    RequestOp.create({ requestRange: rangeRequest(...args) }),
  delete: (...args: Parameters<typeof deleteRequest>): RequestOp =>
    RequestOp.create({ requestDeleteRange: deleteRequest(...args) }),
  txn: (request: Partial<TxnRequest>): RequestOp => RequestOp.create({ requestTxn: txnRequest(request) }),
}

/** A stored pair in a form that is easy to compare. */
export function readable(kv: Uint8Array) {
  const { key, value, createRevision, modRevision, version, lease } = KeyValue.decode(kv)
  return {
    key: Buffer.from(key).toString('latin1'),
    createRevision: Number(createRevision),
    modRevision: Number(modRevision),
    version: Number(version),
    value: Buffer.from(value).toString('latin1'),
    lease: Number(lease),
  }
}
