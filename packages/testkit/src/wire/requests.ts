import {
  Compare,
  Compare_CompareResult,
  Compare_CompareTarget,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '@waypost/protocol'

/** A key or value: text is meant as UTF-8. */
export type Text = string | Uint8Array

export function bytes(text: Text): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text) : text
}

interface End {
  /** The request's `range_end`. */
  readonly end?: Text
}

export type RangeOptions = Omit<Partial<RangeRequest>, 'key' | 'rangeEnd'> & End
export type PutOptions = Omit<Partial<PutRequest>, 'key' | 'value'>
export type DeleteOptions = Omit<Partial<DeleteRangeRequest>, 'key' | 'rangeEnd'> & End

export function rangeRequest(key: Text, options: RangeOptions = {}): RangeRequest {
  const { end = '', ...fields } = options
  return RangeRequest.create({ ...fields, key: bytes(key), rangeEnd: bytes(end) })
}

export function putRequest(key: Text, value: Text = '', options: PutOptions = {}): PutRequest {
  return PutRequest.create({ ...options, key: bytes(key), value: bytes(value) })
}

export function deleteRequest(key: Text, options: DeleteOptions = {}): DeleteRangeRequest {
  const { end = '', ...fields } = options
  return DeleteRangeRequest.create({ ...fields, key: bytes(key), rangeEnd: bytes(end) })
}

export interface TxnParts {
  readonly compare?: readonly Compare[]
  readonly success?: readonly RequestOp[]
  readonly failure?: readonly RequestOp[]
}

export function txnRequest(parts: TxnParts): TxnRequest {
  return TxnRequest.create({
    compare: [...(parts.compare ?? [])],
    success: [...(parts.success ?? [])],
    failure: [...(parts.failure ?? [])],
  })
}

/** The operations of a transaction. */
export const op = {
  range: (key: Text, options?: RangeOptions): RequestOp =>
    RequestOp.create({ requestRange: rangeRequest(key, options) }),
  put: (key: Text, value?: Text, options?: PutOptions): RequestOp =>
    RequestOp.create({ requestPut: putRequest(key, value, options) }),
  delete: (key: Text, options?: DeleteOptions): RequestOp =>
    RequestOp.create({ requestDeleteRange: deleteRequest(key, options) }),
  txn: (parts: TxnParts): RequestOp => RequestOp.create({ requestTxn: txnRequest(parts) }),
  /** An operation in which no member of the oneof is set. */
  empty: (): RequestOp => RequestOp.create({}),
}

const results = {
  '=': Compare_CompareResult.EQUAL,
  '>': Compare_CompareResult.GREATER,
  '<': Compare_CompareResult.LESS,
  '!=': Compare_CompareResult.NOT_EQUAL,
} as const

export type CompareSign = keyof typeof results

/** The comparisons of a transaction; with `end` every key of the range must match. */
export const when = {
  version: (key: Text, sign: CompareSign, version: bigint, { end = '' }: End = {}): Compare =>
    Compare.create({ ...head(key, sign, end), target: Compare_CompareTarget.VERSION, version }),
  create: (key: Text, sign: CompareSign, createRevision: bigint, { end = '' }: End = {}): Compare =>
    Compare.create({ ...head(key, sign, end), target: Compare_CompareTarget.CREATE, createRevision }),
  mod: (key: Text, sign: CompareSign, modRevision: bigint, { end = '' }: End = {}): Compare =>
    Compare.create({ ...head(key, sign, end), target: Compare_CompareTarget.MOD, modRevision }),
  value: (key: Text, sign: CompareSign, value: Text, { end = '' }: End = {}): Compare =>
    Compare.create({ ...head(key, sign, end), target: Compare_CompareTarget.VALUE, value: bytes(value) }),
  lease: (key: Text, sign: CompareSign, lease: bigint, { end = '' }: End = {}): Compare =>
    Compare.create({ ...head(key, sign, end), target: Compare_CompareTarget.LEASE, lease }),
}

function head(key: Text, sign: CompareSign, end: Text): Pick<Compare, 'key' | 'rangeEnd' | 'result'> {
  return { key: bytes(key), rangeEnd: bytes(end), result: results[sign] }
}
