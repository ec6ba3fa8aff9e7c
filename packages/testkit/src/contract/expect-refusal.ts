import { RpcError, StatusCode, statusName } from '@waypost/rpc'
import { expect } from 'vitest'

/** Expects the call to be answered with exactly this status and message. */
export async function expectRefusal(call: Promise<unknown>, code: StatusCode, message: string): Promise<void> {
  const outcome = await call.then(
    () => ({ code: 'OK', message: '' }),
    (error: unknown) => {
      if (!RpcError.is(error)) throw error
      return { code: error.codeName, message: error.message }
    },
  )
  expect(outcome).toEqual({ code: statusName(code), message })
}

/** The refusals that several suites expect, with their exact wording. */
export const refused = {
  emptyKey: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.INVALID_ARGUMENT, 'etcdserver: key is not provided'),
  keyNotFound: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.INVALID_ARGUMENT, 'etcdserver: key not found'),
  valueProvided: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.INVALID_ARGUMENT, 'etcdserver: value is provided'),
  leaseProvided: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.INVALID_ARGUMENT, 'etcdserver: lease is provided'),
  tooManyOps: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.INVALID_ARGUMENT, 'etcdserver: too many operations in txn request'),
  duplicateKey: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.INVALID_ARGUMENT, 'etcdserver: duplicate key given in txn request'),
  invalidSortOption: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.INVALID_ARGUMENT, 'etcdserver: invalid sort option'),
  tooLarge: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.INVALID_ARGUMENT, 'etcdserver: request is too large'),
  compacted: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.OUT_OF_RANGE, 'etcdserver: mvcc: required revision has been compacted'),
  futureRevision: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.OUT_OF_RANGE, 'etcdserver: mvcc: required revision is a future revision'),
  leaseTtlTooLarge: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.OUT_OF_RANGE, 'etcdserver: too large lease TTL'),
  leaseNotFound: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.NOT_FOUND, 'etcdserver: requested lease not found'),
  leaseExists: (call: Promise<unknown>) =>
    expectRefusal(call, StatusCode.FAILED_PRECONDITION, 'etcdserver: lease already exists'),
} as const
