import { WaypostError } from '@waypost/core'

/** Bounds for requests, as an operator may set them. */
export interface RequestLimits {
  /** The largest request that is written to the log. */
  readonly maxRequestBytes: number
  /** The most operations, or comparisons, in a transaction; a nested one gets what its parent left over. */
  readonly maxTxnOps: number
  /** The largest message that is received. */
  readonly maxReceiveBytes: number
}

export const defaultMaxTxnOps = 128

/** What etcd's log adds to a request. */
const logOverheadBytes = 17

/** What is received beyond the limit, so that the answer can say what was wrong. As with etcd. */
const receiveOverheadBytes = 512 * 1024

/** More would hold up other requests for too long. */
const largestRequestBytes = 16 * 1024 * 1024
const mostTxnOps = 100_000

/** Throws `invalid-argument`. */
export function requestLimits(
  options: { readonly maxRequestBytes?: number | undefined; readonly maxTxnOps?: number | undefined } = {},
): RequestLimits {
  const { maxRequestBytes = 1.5 * 1024 * 1024, maxTxnOps = defaultMaxTxnOps } = options
  check('maxRequestBytes', maxRequestBytes, 1024, largestRequestBytes)
  check('maxTxnOps', maxTxnOps, 1, mostTxnOps)
  return {
    maxRequestBytes: maxRequestBytes - logOverheadBytes,
    maxTxnOps,
    maxReceiveBytes: maxRequestBytes + receiveOverheadBytes,
  }
}

function check(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new WaypostError('invalid-argument', `${name} must be a whole number from ${min} to ${max}, not ${value}.`)
}
